"""While a call goes on: what is said is written down, and the phone exchanges JSON with the application."""

import json

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Start, VoiceResponse

from .office import client, notes

app = Blueprint("live", __name__)

HINTS = "sourdough, rye, baguette"

lines = notes()
messages = notes()


@app.post("/transcribed")
def transcribed():
    response = VoiceResponse()
    start = Start()
    start.transcription(name="order", status_callback_url=url_for(".told"), track="inbound_track", hints=HINTS)
    response.append(start)
    response.say("Which bread would you like?")
    response.pause(length=60)
    return str(response)


@app.post("/answer")
def answer():
    response = VoiceResponse()
    response.say("Which bread would you like?")
    response.pause(length=60)
    return str(response)


@app.post("/told")
def told():
    event = request.form["TranscriptionEvent"]
    if event == "transcription-content":
        lines.append(json.loads(request.form["TranscriptionData"])["transcript"].casefold())
    else:
        lines.append(event)
    return "", 204


@app.post("/message")
def message():
    messages.append(json.loads(request.form["Content"]))
    return "", 204


def caller():
    (call,) = client.calls.list(status="in-progress")
    return client.calls(call.sid)


@app.post("/office/start")
def start():
    made = caller().transcriptions.create(
        status_callback_url=url_for(".told", _external=True), track="inbound_track", hints=HINTS
    )
    return jsonify(sid=made.sid, status=made.status)


@app.post("/office/stop/<which>")
def stop(which):
    changed = caller().transcriptions(which).update(status="stopped")
    return jsonify(status=changed.status, name=changed.name, dated=hasattr(changed.date_updated, "year"))


@app.post("/office/subscribe")
def subscribe():
    made = caller().user_defined_message_subscriptions.create(callback=url_for(".message", _external=True))
    return jsonify(sid=made.sid, dated=hasattr(made.date_created, "year"))


@app.post("/office/unsubscribe/<sid>")
def unsubscribe(sid):
    return jsonify(gone=caller().user_defined_message_subscriptions(sid).delete())


@app.post("/office/send")
def send():
    made = caller().user_defined_messages.create(content=json.dumps({"bread": "rye"}))
    return jsonify(sid=made.sid, dated=hasattr(made.date_created, "year"))


@app.post("/office/interrupt")
def interrupt():
    response = VoiceResponse()
    response.say("We close in five minutes.")
    response.pause(length=60)
    return jsonify(status=caller().update(twiml=str(response)).status)


@app.post("/office/hang-up")
def hang_up():
    call = caller()
    call.update(status="completed")
    return jsonify(status=call.fetch().status)


@app.get("/office/lines")
def shown():
    return jsonify(lines)


@app.get("/office/messages")
def exchanged():
    return jsonify(messages)
