"""Resources of messaging.twilio.com/v1."""
