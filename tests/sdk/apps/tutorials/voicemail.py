"""Voicemail: who is not reached can leave a message, which is transcribed."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import VoiceResponse

from .office import client, notes

app = Blueprint("voicemail", __name__)

inbox = notes()  # what has come of each message, newest last


@app.post("/answer")
def answer():
    response = VoiceResponse()
    response.dial(request.args["extension"], timeout=10, action=url_for(".dialled"))
    return str(response)


@app.post("/dialled")
def dialled():
    response = VoiceResponse()
    if request.form["DialCallStatus"] == "completed":
        response.hangup()
        return str(response)
    response.say("Nobody is here. Please leave a message after the tone, and press the star key when you are done.")
    response.record(
        max_length=30,
        finish_on_key="*",
        play_beep=True,
        action=url_for(".recorded"),
        transcribe=True,
        transcribe_callback=url_for(".transcribed"),
        recording_status_callback=url_for(".kept"),
    )
    response.say("No message was left.")
    return str(response)


@app.post("/recorded")
def recorded():
    response = VoiceResponse()
    response.say("Your message was {} seconds long. Goodbye.".format(request.form["RecordingDuration"]))
    response.hangup()
    return str(response)


@app.post("/kept")
def kept():
    recording = client.recordings(request.form["RecordingSid"]).fetch()
    inbox.append({"recording": recording.sid, "call": recording.call_sid, "source": recording.source})
    return "", 204


@app.post("/transcribed")
def transcribed():
    inbox.append({"transcription": request.form["TranscriptionSid"], "status": request.form["TranscriptionStatus"]})
    return "", 204


@app.get("/office/inbox")
def shown():
    return jsonify(inbox)


@app.post("/office/empty")
def empty():
    for recording in client.recordings.stream(page_size=1):
        client.recordings(recording.sid).delete()
    return jsonify(left=len(client.recordings.list()))
