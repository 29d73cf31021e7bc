"""Forwarding with screening: whoever answers hears who calls, and is joined only after a key."""

from flask import Blueprint, request, url_for
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

app = Blueprint("forwarding", __name__)


@app.post("/answer")
def answer():
    response = VoiceResponse()
    dial = Dial(timeout=20, action=url_for(".after"), answer_on_bridge=True)
    dial.number(request.args["to"], url=url_for(".screen"))
    response.append(dial)
    return str(response)


@app.post("/screen")
def screen():
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=4, action=url_for(".screened"))
    gather.say("A call for the bakery. Press any key to take it.")
    response.append(gather)
    response.hangup()
    return str(response)


@app.post("/screened")
def screened():
    response = VoiceResponse()
    response.say("You are connected.")
    return str(response)


@app.post("/after")
def after():
    response = VoiceResponse()
    if request.form["DialCallStatus"] != "completed" or request.form.get("DialBridged") == "false":
        response.say("Sorry, nobody can take your call.")
    return str(response)
