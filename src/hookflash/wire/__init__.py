"""Wire protocols without I/O: bytes and the time in, events and bytes out."""
