"""The REST edge: authentication, parameters, representations, and one file a resource."""
