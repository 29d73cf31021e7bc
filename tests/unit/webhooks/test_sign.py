"""The signature: published vectors, and agreement with the published SDK's validator."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.webhooks.support import TOKEN, webhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from hookflash.webhooks.request import build_hop, parse_target
from hookflash.webhooks.sign import Channel, body_digest, sign, string_to_sign

CALL = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}
EARLIER = {**CALL, "Caller": "+14158675310", "From": "+14158675310"}
LATER = {**CALL, "Caller": "+14158675309", "From": "+14158675309"}
BODY = b'{"property": "value", "boolean": true}'
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        ("https://example.com/myapp.php?foo=1&bar=2", EARLIER, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("https://mycompany.com/myapp.php?foo=1&bar=2", LATER, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", LATER, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (
            "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256="
            "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            {},
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
    ],
)
def test_published_vectors(url: str, params: dict[str, str], signature: str) -> None:
    """Every vector of the documentation and of the SDKs' tests comes out."""
    assert sign(TOKEN, string_to_sign(url, params)) == signature


def test_a_json_body_is_covered_by_its_digest_in_the_url() -> None:
    """A body that is no form adds bodySHA256 to the URL; the parameters of the form then count for nothing."""
    assert body_digest(b'{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}') == (
        "5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9"
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    hop = build_hop(webhook(url), parse_target(url), "POST", {}, BODY)
    assert hop.headers["X-Twilio-Signature"] == "a9nBmqA0ju/hNViExpshrM61xv4="
    assert hop.headers["Content-Type"] == "application/json"
    assert hop.body == BODY
    assert RequestValidator(TOKEN).validate(hop.url, BODY.decode(), hop.headers["X-Twilio-Signature"])


@pytest.mark.parametrize(
    ("channel", "url", "signed"),
    [
        (Channel.MESSAGING, "https://h.test:8443/a", "https://h.test:8443/a"),
        (Channel.MESSAGING, "http://h.test:8080/a", "http://h.test:8080/a"),
        (Channel.VOICE, "http://h.test:8080/a", "http://h.test:8080/a"),
        (Channel.VOICE, "https://h.test:8443/a?b=:1", "https://h.test/a?b=:1"),
        (Channel.VOICE, "wss://h.test:8443/a", "wss://h.test/a"),
        (Channel.VOICE, "https://h.test/a", "https://h.test/a"),
        (Channel.VOICE, "https://[2001:db8::1]:444/a", "https://[2001:db8::1]/a"),
    ],
)
def test_only_calls_over_tls_leave_the_port_out(channel: Channel, url: str, signed: str) -> None:
    """Messages sign the port as written; calls drop it over https and wss."""
    assert channel.signed_url(url) == signed


@given(params=st.dictionaries(TEXT.filter(bool), TEXT, max_size=8), path=TEXT, port=st.sampled_from(["", ":8443"]))
def test_the_published_validator_accepts_any_form(params: dict[str, str], path: str, port: str) -> None:
    """Whatever the names and values, the SDK's validator finds the signature right for what goes on the wire."""
    url = f"https://app.test{port}/{quote(path)}"
    hop = build_hop(webhook(url), parse_target(url), "POST", params, None)
    assert RequestValidator(TOKEN).validate(hop.url, params, hop.headers["X-Twilio-Signature"])


@given(params=st.dictionaries(TEXT.filter(bool), TEXT, max_size=8), channel=st.sampled_from(Channel))
def test_the_published_validator_accepts_any_get(params: dict[str, str], channel: Channel) -> None:
    """GET parameters are signed as part of the URL, for calls and for messages."""
    url = "https://app.test:8443/a?x=1"
    hop = build_hop(webhook(url, channel=channel), parse_target(url), "GET", params, None)
    assert hop.body is None
    assert RequestValidator(TOKEN).validate(hop.url, {}, hop.headers["X-Twilio-Signature"])
