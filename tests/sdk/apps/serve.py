"""The tutorials in one program, as one application: prints the address that it serves at.

Whatever comes to it must be signed; its office, where the people who work with it click, is the exception.
"""

import logging
import os

from flask import Flask, abort, request
from tutorials import (
    conference,
    forwarding,
    hours,
    menu,
    paying,
    recording,
    reminder,
    ringing,
    support,
    survey,
    transfer,
    voicemail,
)
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])

app = Flask(__name__)
for tutorial in (
    conference,
    forwarding,
    hours,
    menu,
    paying,
    recording,
    reminder,
    ringing,
    support,
    survey,
    transfer,
    voicemail,
):
    app.register_blueprint(tutorial.app, url_prefix=f"/{tutorial.app.name}")


@app.before_request
def only_what_is_signed():
    signature = request.headers.get("X-Twilio-Signature", "")
    if "/office/" not in request.path and not validator.validate(request.url, request.form, signature):
        abort(403)


logging.getLogger("werkzeug").setLevel(logging.ERROR)  # each request is no news
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
