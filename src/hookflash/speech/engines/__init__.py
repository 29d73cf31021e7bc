"""Engines of speech that an operator plugs in: a file for each protocol."""
