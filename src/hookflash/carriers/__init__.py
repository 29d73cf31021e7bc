"""Who takes a message away: the simulated network, SMPP carriers, and the routes between them."""
