"""Who may ask our own API, and what it makes of hostile requests."""

import base64
import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hookflash.own.answering import BODY_LIMIT
from hookflash.own.client import OwnClient, ServerError
from hookflash.testing.platform import Platform

Answer = tuple[int, Any]


def ask(ready: dict[str, Any], method: str, path: str, authorization: str | None, body: bytes | None = None) -> Answer:
    """Status and JSON of a request to our own API."""
    address = urlsplit(ready["api"])
    connection = HTTPConnection(address.hostname or "", address.port)
    headers = {"Authorization": authorization} if authorization else {}
    connection.request(method, "/hookflash/v1" + path, body, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else None


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", ["", "/clock", "/handsets", "/accounts", "/numbers", "/carriers", "/routes"])
def test_only_the_operator_may_ask(hookflash: Platform, path: str) -> None:
    """No credentials, a wrong token and an account's own are refused with 401 and a sentence."""
    account = basic(hookflash.account_sid, hookflash.auth_token)
    for authorization in (None, "Bearer wrong", "Bearer", "Basic !!!", "Digest x", account):
        status, answer = ask(hookflash.ready, "GET", path, authorization)
        assert status == 401
        assert "operator token" in answer["error"]


def test_the_token_comes_as_bearer_or_as_basic(hookflash: Platform) -> None:
    """curl -u with the token on either side works as a Bearer token does."""
    token = hookflash.ready["operator_token"]
    for authorization in (f"Bearer {token}", f"bearer {token}", basic(token, ""), basic("operator", token)):
        assert ask(hookflash.ready, "GET", "/clock", authorization)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/clock", b'{"advance": 1}'),
        ("POST", "/reset", b""),
        ("PUT", "/handsets/+14155551212/faults", b'{"error_code": 30003}'),
    ],
)
def test_an_operator_cannot_bend_time(operated: dict[str, Any], method: str, path: str, body: bytes) -> None:
    """Clock, reset and faults are refused in operator mode, even to the operator."""
    status, answer = ask(operated, method, path, f"Bearer {operated['operator_token']}", body)
    assert status == 403
    assert "development mode" in answer["error"]


def test_an_account_reads_its_own_timelines_only(hookflash: Platform) -> None:
    """An account sees its own messages; those of another do not exist for it; test credentials see none."""
    handset = hookflash.handset("+14155550901")
    handset.text("hi", to=hookflash.number)
    sid = handset.received_sync("Hello").message_sid
    stranger = hookflash.client.post("accounts", friendly_name="stranger")
    credentials = {
        200: basic(hookflash.account_sid, hookflash.auth_token),
        404: basic(stranger["account_sid"], stranger["auth_token"]),
        401: basic(hookflash.ready["test_account_sid"], hookflash.ready["test_auth_token"]),
    }
    for status, authorization in credentials.items():
        assert ask(hookflash.ready, "GET", f"/timeline/{sid}", authorization)[0] == status
    assert ask(hookflash.ready, "GET", f"/timeline/{sid}", None)[0] == 401


def test_a_timeline_says_what_happened(hookflash: Platform) -> None:
    """Every move of a reply is there, in order, with its time and a sentence."""
    handset = hookflash.handset("+14155550902")
    handset.text("hi", to=hookflash.number)
    sid = handset.received_sync("Hello").message_sid
    hookflash.clock.advance(seconds=0)  # comes back once the receipt is there too
    events = hookflash.timeline(sid)
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert "simulated took it" in [event["sentence"] for event in events]


def test_what_nobody_knows_is_404(own: OwnClient) -> None:
    """An unknown SID, path and method have a sentence each."""
    for path in (("timeline", "SM" + "0" * 32), ("nothing",), ("carriers", "nobody")):
        with pytest.raises(ServerError) as refusal:
            own.get(*path)
        assert refusal.value.status == 404
    with pytest.raises(ServerError, match="PUT is not allowed") as refusal:
        own.put("clock")
    assert refusal.value.status == 405


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/clock", b"{", 400),
        ("/clock", b'{"advance": "soon"}', 400),
        ("/clock", b'{"advance": -1}', 400),
        ("/clock", b'{"advance": 1e300}', 400),
        ("/clock", b'{"backwards": 1}', 400),
        ("/clock", b'{"advance": 1' + b" " * BODY_LIMIT + b"}", 413),
        ("/clock", b"[" * 100_000, 400),
        ("/clock", b'{"advance": ' + b"[" * 100_000, 400),
        ("/accounts", b'{"friendly_name": "\xff"}', 400),
        ("/accounts", b'{"friendly_name": "\\ud800"}', 400),
        ("/accounts", b'{"auth_token": "short"}', 400),
        ("/accounts", b'{"sid": "AC1"}', 400),
        ("/numbers", b'{"phone_number": "+1"}', 400),
        ("/numbers", b'{"phone_number": "+14155550777", "sms_url": "javascript:x"}', 400),
        ("/numbers", b'{"phone_number": "+14155550777", "account_sid": "AC00"}', 404),
        ("/short-codes", b'{"short_code": "1"}', 400),
        ("/carriers", b'{"name": "../x", "config": {}}', 400),
        ("/carriers", b'{"name": "x", "config": {"host": 5, "system_id": "a"}}', 400),
        ("/carriers", b'{"name": "x", "config": {"kind": "fax"}}', 400),
        ("/routes", b'{"carrier": "nobody"}', 404),
        ("/routes", b'{"carrier": "simulated", "priority": 1e400}', 400),
        ("/routes", b'{"carrier": "simulated", "priority": 9223372036854775808}', 400),
        ("/handsets/nobody/messages", b"{}", 400),
        ("/handsets/+14155551212/messages", b'{"to": "+14155550100"}', 400),
        ("/handsets/+14155551212/messages", b'{"to": "+14155550100", "body": "x", "media_urls": ["file:///x"]}', 400),
        ("/handsets/+14155551212/messages", b'{"to": "+14155559999", "body": "x"}', 404),
    ],
)
def test_hostile_bodies_are_refused_with_a_sentence(hookflash: Platform, path: str, body: bytes, status: int) -> None:
    """Wrong types, wrong places, broken or huge JSON: the status says whose fault it is, and nothing breaks."""
    answered, answer = ask(hookflash.ready, "POST", path, f"Bearer {hookflash.ready['operator_token']}", body)
    assert (answered, list(answer)) == (status, ["error"])


_PATHS = ["/clock", "/accounts", "/numbers", "/short-codes", "/verified", "/carriers", "/routes"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
_NAMES = st.sampled_from(["advance", "phone_number", "account_sid", "name", "config", "carrier", "priority", "sid"])


@given(path=st.sampled_from(_PATHS), values=st.dictionaries(_NAMES, _JSON, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_breaks_a_handler(hookflash: Platform, path: str, values: dict[str, Any]) -> None:
    """Whatever JSON comes, the answer is a success or a refusal, never a 500."""
    body = json.dumps({**values, "advance": 0} if path == "/clock" else values).encode()
    status, _ = ask(hookflash.ready, "POST", path, f"Bearer {hookflash.ready['operator_token']}", body)
    assert status < 500


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=99999999999999999999", "wait=60001", "last=101", "wait=%D9%A1"]
)
def test_hostile_queries_are_refused(hookflash: Platform, query: str) -> None:
    """Numbers of the query are digits within bounds."""
    token = f"Bearer {hookflash.ready['operator_token']}"
    assert ask(hookflash.ready, "GET", f"/handsets/+14155551212/messages?{query}", token)[0] == 400
