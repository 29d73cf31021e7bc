"""The tutorials in one program, as one application: prints the address that it serves at.

Whatever comes to it must be signed; its office, where the people who work with it click, is the exception.
"""

import logging
import os
from importlib import import_module
from pkgutil import iter_modules

import tutorials
from flask import Flask, abort, request
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])

app = Flask(__name__)
for found in iter_modules(tutorials.__path__):
    tutorial = import_module(f"tutorials.{found.name}")
    app.register_blueprint(tutorial.app, url_prefix=f"/{found.name}")


@app.before_request
def only_what_is_signed():
    signature = request.headers.get("X-Twilio-Signature", "")
    if "/office/" not in request.path and not validator.validate(request.url, request.form, signature):
        abort(403)


logging.getLogger("werkzeug").setLevel(logging.ERROR)  # each request is no news
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
