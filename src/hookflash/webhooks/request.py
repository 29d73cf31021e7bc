"""A webhook as the platform means it, and as it goes on the wire."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, urljoin, urlsplit

import msgspec
from yarl import URL

from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.login import Logins
from hookflash.webhooks.policy import Policy, parse_overrides
from hookflash.webhooks.sign import Channel, body_digest, sign, string_to_sign

BODY_LIMIT = 64 * 1024  # bytes of a document
URL_LIMIT = 16_384  # characters on the wire, GET parameters included
FORM = "application/x-www-form-urlencoded; charset=utf-8"

#: What a document for messages may be.
MESSAGING_DOCUMENTS = frozenset({"text/xml", "application/xml", "text/html", "text/plain"})
#: What `<Play>` takes.
SOUNDS = frozenset({
    "audio/mpeg", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc", "audio/x-aiff", "audio/x-gsm",
    "audio/gsm", "audio/ulaw",
})  # fmt: skip
#: What a document for calls may be: also a sound, which is played.
VOICE_DOCUMENTS = MESSAGING_DOCUMENTS | SOUNDS
SOUND_LIMIT = 16 * 1024 * 1024  # bytes of a sound that stands for a document
#: For requests whose answer is not looked at: status callbacks, debugger events.
ANSWER_IGNORED: frozenset[str] = frozenset()

# As they are allowed to stand in a URL (RFC 3986 §2), `%` because what is encoded already stays as it is.
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=~-._"

_PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
_LOGIN = re.compile(r"^(\w+://)[^/?]*@")


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to an application, before any redirect, login or retry."""

    url: str  #: absolute; may hold user:password@ and a fragment with connection overrides
    method: str = "POST"  #: GET or POST
    params: dict[str, str] = {}
    body: bytes | None = None  #: a JSON document that is sent instead of the form; `params` is then empty
    account_sid: str
    auth_token: str  #: the account's primary token: the signing key
    resource_sid: str  #: what it is about: a message's or a call's SID
    idempotency_token: str  #: the same on every retry
    kind: str  #: for people, such as "incoming-message", "status", "fallback"
    channel: Channel = Channel.MESSAGING
    accepts: frozenset[str] = MESSAGING_DOCUMENTS  #: media types of the answer; empty: the answer is ignored
    body_limit: int = BODY_LIMIT  #: bytes, of all but sounds
    jar: Jar | None = None  #: cookies from earlier answers; None: no cookies are sent or kept
    logins: Logins | None = None  #: where servers that ask for a login are remembered; None: nowhere
    region: str = "us1"
    validate_certificates: bool = True  #: the account's setting "SSL certificate validation"

    def __repr__(self) -> str:
        return f"<WebhookRequest {self.kind} for {self.resource_sid}>"

    def limit_of(self, content_type: str) -> int:
        """How many bytes an answer of that type may have."""
        is_sound = media_type(content_type) in SOUNDS & self.accepts
        return SOUND_LIMIT if is_sound else self.body_limit


class Target(msgspec.Struct, frozen=True):
    """Where a URL leads: what goes on the wire, and what stays here."""

    url: str  #: scheme, host, path and query as sent and signed; `/` where there was no path
    host: str  #: the Host header: the host, and the port if the URL wrote one
    login: tuple[str, str] | None  #: user and password, decoded
    policy: Policy

    def __repr__(self) -> str:
        return f"<Target {self.host}>"


class Hop(msgspec.Struct, frozen=True):
    """One request as it goes on the wire, all but a login and cookies."""

    target: Target
    method: str
    url: str
    params: dict[str, str]
    body: bytes | None
    headers: dict[str, str]
    signed: str  #: the string that was signed


@lru_cache(maxsize=4096)
def parse_target(url: str) -> Target:
    """Take a URL apart. Raises WebhookError: 11100 for one that cannot be called, 11240 to 11243 for its fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = URL.build(scheme="http", host=parts.hostname or "").host_subcomponent
    except ValueError as error:
        raise WebhookError(WebhookCode.INVALID_URL, str(error)) from error
    if parts.scheme not in ("http", "https") or not host:
        raise WebhookError(WebhookCode.INVALID_URL, "it must begin with http:// or https:// and name a host")
    if len(url) > URL_LIMIT:
        raise WebhookError(WebhookCode.INVALID_URL, f"it is longer than {URL_LIMIT} characters")
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    authority = host if port is None else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    path = quote((parts.path or "/") + query, safe=_URL_CHARACTERS)
    return Target(f"{parts.scheme}://{authority}{path}", authority, login, parse_overrides(parts.fragment))


def check_callback_url(url: str) -> None:
    """Refuse the URL of a status callback that could never be called. Raises WebhookError, as `parse_target` does."""
    if "_" in parse_target(url).host:
        raise WebhookError(WebhookCode.INVALID_URL, "the host name of a status callback must not hold an underscore")


def bare_url(url: str) -> str:
    """`url` as it may be shown: without login and fragment. Any text will do."""
    return _LOGIN.sub(r"\1", url.partition("#")[0])


def media_type(content_type: str) -> str:
    """The type that a Content-Type header names, in small letters, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def resolve_url(base: str, reference: str) -> str:
    """`reference` against the URL of the document that named it (RFC 3986 §5).

    The base's login goes along to the same server, and to no other. Raises ValueError for what is no URL.
    """
    return urljoin(base, reference)


def with_query(url: str, query: str) -> str:
    """`url` (no fragment) with `query` appended, by `?` or `&`."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def encode_form(params: Mapping[str, str]) -> str:
    """`params` as `application/x-www-form-urlencoded` (WHATWG URL §5.2), in their order."""
    return "&".join([f"{_encoded(name)}={_encoded(value)}" for name, value in params.items()])


def _encoded(text: str) -> str:
    # Most names and values are plain, and seeing that costs a tenth of encoding them.
    return text if _PLAIN.fullmatch(text) else quote_plus(text)


def build_hop(
    request: WebhookRequest, target: Target, method: str, params: Mapping[str, str], body: bytes | None
) -> Hop:
    """Encode and sign one request to `target`. Raises WebhookError (11100) when the URL grows too long."""
    url = target.url
    headers = {
        "Host": target.host,
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "X-Home-Region": request.region,
        "I-Twilio-Idempotency-Token": request.idempotency_token,
    }
    signed_params: Mapping[str, str] = {}
    if method == "GET":
        url, payload = with_query(url, encode_form(params)), None
    elif body is not None:
        url, payload = with_query(url, f"bodySHA256={body_digest(body)}"), body
        headers["Content-Type"] = "application/json"
    else:
        payload, signed_params = encode_form(params).encode("ascii"), params
        headers["Content-Type"] = FORM
    if len(url) > URL_LIMIT:
        raise WebhookError(WebhookCode.INVALID_URL, f"with its parameters it is longer than {URL_LIMIT} characters")
    signed = string_to_sign(request.channel.signed_url(url), signed_params)
    headers["X-Twilio-Signature"] = sign(request.auth_token, signed)
    return Hop(target, method, url, dict(params), payload, headers, signed)
