"""Callers who wait, and who takes them."""
