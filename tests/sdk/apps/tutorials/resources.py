"""What the library reads of each resource: all fields of all that it lists, page by page, and of each by itself."""

from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, jsonify

from .office import client

app = Blueprint("resources", __name__)


def fields(instance):
    """The fields of a resource; a date that the library understood is told as one, another stays a string."""
    names = [name for name in dir(instance) if not name.startswith("_")]
    found = {name: getattr(instance, name) for name in names}
    return {
        name: "date" if isinstance(value, date) else value
        for name, value in found.items()
        if value is None or isinstance(value, (str, int, float, dict, list, date))
    }


def lists(conference):
    """Everything that can be listed, by its name."""
    conference = client.conferences(conference)
    (queue,) = client.queues.list()
    (call,) = client.calls.list(status="in-progress", limit=1)
    (transcription,) = client.transcriptions.list()
    return {
        "conferences": client.conferences,
        "participants": conference.participants,
        "conference recordings": conference.recordings,
        "queues": client.queues,
        "members": client.queues(queue.sid).members,
        "calls": client.calls,
        "events": client.calls(call.sid).events,
        "recordings": client.recordings,
        "transcriptions": client.transcriptions,
        "transcriptions of a recording": client.recordings(transcription.recording_sid).transcriptions,
    }


@app.get("/office/read/<conference>")
def read(conference):
    """The fields of each; `alone` are those of the same, fetched by itself."""
    found = {}
    for name, listed in lists(conference).items():
        rows = listed.list(page_size=1)
        alone = [fields(row.fetch()) for row in rows if hasattr(row, "fetch")]
        found[name] = {"listed": [fields(row) for row in rows], "alone": alone}
    return jsonify(found)


@app.get("/office/count/<conference>")
def count(conference):
    """How many are listed through filters that let all pass, and through some that let none."""
    now = datetime.now(UTC)
    today, tomorrow = now.date(), now.date() + timedelta(days=2)
    conferences, one = client.conferences, client.conferences(conference)
    return jsonify(
        all=[
            len(conferences.list(date_created_before=tomorrow, date_updated_before=tomorrow)),
            len(conferences.list(date_created_after=today - timedelta(days=2), friendly_name="meeting")),
            len(one.participants.list(muted=False, hold=False)),
            len(one.recordings.list(date_created_before=tomorrow)),
            len(client.recordings.list(conference_sid=conference, date_created_before=now + timedelta(days=2))),
        ],
        none=[
            len(conferences.list(date_created_after=tomorrow)),
            len(conferences.list(friendly_name="party")),
            len(conferences.list(status="completed")),
            len(one.participants.list(muted=True)),
            len(one.participants.list(coaching=True)),
            len(one.recordings.list(date_created_after=tomorrow)),
        ],
    )


@app.post("/office/tidy")
def tidy():
    """Delete what can be deleted; says what is left."""
    for listed in (client.transcriptions, client.recordings, client.queues):
        for row in listed.stream(page_size=1):
            row.delete()
    return jsonify([len(listed.list()) for listed in (client.transcriptions, client.recordings, client.queues)])


@app.get("/office/ended/<conference>")
def ended(conference):
    return jsonify(fields(client.conferences(conference).fetch()))
