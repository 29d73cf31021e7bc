"""A reminder by phone: a person is asked to confirm, and a machine gets a message after its beep."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

from .office import client, number

app = Blueprint("reminder", __name__)

outcome = {}


@app.post("/office/remind/<customer>")
def remind(customer):
    call = client.calls.create(
        to=customer,
        from_=number,
        url=url_for(".answered", _external=True),
        machine_detection="DetectMessageEnd",
        machine_detection_timeout=30,
    )
    return jsonify(call=call.sid)


@app.post("/answered")
def answered():
    outcome[request.form["CallSid"]] = request.form["AnsweredBy"]
    response = VoiceResponse()
    if request.form["AnsweredBy"].startswith("machine_end"):
        response.say("Your cake is ready. Please call us back.")
        response.hangup()
    else:
        gather = Gather(num_digits=1, action=url_for(".confirmed"))
        gather.say("Your cake is ready. Press 1 to confirm.")
        response.append(gather)
    return str(response)


@app.post("/confirmed")
def confirmed():
    outcome[request.form["CallSid"]] += " confirmed by " + request.form["Digits"]
    response = VoiceResponse()
    response.say("Thank you.")
    return str(response)


@app.get("/office/outcome/<call>")
def shown(call):
    return jsonify(outcome=outcome[call], seen=client.calls(call).fetch().answered_by)
