import os

from flask import Flask, request
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

app = Flask(__name__)
lost = []


def ship(order: int, to: str, sender: str, callback: str) -> None:
    client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    client.messages.create(to=to, from_=sender, body=f"Order {order} is on its way.", status_callback=callback)


@app.post("/sms")
def answer() -> str:
    reply = MessagingResponse()
    reply.message("Your parcel comes tomorrow." if "when" in request.form["Body"].lower() else "Sorry?")
    return str(reply)


@app.post("/status")
def status() -> str:
    if request.form["MessageStatus"] == "undelivered":
        lost.append((request.form["To"], request.form["ErrorCode"]))
    return ""
