"""The edge: the local certificate authority, and the proxy through which unmodified programs reach the exchange."""
