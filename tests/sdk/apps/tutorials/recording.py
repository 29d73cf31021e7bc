"""A call that is recorded from the office, with a pause where a secret is told."""

import os

import requests
from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import VoiceResponse

from .office import client, notes

app = Blueprint("recording", __name__)

kept = notes()


@app.post("/answer")
def answer():
    response = VoiceResponse()
    response.say("Let us talk.")
    response.pause(length=60)
    return str(response)


@app.post("/told")
def told():
    kept.append(request.form["RecordingSid"])
    return "", 204


@app.get("/office/kept")
def shown():
    return jsonify(kept)


def current():
    return client.calls.list(status="in-progress", limit=1)[0]


@app.post("/office/start")
def start():
    recording = current().recordings.create(
        recording_channels="dual", recording_status_callback=url_for(".told", _external=True)
    )
    return jsonify(sid=recording.sid, status=recording.status, source=recording.source)


@app.post("/office/pause")
def pause():
    changed = client.calls(current().sid).recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip")
    return jsonify(status=changed.status)


@app.post("/office/<any('in-progress', stopped):status>")
def change(status):
    changed = client.calls(current().sid).recordings("Twilio.CURRENT").update(status=status)
    return jsonify(status=changed.status)


@app.get("/office/listen/<sid>")
def listen(sid):
    """The file, fetched as the documentation does."""
    recording = client.recordings(sid).fetch()
    url = "https://api.twilio.com" + recording.uri.replace(".json", ".wav")
    answer = requests.get(url, auth=(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]))
    return answer.content, answer.status_code


@app.post("/office/forget/<sid>")
def forget(sid):
    return jsonify(gone=client.recordings(sid).delete(), left=[each.sid for each in client.recordings.list()])
