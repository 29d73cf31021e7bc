"""messaging.twilio.com/v1."""

from hookflash.api.product import Product

MESSAGING_V1 = Product("messaging", "v1")
