"""TwiML: documents parsed into verbs, and what the verbs do."""
