"""accounts.twilio.com/v1."""
