"""Pages for people, and the page for Prometheus."""

import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.scenarios.plugin_support import post_message

from hookflash.catalogue import TWIML_SENTENCES, Where, catalogue
from hookflash.errors import Code
from hookflash.testing.platform import Platform
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.codes import WebhookCode


def page(ready: dict[str, Any], path: str, token: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urlopen(Request(ready["api"] + path, headers=headers)) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_catalogue_has_every_code_once() -> None:
    """Codes of REST, webhooks and documents in one table; a number with several meanings has them all."""
    numbers = {code.number for code in Code} | {code.number for code in WebhookCode} | {int(code) for code in TwimlCode}
    assert set(catalogue()) == numbers
    assert list(catalogue()) == sorted(numbers)
    assert {meaning.where for meaning in catalogue()[12300].meanings} == {Where.WEBHOOK, Where.TWIML}


def test_every_code_of_a_document_has_a_sentence() -> None:
    """A code without one would break its page."""
    assert set(TWIML_SENTENCES) == set(TwimlCode)


@pytest.mark.parametrize("number", [20003, 21211, 30003, 11200, 12100, 14107])
def test_a_code_has_a_page(hookflash: Platform, number: int) -> None:
    """`more_info` of an error leads to a page with its sentence, which fits light and dark."""
    if number not in catalogue():
        number = min(catalogue())
    status, text = page(hookflash.ready, f"/docs/errors/{number}")
    assert status == 200
    assert f"<h1>{number}" in text
    assert "color-scheme: light dark" in text


@pytest.mark.parametrize("code", ["1", "x", "%3Cscript%3E", "99999999999999999999", "٣"])
def test_what_is_no_code_is_404(hookflash: Platform, code: str) -> None:
    """The page says so, and repeats nothing as markup."""
    path = "/docs/errors/" + "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in code.encode())
    status, text = page(hookflash.ready, path)
    assert status == 404
    assert "<script>" not in text


def test_the_front_page_says_what_this_is(hookflash: Platform) -> None:
    """Somebody who opens the address in a browser learns what to try."""
    status, text = page(hookflash.ready, "/")
    assert status == 200
    assert "hookflash phone" in text
    assert page(hookflash.ready, "/favicon.ico") == (204, "")
    assert page(hookflash.ready, "/nothing-here")[0] == 404


def test_metrics_count_moves_commits_and_webhooks(hookflash: Platform) -> None:
    """A delivered message raises the counter of its status by one."""

    def delivered() -> float:
        found = re.search(
            r'hookflash_message_moves_total{status="delivered"} (\S+)', page(hookflash.ready, "/metrics")[1]
        )
        return float(found[1]) if found else 0

    hookflash.clock.advance(minutes=1)  # what other tests have left behind is done
    before = delivered()
    post_message(hookflash, To="+14155554001", Body="count me")
    hookflash.handset("+14155554001").received_sync("count me")
    hookflash.clock.advance(minutes=1)
    assert delivered() == before + 1
    text = page(hookflash.ready, "/metrics")[1]
    for name in ("hookflash_store_commit_seconds_count", "hookflash_carrier", "hookflash_webhook_seconds_count"):
        assert name in text
    assert "+1415555" not in text


def test_metrics_tell_how_the_switch_fares(hookflash: Platform) -> None:
    """Calls, legs, late packets, what waits for the exchange and what was refused are there to be watched."""
    text = page(hookflash.ready, "/metrics")[1]
    for line in (
        "hookflash_calls_live 0.0",
        'hookflash_legs{kind="sip"} 0.0',
        'hookflash_rtp_packets_total{what="late"} 0.0',
        "hookflash_switch_events ",
        "hookflash_sip_turned_away_total 0.0",
        'hookflash_webhook_seconds_count{about="call"}',
    ):
        assert f"\n{line}" in text


def test_metrics_take_the_token_in_operator_mode(operated: dict[str, Any]) -> None:
    """On a platform on a network the page is not for everybody."""
    assert page(operated, "/metrics")[0] == 401
    assert page(operated, "/metrics", operated["operator_token"])[0] == 200
