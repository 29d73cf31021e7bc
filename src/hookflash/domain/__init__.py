"""Pure nouns and their rules; nothing here does I/O."""
