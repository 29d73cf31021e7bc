"""What all tutorials share: the REST client, and the number that they call from."""

import os

from twilio.rest import Client

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])

number = os.environ["SHOP_NUMBER"]
