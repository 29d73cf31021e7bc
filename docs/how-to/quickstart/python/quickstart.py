"""Send texts, list them page by page, provoke an error. Usage: quickstart.py FROM TO"""

import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

sender, recipient = sys.argv[1:]
client = Client()  # TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN

for number in (1, 2, 3):
    message = client.messages.create(from_=sender, to=recipient, body=f"Hello {number} from Python")
    print("sent", message.sid, message.status)

listed = client.messages.list(to=recipient, page_size=2, limit=3)
print("listed", len(listed))

try:
    client.messages.create(from_=sender, to="nobody", body="This goes nowhere")
except TwilioRestException as error:
    print("refused", error.code)
