"""SMPP 3.4 without I/O: PDUs, data codings, delivery receipts, and the bind, for both ends of a connection."""
