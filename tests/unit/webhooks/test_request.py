"""URLs as they go on the wire."""

import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.webhooks.support import webhook
from yarl import URL

from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.request import (
    URL_LIMIT,
    bare_url,
    build_hop,
    check_callback_url,
    parse_target,
    resolve_url,
)


@pytest.mark.parametrize(
    ("written", "wire", "host"),
    [
        ("http://h.test", "http://h.test/", "h.test"),
        ("http://h.test?a=1", "http://h.test/?a=1", "h.test"),
        ("https://h.test:443/a", "https://h.test:443/a", "h.test:443"),
        ("https://u:p%40w@h.test:1/a?b#rc=2", "https://h.test:1/a?b", "h.test:1"),
        ("http://h.test/a b/ü?c=é\"'", "http://h.test/a%20b/%C3%BC?c=%C3%A9%22'", "h.test"),
        ("http://h.test/a%2Fb%20c?d=%7e", "http://h.test/a%2Fb%20c?d=%7e", "h.test"),
        ("http://bücher.test/", "http://xn--bcher-kva.test/", "xn--bcher-kva.test"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/", "[2001:db8::1]:80"),
    ],
)
def test_the_url_on_the_wire(written: str, wire: str, host: str) -> None:
    """No fragment, no userinfo; what is encoded stays so, the rest is encoded; a path is never empty."""
    target = parse_target(written)
    assert (target.url, target.host) == (wire, host)


def test_user_and_password_are_percent_decoded() -> None:
    """Credentials may be percent-encoded in the URL; they are hidden from every repr."""
    target = parse_target("https://u%3Ax:p%40w@h.test/")
    assert target.login == ("u:x", "p@w")
    assert "p@w" not in repr(target)
    assert "p%40w" not in repr(webhook("https://u%3Ax:p%40w@h.test/"))
    assert "12345" not in repr(webhook("https://h.test/"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h.test/a",
        "ftp://h.test/",
        "http:///a",
        "http://h.test:99999/",
        "http://[::1/",
        "http://h.test/" + "a" * URL_LIMIT,
    ],
)
def test_urls_that_cannot_be_called(url: str) -> None:
    """What is no absolute http or https URL is refused with 11100."""
    with pytest.raises(WebhookError) as refusal:
        parse_target(url)
    assert refusal.value.code is WebhookCode.INVALID_URL


def test_underscores_in_the_host_of_a_status_callback() -> None:
    """A status callback's host must not hold an underscore (11100); its path may."""
    check_callback_url("https://my-app.test/a_b")
    with pytest.raises(WebhookError, match="underscore"):
        check_callback_url("https://my_app.test/")


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("next", "https://u:p@h.test/a/next"),
        ("/next?x=1#rc=0", "https://u:p@h.test/next?x=1#rc=0"),
        ("?y=2", "https://u:p@h.test/a/b?y=2"),
        ("//other.test/z", "https://other.test/z"),
        ("http://other.test/z", "http://other.test/z"),
    ],
)
def test_relative_urls(reference: str, url: str) -> None:
    """A relative URL is relative to its document; the document's login goes to the same server only."""
    assert resolve_url("https://u:p@h.test/a/b?x=1#rc=2", reference) == url


def test_a_shown_url_keeps_no_login() -> None:
    """What people see holds neither password nor fragment, whatever the URL."""
    assert bare_url("https://u:p@h.test/a@b?c#rc=1") == "https://h.test/a@b?c"
    assert bare_url("https://u:p:@q@h.test") == "https://h.test"
    assert bare_url("nonsense") == "nonsense"


@given(
    params=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"]))
    ),
    method=st.sampled_from(["GET", "POST"]),
)
def test_parameters_survive_the_encoding(params: dict[str, str], method: str) -> None:
    """A form parser finds every parameter again, in its order, in the body of a POST and in the query of a GET."""
    hop = build_hop(webhook("http://h.test/"), parse_target("http://h.test/"), method, params, None)
    encoded = (hop.body or b"").decode("ascii") if method == "POST" else hop.url.partition("?")[2]
    assert parse_qsl(encoded, keep_blank_values=True) == list(params.items())


def test_a_get_with_a_very_long_query_is_refused() -> None:
    """A GET whose parameters do not fit into a URL is refused, not cut."""
    with pytest.raises(WebhookError, match="parameters"):
        build_hop(webhook("http://h.test/"), parse_target("http://h.test/"), "GET", {"Body": "x" * URL_LIMIT}, None)


@given(
    st.builds("{}{}".format, st.sampled_from(["", "http://", "https://u:p@h.test/", "http://h.test:80#"]), st.text())
)
def test_any_text_is_a_url_or_refused(text: str) -> None:
    """Whatever stands in a URL, what goes on the wire is printable ASCII, and the only exception is a WebhookError."""
    try:
        target = parse_target(text)
    except WebhookError:
        return
    for sent in (target.url, target.host):
        assert re.fullmatch(r"[!-~]+", sent)
    assert URL(target.url, encoded=True).raw_host
