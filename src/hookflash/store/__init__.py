"""Durable truth: rows and the outbox."""
