"""Workers that lease outbox rows and do what they say."""
