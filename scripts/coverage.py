"""Hold the REST API against a contract: `python scripts/coverage.py CONTRACT_FOLDER`.

The folder holds a checker (`coverage.py`), its contracts and `fixtures.json`. The checker can only make what the API
makes; this script brings about beforehand what an operator, a handset or a mishap would: a verified number, a short
code, an incoming message with a picture, an alert, a call that somebody has answered, callers in a queue. It fails when
an operation that should conform does not.
"""

import http.server
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from hookflash.testing.server import BackgroundServer

PRODUCTS = ("api_v2010", "messaging_v1", "monitor_v1", "accounts_v1")
PICTURE = bytes.fromhex("89504e470d0a1a0a") + bytes(64)
SECONDS = 20

#: The operations of these resources must conform; each of the rest is named with its reason in EXCEPTIONS.
OURS = (
    "Account",
    "Application",
    "AvailablePhoneNumber",
    "Call",
    "Conference",
    "IncomingPhoneNumber",
    "Key",
    "Media",
    "Message",
    "MessageFeedback",
    "Notification",
    "Member",
    "OutgoingCallerId",
    "Participant",
    "Payments",
    "Queue",
    "ValidationRequest",
    "Recording",
    "RealtimeTranscription",
    "ShortCode",
    "SipAuth",
    "SipCredential",
    "SipDomain",
    "SipIp",
    "SmsMessage",
    "Transcription",
    "UserDefinedMessage",
    "SigningKey",
    "Service",
    "PhoneNumber",
    "AlphaSender",
    "Alert",
    "SecondaryAuthToken",
    "AuthTokenPromotion",
)

_SEARCH = "the real answer has no paging members, and the keys SMS and MMS in capitals"
_ADD_ON = "nothing can be installed: add-ons are a marketplace of the original's"
_NO_ADD_ONS = "nothing makes one: add-ons are a marketplace of the original's"
EXCEPTIONS = {
    **{
        f"ListAvailablePhoneNumber{kind}": _SEARCH
        for kind in ("Local", "MachineToMachine", "Mobile", "National", "SharedCost", "TollFree", "Voip")
    },
    "CreateIncomingPhoneNumberMobile": "the checker takes a US number, and the US has none of kind Mobile",
    **{f"{verb}RecordingAddOnResult": _NO_ADD_ONS for verb in ("Fetch", "Delete", "List")},
    **{f"{verb}RecordingAddOnResultPayload": _NO_ADD_ONS for verb in ("Fetch", "Delete", "List")},
    "FetchRecordingAddOnResultPayloadData": _NO_ADD_ONS,
    "UpdateAuthTokenPromotion": "the checker leaves it out: it would replace the token of its own run",
    **{f"{verb}IncomingPhoneNumberAssignedAddOn": _ADD_ON for verb in ("Create", "Fetch", "Delete")},
    "FetchIncomingPhoneNumberAssignedAddOnExtension": _ADD_ON,
    "ListIncomingPhoneNumberAssignedAddOnExtension": _ADD_ON,
}


def main() -> int:
    contract = Path(sys.argv[1]).absolute()
    fixtures = json.loads((contract / "fixtures.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, BackgroundServer(Path(folder) / "data") as ready:
        _record_conference(ready)
        transcribed = _transcribed_recording(ready)
        call = _prepare(ready, _serve_pictures())
        # The checker prefers what it made to what it finds; but only the message that came in has a picture by then,
        # only the call that was there is answered, and only in the queue that was there somebody waits.
        mine = ("CreateMessage", "CreateCall", "CreateQueue", "CreateParticipant")
        skip = {f"api_v2010.{name}": "use the one there is" for name in mine}
        there = {
            "skip": {**fixtures["skip"], **skip},
            "sids": {**fixtures["sids"], "CA": call},
            "path_values": {**fixtures.get("path_values", {}), "RecordingSid": transcribed},
            "prepare": {"api_v2010": ["CreateCallRecording"]},
            "operations": {**fixtures["operations"], "api_v2010.CreateCallRecording": {"CallSid": call}},
        }
        found = _check(contract, ready, {**fixtures, **there})
        made = _check(contract, ready, fixtures)
        return _judge({name: made[name] if made[name]["outcome"] == "ok" else found[name] for name in made})


def _check(contract: Path, ready: dict[str, Any], fixtures: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the checker says of each operation, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        changed, report = Path(folder) / "fixtures.json", Path(folder) / "report.json"
        changed.write_text(json.dumps(fixtures), encoding="utf-8")
        command = [sys.executable, "coverage.py", "--base", ready["api"], "--quiet", "--json", str(report)]
        command += ["--account", ready["account_sid"], "--token", ready["auth_token"], "--fixtures", str(changed)]
        for product in PRODUCTS:
            command += ["--product", product]
        subprocess.run(command, cwd=contract, check=True, stdout=subprocess.DEVNULL)
        products = json.loads(report.read_text(encoding="utf-8"))["products"]
        return {f"{name}.{found['id']}": found for name, entry in products.items() for found in entry["operations"]}


def _judge(operations: dict[str, dict[str, Any]]) -> int:
    """Print each operation of ours that does not conform; 1 when one has no reason for it."""
    failures = conforming = 0
    for name, operation in operations.items():
        if not _is_ours(operation["id"]):
            continue
        if operation["outcome"] == "ok":
            conforming += 1
            continue
        reason = EXCEPTIONS.get(operation["id"])
        failures += reason is None
        why = reason or "; ".join(operation["problems"][:2])
        print(f"{'      ' if reason else 'FAILS '}{name}: {operation['outcome']}: {why}")
    print(f"{conforming} operations conform, {failures} fail without a reason")
    return 1 if failures else 0


def _is_ours(name: str) -> bool:
    for verb in ("CreateNew", "Create", "Fetch", "List", "Update", "Delete"):
        if name.startswith(verb):
            return name.removeprefix(verb).startswith(OURS)
    return False


def _prepare(ready: dict[str, Any], pictures: str) -> str:
    """Returns the SID of a call that goes on."""
    account, number = ready["account_sid"], ready["numbers"][0]
    _own(ready, "POST", "verified", {"phone_number": "+14155559999", "account_sid": account})
    _own(ready, "POST", "short-codes", {"short_code": "55555", "account_sid": account, "iso_country": "US"})
    _own(ready, "PATCH", f"numbers/{number}", {"sms_url": f"{pictures}/nothing-here"})  # an alert: no POST there
    _own(ready, "POST", "handsets/+14155551212/messages", {"to": number, "body": "Hello", "media_urls": [pictures]})
    _wait(ready, "Notifications.json", b'"notifications":[{')
    _waiting_calls(ready)
    return _answered_call(ready)


def _transcribed_recording(ready: dict[str, Any]) -> str:
    """A recording with a transcription; another with one comes after it."""
    twiml = '<Response><Record action="/" maxLength="2" timeout="0" trim="do-not-trim" transcribe="true"/></Response>'
    for number in ("+14155551216", "+14155551217"):
        wanted = {"To": number, "From": ready["numbers"][0], "Twiml": twiml}
        call: str = json.loads(_rest(ready, "Calls.json", wanted))["sid"]
        _wait(ready, f"Calls/{call}.json", b'"status":"in-progress"')
        calls = f"handsets/{number}/calls"
        (there,) = _own(ready, "GET", calls)["calls"]
        _own(ready, "POST", f"{calls}/{there['id']}/await", {"status": ["over"], "within": 20_000, "fly": True})
    _wait(ready, "Transcriptions.json", b'"total":2')
    found = json.loads(_rest(ready, "Transcriptions.json"))["transcriptions"]
    return str(found[-1]["recording_sid"])


def _answered_call(ready: dict[str, Any]) -> str:
    """A call that goes on for as long as the check does, with a recording that is complete, and with a warning."""
    twiml = '<Response><Pause length="600"/><Unknown/></Response>'
    wanted = {"To": "+14155551213", "From": ready["numbers"][0], "Twiml": twiml}
    call: str = json.loads(_rest(ready, "Calls.json", wanted))["sid"]
    _wait(ready, f"Calls/{call}.json", b'"status":"in-progress"')
    recording = json.loads(_rest(ready, f"Calls/{call}/Recordings.json", {"Trim": "do-not-trim"}))["sid"]
    calls = f"handsets/{wanted['To']}/calls"
    (there,) = _own(ready, "GET", calls)["calls"]
    _own(ready, "POST", f"{calls}/{there['id']}/await", {"within": 2_000, "fly": True})
    _rest(ready, f"Calls/{call}/Recordings/{recording}.json", {"Status": "stopped"})
    _wait(ready, f"Recordings/{recording}.json", b'"status":"completed"')
    _wait(ready, f"Calls/{call}/Notifications.json", b'"notifications":[{')
    return call


def _waiting_calls(ready: dict[str, Any]) -> None:
    """Two callers in a queue: one is taken out of it, the other is still looked at."""
    twiml = '<Response><Enqueue waitUrl="">support</Enqueue></Response>'
    for to in ("+14155551214", "+14155551215"):
        _rest(ready, "Calls.json", {"To": to, "From": ready["numbers"][0], "Twiml": twiml})
    _wait(ready, "Queues.json", b'"current_size":2')


def _record_conference(ready: dict[str, Any]) -> None:
    """Two are in a conference that goes on, and is recorded."""
    for number in ("+14155551214", "+14155551215"):
        wanted = {"To": number, "From": ready["numbers"][0], "ConferenceRecord": "true"}
        conference = json.loads(_rest(ready, "Conferences/recorded/Participants.json", wanted))["conference_sid"]
    _wait(ready, f"Conferences/{conference}/Recordings.json", b'"status":"in-progress"')


def _wait(ready: dict[str, Any], path: str, wanted: bytes) -> None:
    """Return once a resource has `wanted` in it."""
    deadline = time.monotonic() + SECONDS
    while wanted not in (body := _rest(ready, path)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{path} has no {wanted.decode()} after {SECONDS} s: {body.decode()}")
        time.sleep(0.05)


def _own(ready: dict[str, Any], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    url, data = f"{ready['api']}/hookflash/v1/{path}", None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Authorization", f"Bearer {ready['operator_token']}")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def _rest(ready: dict[str, Any], path: str, params: dict[str, str] | None = None) -> bytes:
    """GET, or POST `params` to, a resource of the account."""
    login = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    login.add_password(None, ready["api"], ready["account_sid"], ready["auth_token"])
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(login))
    form = None if params is None else urllib.parse.urlencode(params).encode()
    with opener.open(f"{ready['api']}/2010-04-01/Accounts/{ready['account_sid']}/{path}", form) as answer:
        body: bytes = answer.read()
        return body


def _serve_pictures() -> str:
    """A web server with one picture; anything else there is not found."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/picture.png"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(PICTURE) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(PICTURE)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/picture.png"


if __name__ == "__main__":
    sys.exit(main())
