"""The Python face of the media switch. Empty until calls come."""
