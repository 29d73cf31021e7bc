"""TwiML Bins from end to end: kept over our own API, answering calls, texts and whoever signs."""

import subprocess
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from tests.scenarios.served import HOOKFLASH, bare_environment, served

from hookflash.own.client import ServerError
from hookflash.testing.platform import Platform
from hookflash.webhooks.sign import sign, string_to_sign

ALICE = "+14155551311"
GREETING = "<Response><Say>You called from {{From}}.</Say></Response>"


@pytest.fixture(autouse=True)
def number(hookflash: Platform) -> Iterator[None]:
    """Its first number asks afterwards whom it asked before."""
    listed = hookflash.client.get("numbers")["numbers"]
    before = next(each for each in listed if each["phone_number"] == hookflash.number)
    yield
    hookflash.configure(voice_url=before["voice_url"] or "", sms_url=before["sms_url"] or "")


@pytest.fixture
def greeting(hookflash: Platform) -> Iterator[str]:
    """The SID of a bin that greets."""
    made = hookflash.client.post("bins", friendly_name="Greeting", twiml=GREETING)
    yield made["sid"]
    hookflash.client.delete("bins", made["sid"])


def ask(url: str, token: str = "", params: dict[str, str] | None = None, *, signed: str = "") -> tuple[int, str]:
    """Status and body of a request to a bin: signed with `token` as one to `signed`, unless that is empty."""
    headers = {"X-Twilio-Signature": sign(token, string_to_sign(signed or url, params or {}))} if token else {}
    data = urlencode(params).encode() if params is not None else None
    try:
        answer: HTTPResponse = urlopen(Request(url, data=data, headers=headers))
    except HTTPError as error:
        return error.code, error.read().decode()
    with answer:
        return answer.status, answer.read().decode()


def test_a_number_answers_with_a_bin(hookflash: Platform, greeting: str) -> None:
    """The caller hears the document, with the parameter of their call in its blank."""
    url = hookflash.client.get("bins", greeting)["url"]
    assert url == f"https://handler.twilio.com/twiml/{greeting}"
    hookflash.configure(voice_url=url)
    call = hookflash.handset(ALICE).dial(hookflash.number)
    call.answered_sync()
    call.hears_sync(f"You called from {ALICE}")
    call.over_sync()


def test_a_text_is_answered_with_a_bin(hookflash: Platform) -> None:
    """What the sender wrote cannot become an element of the reply."""
    twiml = "<Response><Message>You wrote: {{{Body}}} in {{City}}</Message></Response>"
    made = hookflash.client.post("bins", friendly_name="Echo", twiml=twiml)
    hookflash.configure(sms_url=made["url"] + "?City=Lisbon")
    alice = hookflash.handset(ALICE)
    alice.text("</Message><Message>two & three", to=hookflash.number)
    assert alice.received_sync("You wrote").body == "You wrote: </Message><Message>two & three in Lisbon"
    assert alice.inbox() == []


@pytest.mark.parametrize("params", [None, {"From": ALICE}])
def test_who_signs_is_answered(hookflash: Platform, greeting: str, params: dict[str, str] | None) -> None:
    """At the server's own address too, with GET and POST, by the auth token of the account."""
    url = f"{hookflash.url}/twiml/{greeting}"
    from_ = params["From"] if params else ""
    assert ask(url, hookflash.auth_token, params) == (
        200,
        f"<Response><Say>You called from {from_}.</Say></Response>",
    )


def test_strangers_are_not_answered(hookflash: Platform, greeting: str) -> None:
    """Without a signature, with one of another account or another URL, nothing is said of the document."""
    url = f"{hookflash.url}/twiml/{greeting}"
    other = hookflash.client.post("accounts", friendly_name="Other")["auth_token"]
    for status, said in (
        ask(url),
        ask(url, other),
        ask(url, hookflash.auth_token, signed=url + "x"),
        ask(url + "?From=%2B1", hookflash.auth_token, signed=url),
    ):
        assert (status, "Say" in said) == (403, False)


def test_what_is_not_there_is_not_found(hookflash: Platform) -> None:
    """A bin that was removed is gone at once."""
    sid = hookflash.client.post("bins", friendly_name="Short", twiml=GREETING)["sid"]
    hookflash.client.delete("bins", sid)
    assert ask(f"{hookflash.url}/twiml/{sid}", hookflash.auth_token)[0] == 404
    assert ask(f"{hookflash.url}/twiml/none", hookflash.auth_token)[0] == 404
    for refused in (
        lambda: hookflash.client.get("bins", sid),
        lambda: hookflash.client.delete("bins", sid),
        lambda: hookflash.client.patch("bins", sid, friendly_name="x"),
    ):
        with pytest.raises(ServerError) as refusal:
            refused()
        assert refusal.value.status == 404


def test_what_cannot_run_is_not_kept(hookflash: Platform, greeting: str) -> None:
    """An error refuses the document, with its place; the one that was kept stays."""
    with pytest.raises(ServerError, match="line 1, column 13: 12100") as refusal:
        hookflash.client.patch("bins", greeting, twiml="<Response></Say></Response>")
    assert refusal.value.status == 400
    with pytest.raises(ServerError, match=r"line 1, column 17: 13224: <Number> is not a phone number"):
        hookflash.client.post(
            "bins", friendly_name="Bad", twiml="<Response><Dial><Number>the shop</Number></Dial></Response>"
        )
    assert hookflash.client.get("bins", greeting)["twiml"] == GREETING


def test_warnings_are_told_and_the_document_is_kept(hookflash: Platform, greeting: str) -> None:
    """A blank is taken for a number while the document is looked at."""
    twiml = "<Response><Pause length='0'/><Dial>{{To}}</Dial></Response>"
    changed = hookflash.client.patch("bins", greeting, twiml=twiml, friendly_name="Other")
    assert [(each["code"], each["level"], each["column"]) for each in changed["warnings"]] == [(13910, "warning", 11)]
    kept = hookflash.client.get("bins", greeting)
    assert (kept["twiml"], kept["friendly_name"]) == (twiml, "Other")
    assert kept["date_updated"] >= kept["date_created"]


def test_bins_are_listed_by_account(hookflash: Platform, greeting: str) -> None:
    """Each belongs to one."""
    other = hookflash.client.post("accounts", friendly_name="Other")["account_sid"]
    theirs = hookflash.client.post("bins", friendly_name="Theirs", twiml=GREETING, account_sid=other)["sid"]
    listed = hookflash.client.get("bins", account_sid=other)["bins"]
    assert [(each["sid"], each["account_sid"]) for each in listed] == [(theirs, other)]
    assert {greeting, theirs} <= {each["sid"] for each in hookflash.client.get("bins")["bins"]}


def test_the_commands(tmp_path: Path) -> None:
    """A document is kept, shown, changed, listed and removed from the terminal."""
    with served(tmp_path):
        environment = bare_environment(tmp_path) | {"HOOKFLASH_READY_FILE": str(tmp_path / "ready.json")}

        def said(*arguments: str, given: str = "") -> str:
            command = [str(HOOKFLASH), "bins", *arguments]
            done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=True)
            return done.stdout + done.stderr

        (tmp_path / "greeting.xml").write_text(GREETING)
        added = said("add", str(tmp_path / "greeting.xml")).split()
        sid = added[1]
        assert added[3] == f"https://handler.twilio.com/twiml/{sid}"
        assert said("show", sid) == GREETING + "\n"
        assert "-:1:11: warning 13520" in said("change", sid, "-", given="<Response><Say/></Response>")
        assert {"greeting", f"https://handler.twilio.com/twiml/{sid}"} < {*said("list").split()}
        assert said("remove", sid) == f"{sid} is gone.\n"
        assert said("list") == "There are none.\n"
