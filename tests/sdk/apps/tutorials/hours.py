"""Masked numbers: two people reach each other by the shop's number; after hours a document on the platform answers."""

from flask import Blueprint, request
from twilio.twiml.voice_response import Dial, VoiceResponse

from .office import number

app = Blueprint("hours", __name__)


@app.post("/answer")
def answer():
    response = VoiceResponse()
    if "closed" in request.args:
        response.redirect("https://handler.twilio.com/twiml/" + request.args["closed"])
        return str(response)
    customer, courier = request.args["customer"], request.args["courier"]
    dial = Dial(caller_id=number)
    dial.number(courier if request.form["From"] == customer else customer)
    response.append(dial)
    return str(response)
