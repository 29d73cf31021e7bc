"""Conferences as they live: who is in one, what each of them hears."""
