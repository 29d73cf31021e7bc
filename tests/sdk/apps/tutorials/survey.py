"""An automated survey: a call that asks one question after the other, by key, by speech and by a recording."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

from .office import client, number

app = Blueprint("survey", __name__)

QUESTIONS = [
    ("How many loaves do you buy in a week?", "dtmf"),
    ("Which bread do you like most?", "speech"),
    ("Tell us what we could do better.", "record"),
]

answers = {}


@app.post("/office/ask/<customer>")
def ask(customer):
    return jsonify(call=client.calls.create(to=customer, from_=number, url=url_for(".question", _external=True)).sid)


@app.post("/question")
def question():
    at = len(answers.setdefault(request.form["CallSid"], []))
    response = VoiceResponse()
    if at == len(QUESTIONS):
        response.say("That was all. Goodbye.")
        return str(response)
    text, how = QUESTIONS[at]
    if how == "record":
        response.say(text)
        response.record(action=url_for(".answered"), timeout=2, max_length=20)
    else:
        gather = Gather(
            input=how, action=url_for(".answered"), finish_on_key="#", timeout=5, hints="sourdough, rye, baguette"
        )
        gather.say(text)
        response.append(gather)
    return str(response)


@app.post("/answered")
def answered():
    form = request.form
    answer = form.get("Digits") if "RecordingUrl" not in form else "recorded"
    answers[form["CallSid"]].append(answer or form["SpeechResult"].casefold())
    response = VoiceResponse()
    response.redirect(url_for(".question"))
    return str(response)


@app.get("/office/answers/<call>")
def shown(call):
    return jsonify(answers[call])
