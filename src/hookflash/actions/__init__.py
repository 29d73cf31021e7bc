"""One use case a file: validated input becomes a row and its consequence in one transaction."""
