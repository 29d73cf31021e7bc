"""What we send to an application: one signer, one client, one policy."""
