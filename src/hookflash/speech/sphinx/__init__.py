"""pocketsphinx: speech that is understood without a network, a key or a model of one's own, from hints."""
