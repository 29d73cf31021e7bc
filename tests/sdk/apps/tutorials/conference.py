"""A conference with a moderator, who begins and ends it, and works on those who take part from the office."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Dial, VoiceResponse

from .office import client, notes

app = Blueprint("conference", __name__)

news = notes()


@app.post("/answer")
def answer():
    moderates = request.form["From"] == request.args["moderator"]
    response = VoiceResponse()
    response.say("Welcome to the meeting.")
    dial = Dial()
    dial.conference(
        "meeting",
        start_conference_on_enter=moderates,
        end_conference_on_exit=moderates,
        wait_url=url_for(".wait"),
        beep=False,
        record="record-from-start",
        status_callback=url_for(".told"),
        status_callback_event="start end join leave mute hold",
    )
    response.append(dial)
    response.say("The meeting is over.")
    return str(response)


@app.post("/wait")
def wait():
    response = VoiceResponse()
    response.say("The meeting has not begun.")
    response.pause(length=5)
    response.redirect("")
    return str(response)


@app.route("/hold", methods=["GET", "POST"])  # asked with GET for a hold, with POST for an announcement
def hold():
    response = VoiceResponse()
    response.say("One moment, please.")
    return str(response)


@app.post("/told")
def told():
    news.append(request.form["StatusCallbackEvent"])
    return "", 204


def running():
    return client.conferences.list(friendly_name="meeting", status="in-progress", limit=1)[0]


def participant(phone):
    (call,) = client.calls.list(from_=phone, status="in-progress")
    return client.conferences(running().sid).participants(call.sid)


@app.get("/office/which")
def which():
    return jsonify(sid=running().sid)


@app.get("/office/people")
def people():
    return jsonify([each.status for each in running().participants.list()])


@app.post("/office/mute/<phone>/<state>")
def mute(phone, state):
    return jsonify(muted=participant(phone).update(muted=state == "on").muted)


@app.post("/office/hold/<phone>/<state>")
def put_on_hold(phone, state):
    changed = participant(phone).update(hold=state == "on", hold_url=url_for(".hold", _external=True))
    return jsonify(hold=changed.hold, held=len(running().participants.list(hold=True)))


@app.post("/office/kick/<phone>")
def kick(phone):
    return jsonify(gone=participant(phone).delete())


@app.post("/office/announce")
def announce():
    changed = running().update(announce_url=url_for(".hold", _external=True), announce_method="POST")
    return jsonify(status=changed.status)


@app.post("/office/end")
def end():
    return jsonify(status=running().update(status="completed").status)


@app.get("/office/news")
def shown():
    return jsonify(news)
