"""The signature of every request that the platform makes: the only signer in the project.

Base64 of HMAC-SHA1, keyed with the account's primary auth token, over the URL as it goes on the wire and then, for a
form, each parameter's name and decoded value in the byte order of the names, nothing in between.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from enum import Enum
from urllib.parse import urlsplit, urlunsplit


class Channel(Enum):
    """What a webhook is about. Calls and messages sign the URL's port differently."""

    MESSAGING = "messaging"
    VOICE = "voice"

    def signed_url(self, url: str) -> str:
        """The URL to sign for a request to `url` (no userinfo, no fragment): calls over https leave out the port."""
        if self is Channel.MESSAGING or not url.startswith(("https:", "wss:")):
            return url
        parts = urlsplit(url)
        if parts.port is None:
            return url
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))


def string_to_sign(url: str, params: Mapping[str, str]) -> str:
    """What is signed: `url`, then each of the form's `params` (none for GET and for bodies that are not forms)."""
    if not params:
        return url
    # Code points sort as their UTF-8 bytes do.
    return url + "".join([name + params[name] for name in sorted(params)])


def sign(auth_token: str, text: str) -> str:
    """The value of `X-Twilio-Signature` for `text`, a string made by `string_to_sign`."""
    return base64.b64encode(hmac.digest(auth_token.encode(), text.encode(), "sha1")).decode("ascii")


def is_signed(auth_token: str, url: str, params: Mapping[str, str], signature: str) -> bool:
    """Whether `signature` is that of a request to `url` with the form `params`, about a call or a message."""
    signed = {sign(auth_token, string_to_sign(channel.signed_url(url), params)) for channel in Channel}
    return any(hmac.compare_digest(each.encode(), signature.encode()) for each in signed)


def body_digest(body: bytes) -> str:
    """The value of the query parameter `bodySHA256`, by which a body that is no form is covered by the signature."""
    return hashlib.sha256(body).hexdigest()
