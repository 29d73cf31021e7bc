"""Resources of monitor.twilio.com/v1."""
