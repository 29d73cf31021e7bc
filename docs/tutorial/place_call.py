import os

from twilio.rest import Client

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
number = client.incoming_phone_numbers.list(limit=1)[0].phone_number
twiml = "<Response><Say>Your pizza is at the door.</Say></Response>"
call = client.calls.create(to="+14155551212", from_=number, twiml=twiml)
print(call.sid, call.status)
