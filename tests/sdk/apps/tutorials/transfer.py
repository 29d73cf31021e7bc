"""A warm transfer: the caller meets a first agent, who calls a second one in and then leaves the two alone."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Dial, VoiceResponse

from .office import client, number

app = Blueprint("transfer", __name__)


def join(room, **attributes):
    response = VoiceResponse()
    dial = Dial()
    dial.conference(room, beep=False, **attributes)
    response.append(dial)
    return str(response)


@app.post("/answer")
def answer():
    room = request.form["CallSid"]
    agent = url_for(".agent", room=room, _external=True)
    client.calls.create(to=request.args["agent"], from_=number, url=agent)
    return join(room, start_conference_on_enter=False, end_conference_on_exit=True, wait_url="")


@app.post("/agent")
def agent():
    return join(request.args["room"], start_conference_on_enter=True, end_conference_on_exit=False)


@app.post("/office/consult/<colleague>")
def consult(colleague):
    conference = client.conferences.list(status="in-progress", limit=1)[0]
    added = client.conferences(conference.friendly_name).participants.create(
        from_=number, to=colleague, early_media=False, beep="false", label="second"
    )
    return jsonify(call=added.call_sid, label=added.label, same=added.conference_sid == conference.sid)
