"""Cookies of a conversation between two numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.clock import HOUR
from hookflash.webhooks.cookies import COOKIE_LIMIT, SIZE_LIMIT, Jar, parse_set_cookie

NOW = 1_700_000_000_000
URL = "https://app.test/sms/reply"


def jar(*set_cookies: str, url: str = URL) -> Jar:
    return Jar(touched_at=NOW).receive(set_cookies, url, NOW)


def test_a_cookie_comes_back() -> None:
    """A cookie goes to the host that set it, in order of path length, and to no other host."""
    kept = jar("a=1; Path=/", "b=2", "c=3; Path=/other")
    assert kept.header(URL, NOW) == "b=2; a=1"
    assert kept.header("https://evil.test/sms/reply", NOW) == ""
    assert kept.header("https://sub.app.test/sms/reply", NOW) == ""


@pytest.mark.parametrize(
    ("path", "url", "sent"),
    [
        ("/sms", "https://app.test/sms", True),
        ("/sms", "https://app.test/sms/x", True),
        ("/sms", "https://app.test/smsx", False),
        ("/sms/", "https://app.test/sms/x?y", True),
        ("/", "https://app.test", True),
    ],
)
def test_paths(path: str, url: str, *, sent: bool) -> None:
    """A cookie's path matches whole segments (RFC 6265 §5.1.4)."""
    assert bool(jar(f"a=1; Path={path}").header(url, NOW)) == sent


def test_domains() -> None:
    """Domain opens a cookie to the hosts below it; a server cannot set one for others, nor for a top level."""
    assert jar("a=1; Domain=.app.test; Path=/").header("https://www.app.test/", NOW) == "a=1"
    assert jar("a=1; Domain=other.test").cookies == ()
    assert jar("a=1; Domain=test").cookies == ()
    assert jar("a=1; Domain=sub.app.test").cookies == ()
    assert jar("a=1; Domain=0.0.1", url="http://127.0.0.1/").cookies == ()


def test_secure_cookies_stay_off_plain_http() -> None:
    """Secure cookies only go over https."""
    kept = jar("a=1; Secure; Path=/")
    assert kept.header("https://app.test/", NOW) == "a=1"
    assert kept.header("http://app.test/", NOW) == ""


@pytest.mark.parametrize(
    "expiry", ["Max-Age=60", "Expires=Tue, 14 Nov 2023 22:14:20 GMT", "Max-Age=60; Expires=nonsense"]
)
def test_cookies_expire(expiry: str) -> None:
    """Max-Age and Expires end a cookie; Max-Age wins."""
    kept = jar(f"a=1; Path=/; {expiry}")
    assert kept.header(URL, NOW + 59_999) == "a=1"
    assert kept.header(URL, NOW + 60_000) == ""


@pytest.mark.parametrize("gone", ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_server_can_take_a_cookie_back(gone: str) -> None:
    """A cookie that is expired when it comes removes the one of the same name, domain and path."""
    assert jar("a=1").receive([f"a=; {gone}"], URL, NOW).cookies == ()


def test_the_jar_is_forgotten_after_four_hours_without_a_message() -> None:
    """Each use gives the conversation another four hours."""
    kept = jar("a=1")
    assert kept.at(NOW + 4 * HOUR - 1).at(NOW + 8 * HOUR - 2).cookies == kept.cookies
    assert kept.at(NOW + 4 * HOUR).cookies == ()


def test_a_jar_is_small() -> None:
    """The oldest cookies make room; one that is too long is not kept."""
    kept = jar(*(f"n{number}=1" for number in range(COOKIE_LIMIT + 2)), "long=" + "x" * SIZE_LIMIT)
    assert [cookie.name for cookie in kept.cookies] == [f"n{number}" for number in range(2, COOKIE_LIMIT + 2)]


def test_a_jar_is_kept_as_text() -> None:
    """What is stored reads back as the same jar."""
    kept = jar("a=1; Domain=app.test; Max-Age=5; Secure", "b=ü")
    assert Jar.from_json(kept.to_json()) == kept


@given(st.text())
def test_any_header_is_a_cookie_or_nothing(text: str) -> None:
    """Hostile headers never raise, and never smuggle a line or another cookie into ours."""
    cookie = parse_set_cookie(text, URL, NOW)
    if cookie is not None:
        header = Jar(touched_at=NOW, cookies=(cookie,)).header("https://app.test" + cookie.path, NOW)
        assert "\r" not in header
        assert "\n" not in header
        assert ";" not in header
