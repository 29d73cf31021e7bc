"""Click to call: the office has the shop's phone rung, and joins it with a customer."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import VoiceResponse

from .office import client, notes, number

app = Blueprint("ringing", __name__)

progress = notes()


@app.post("/office/call/<agent>/<customer>")
def click(agent, customer):
    call = client.calls.create(
        to=agent,
        from_=number,
        url=url_for(".join", customer=customer, _external=True),
        status_callback=url_for(".progressed", _external=True),
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    return jsonify(call=call.sid, status=call.status)


@app.post("/join")
def join():
    response = VoiceResponse()
    response.say("We are calling your customer.")
    response.dial(request.args["customer"], caller_id=number)
    return str(response)


@app.post("/progressed")
def progressed():
    progress.append((int(request.form["SequenceNumber"]), request.form["CallStatus"]))
    return "", 204


@app.get("/office/progress")
def shown():
    return jsonify([status for _, status in sorted(progress)])


@app.post("/office/verify/<phone>")
def verify(phone):
    asked = client.validation_requests.create(phone_number=phone, friendly_name="The owner", call_delay=0)
    return jsonify(code=asked.validation_code, call=asked.call_sid, name=asked.friendly_name)


@app.get("/office/verified/<phone>")
def verified(phone):
    return jsonify([each.friendly_name for each in client.outgoing_caller_ids.list(phone_number=phone)])


@app.post("/office/forget/<phone>")
def forget(phone):
    (found,) = client.outgoing_caller_ids.list(phone_number=phone)
    return jsonify(gone=client.outgoing_caller_ids(found.sid).delete())
