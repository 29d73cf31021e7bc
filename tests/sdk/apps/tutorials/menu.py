"""A phone menu: callers press or say what they want, and are asked again until they are understood."""

from flask import Blueprint, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Blueprint("menu", __name__)


@app.post("/answer")
def answer():
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        num_digits=1,
        timeout=5,
        speech_timeout="auto",
        hints="opening hours, directions, operator",
        action=url_for(".chosen"),
    )
    gather.say("Welcome to the bakery. For opening hours press 1. For directions press 2.", voice="alice", loop=1)
    response.append(gather)
    response.say("We did not get that.")
    response.redirect(url_for(".answer"))
    return str(response)


@app.post("/chosen")
def chosen():
    response = VoiceResponse()
    choice = request.form.get("Digits") or request.form.get("SpeechResult", "").casefold()
    if choice in ("1", "opening hours"):
        response.say("We are open from 7 to 6.")
        response.hangup()
    elif choice in ("2", "directions"):
        response.say("We are at the old harbour.")
        response.redirect(url_for(".answer"))
    else:
        response.say("There is no such choice.")
        response.redirect(url_for(".answer"))
    return str(response)
