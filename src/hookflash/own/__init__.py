"""Our own API and pages: what an operator and a developer ask Hookflash itself."""
