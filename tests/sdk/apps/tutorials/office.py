"""What all tutorials share: the REST client, the number that they call from, and notes of what they were told."""

import os

from flask import Blueprint, jsonify
from twilio.rest import Client

app = Blueprint("office", __name__)

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])

number = os.environ["SHOP_NUMBER"]

_notes = []


def notes():
    """A list in which a tutorial keeps what it is told, until the next day."""
    _notes.append([])
    return _notes[-1]


@app.post("/next-day")
def next_day():
    for each in _notes:
        each.clear()
    return jsonify(notes=len(_notes))
