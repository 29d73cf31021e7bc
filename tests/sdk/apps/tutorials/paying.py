"""Payments: by the caller alone, and with somebody in the office who asks field by field."""

from flask import Blueprint, jsonify, request, url_for
from twilio.twiml.voice_response import VoiceResponse

from .office import client, notes

app = Blueprint("paying", __name__)

heard = notes()


@app.post("/answer")
def answer():
    response = VoiceResponse()
    response.pay(charge_amount="20.45", postal_code=False, action=url_for(".paid"), payment_connector="Default")
    return str(response)


@app.post("/paid")
def paid():
    response = VoiceResponse()
    if request.form["Result"] == "success":
        response.say("Thank you. Your cake is paid.")
    else:
        response.say("Your card was not charged.")
    return str(response)


@app.post("/assisted")
def assisted():
    response = VoiceResponse()
    response.say("Please stay on the line.")
    response.pause(length=120)
    return str(response)


@app.post("/told")
def told():
    heard.append(request.form.to_dict())
    return "", 204


def caller():
    return client.calls(client.calls.list(status="in-progress", limit=1)[0].sid)


@app.post("/office/begin")
def begin():
    payment = caller().payments.create(
        idempotency_key="begin",
        status_callback=url_for(".told", _external=True),
        charge_amount=12.50,
        postal_code=False,
        payment_method="credit-card",
        token_type="one-time",
    )
    return jsonify(sid=payment.sid)


@app.post("/office/capture/<sid>/<field>")
def capture(sid, field):
    payment = caller().payments(sid)
    changed = payment.update(idempotency_key=field, status_callback=url_for(".told", _external=True), capture=field)
    return jsonify(sid=changed.sid, call=changed.call_sid)


@app.post("/office/complete/<sid>")
def complete(sid):
    payment = caller().payments(sid)
    payment.update(idempotency_key="done", status_callback=url_for(".told", _external=True), status="complete")
    return jsonify(sid=sid)


@app.get("/office/heard")
def shown():
    return jsonify(heard)
