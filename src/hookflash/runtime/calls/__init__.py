"""What a live call is made of."""
