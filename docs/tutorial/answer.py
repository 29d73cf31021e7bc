import os

from flask import Flask, request
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

app = Flask(__name__)


@app.post("/sms")
def answer() -> str:
    reply = MessagingResponse()
    reply.message(f"You wrote: {request.form['Body']}")
    return str(reply)


if __name__ == "__main__":
    client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    for number in client.incoming_phone_numbers.list():
        number.update(sms_url="http://localhost:3000/sms")
    app.run(port=3000)
