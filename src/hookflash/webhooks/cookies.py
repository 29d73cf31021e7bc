"""The cookies of a conversation between two numbers, kept for it by the platform as a browser would (RFC 6265).

A jar is a value: it is handed in with a request and comes back changed with the outcome, for the caller to keep under
the (From, To) of the incoming message. It is forgotten after four hours without a message.
"""

import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from hookflash.domain.clock import HOUR, SECOND

LIFETIME = 4 * HOUR  # without a message
COOKIE_LIMIT = 20  # cookies in a jar; the oldest goes first
SIZE_LIMIT = 4096  # bytes of a name and its value, as browsers have it

_UNSAFE = re.compile(r"[\x00-\x1f\x7f;]")


class Cookie(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    value: str
    domain: str  #: lower case, no leading dot
    host_only: bool = True  #: no Domain attribute: that very host, none below it
    path: str = "/"
    secure: bool = False
    expires_at: int | None = None  #: ms since the epoch; None: as long as the jar

    def fits(self, host: str, path: str, *, secure: bool, now: int) -> bool:
        """Whether the cookie goes along with a request (RFC 6265 §5.4)."""
        return (
            (host == self.domain or (not self.host_only and _below(host, self.domain)))
            and _path_matches(path, self.path)
            and (secure or not self.secure)
            and (self.expires_at is None or now < self.expires_at)
        )


class Jar(msgspec.Struct, frozen=True, kw_only=True):
    """Some cookies, and when they were last used (ms since the epoch)."""

    touched_at: int
    cookies: tuple[Cookie, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> "Jar":
        """Read what `to_json` wrote. Raises msgspec.ValidationError or DecodeError for anything else."""
        return msgspec.json.decode(text, type=cls)

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    def at(self, now: int) -> "Jar":
        """The jar as it is `now`, which counts as using it: empty once its four hours are over."""
        return Jar(touched_at=now, cookies=self.cookies if now - self.touched_at < LIFETIME else ())

    def header(self, url: str, now: int) -> str:
        """The Cookie header for a request to `url`; empty if no cookie fits."""
        parts = urlsplit(url)
        secure, host = parts.scheme == "https", (parts.hostname or "")
        fitting = [c for c in self.cookies if c.fits(host, parts.path or "/", secure=secure, now=now)]
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join([f"{cookie.name}={cookie.value}" for cookie in fitting])

    def receive(self, set_cookies: Iterable[str], url: str, now: int) -> "Jar":
        """The jar after an answer from `url` with these Set-Cookie headers. What is not allowed is left out."""
        cookies = {(c.name, c.domain, c.path): c for c in self.cookies if c.expires_at is None or now < c.expires_at}
        for text in set_cookies:
            cookie = parse_set_cookie(text, url, now)
            if cookie is None:
                continue
            cookies.pop((cookie.name, cookie.domain, cookie.path), None)
            if cookie.expires_at is None or now < cookie.expires_at:
                cookies[cookie.name, cookie.domain, cookie.path] = cookie
        return Jar(touched_at=now, cookies=tuple(cookies.values())[-COOKIE_LIMIT:])


def parse_set_cookie(text: str, url: str, now: int) -> Cookie | None:
    """One Set-Cookie header (RFC 6265 §5.2), or None if this server may not set it or it is no cookie."""
    pair, *attributes = text.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not equals or not name or _UNSAFE.search(name + value) or len(name) + len(value) > SIZE_LIMIT:
        return None
    parts = urlsplit(url)
    host = parts.hostname or ""
    keys = {key.strip().lower(): item.strip() for key, _, item in (part.partition("=") for part in attributes)}
    domain = keys.get("domain", "").lower().removeprefix(".")
    # A domain without a dot is a whole top level: no server may set cookies for all of it.
    if domain and host != domain and not (_below(host, domain) and "." in domain):
        return None
    path = keys.get("path", "")
    return Cookie(
        name=name,
        value=value,
        domain=domain or host,
        host_only=not domain,
        path=path if path.startswith("/") else (parts.path or "/").rpartition("/")[0] or "/",
        secure="secure" in keys,
        expires_at=_expiry(keys, now),
    )


def _expiry(keys: dict[str, str], now: int) -> int | None:
    age = keys.get("max-age", "")
    if re.fullmatch(r"-?\d{1,12}", age, re.ASCII):
        return now + int(age) * SECOND
    try:
        return int(parsedate_to_datetime(keys["expires"]).timestamp() * SECOND)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None  # no date, or none that can be read: the cookie lives as long as the jar


def _below(host: str, domain: str) -> bool:
    return host.endswith(f".{domain}") and not host.rpartition(".")[2].isdigit()


def _path_matches(path: str, prefix: str) -> bool:
    return path == prefix or (path.startswith(prefix) and (prefix.endswith("/") or path[len(prefix)] == "/"))
