"""Callers wait in a queue; agents call in and take them, or the office sends them elsewhere."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Dial, VoiceResponse

from .office import client, number

app = Blueprint("support", __name__)

left = {}  # how each call came out of the queue


@app.post("/answer")
def answer():
    response = VoiceResponse()
    response.enqueue("support", wait_url=url_for(".wait"), action=url_for(".after"))
    return str(response)


@app.post("/wait")
def wait():
    response = VoiceResponse()
    response.say("You are number {} in the queue.".format(request.form["QueuePosition"]))
    response.pause(length=10)
    return str(response)


@app.post("/after")
def after():
    left[request.form["CallSid"]] = request.form["QueueResult"]
    response = VoiceResponse()
    response.say("Thank you for calling.")
    return str(response)


@app.post("/agent")
def agent():
    response = VoiceResponse()
    dial = Dial()
    dial.queue("support", url=url_for(".about"))
    response.append(dial)
    response.say("Nobody waits any more.")
    return str(response)


@app.post("/about")
def about():
    response = VoiceResponse()
    response.say("An agent will speak with you now.")
    return str(response)


@app.post("/elsewhere")
def elsewhere():
    response = VoiceResponse()
    response.say("Please call us again tomorrow.")
    return str(response)


@app.post("/office/call/<agent>")
def call(agent):
    return jsonify(call=client.calls.create(to=agent, from_=number, url=url_for(".agent", _external=True)).sid)


def the_queue():
    return next(queue for queue in client.queues.stream() if queue.friendly_name == "support")


@app.get("/office/queue")
def shown():
    queue = the_queue().fetch()
    members = client.queues(queue.sid).members.list(page_size=1)
    return jsonify(
        size=queue.current_size,
        average=queue.average_wait_time,
        most=queue.max_size,
        members=[{"call": each.call_sid, "position": each.position, "waited": each.wait_time} for each in members],
    )


@app.post("/office/send-away")
def send_away():
    front = client.queues(the_queue().sid).members("Front")
    member = front.update(url=url_for(".elsewhere", _external=True), method="POST")
    return jsonify(call=member.call_sid)


@app.get("/office/left/<call>")
def how_it_left(call):
    return jsonify(left.get(call, ""))


@app.post("/office/close")
def close():
    kept = client.queues.create(friendly_name="short", max_size=1)
    kept = client.queues(kept.sid).update(friendly_name="shorter", max_size=2)
    return jsonify(name=kept.friendly_name, size=kept.max_size, gone=kept.delete())
