"""User and password from a webhook's URL, sent only to a server that asked: Basic (RFC 7617) and Digest (RFC 7616)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Hashable, Iterable
from urllib.parse import urlsplit

_FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Login:
    """One user at one server: what it was challenged with decides which Authorization goes along.

    `make_nonce` makes the client's half of a digest's randomness.
    """

    def __init__(self, user: str, password: str, *, make_nonce: Callable[[], str] = secrets.token_hex) -> None:
        self.user_and_password = (user, password)
        self._make_nonce = make_nonce
        self._digest: dict[str, str] | None = None
        self._basic = False
        self._count = 0

    def __repr__(self) -> str:
        return "<Login>"

    def challenged(self, challenges: Iterable[str]) -> bool:
        """Take the WWW-Authenticate headers of a 401; returns whether there is a new answer to give."""
        offers = [offer for offer in map(_parse, challenges) if offer is not None]
        for offer in offers:  # Digest is the stronger: it comes first whatever the order
            if offer.get("nonce") and offer.get("algorithm", "MD5").upper().removesuffix("-SESS") in _HASHES:
                refused = self._digest is not None and offer.get("stale", "").lower() != "true"
                self._digest, self._count = offer, 0
                return not refused
        if any(offer.get("scheme") == "basic" for offer in offers) and not self._basic:
            self._basic = True
            return True
        return False

    def headers(self, method: str, url: str) -> dict[str, str]:
        """The Authorization header for a request to `url`; nothing before the first challenge."""
        if self._digest is not None:
            return {"Authorization": self._digest_header(self._digest, method, url)}
        if self._basic:
            pair = ":".join(self.user_and_password).encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
        return {}

    def _digest_header(self, offer: dict[str, str], method: str, url: str) -> str:
        self._count += 1
        user, password = self.user_and_password
        algorithm = offer.get("algorithm", "MD5")
        hasher = _HASHES[algorithm.upper().removesuffix("-SESS")]

        def hashed(*parts: str) -> str:
            return hasher(":".join(parts).encode()).hexdigest()

        parts = urlsplit(url)
        uri = parts.path + (f"?{parts.query}" if parts.query else "")
        nonce, cnonce, count = offer["nonce"], self._make_nonce(), f"{self._count:08x}"
        secret = hashed(user, offer.get("realm", ""), password)
        if algorithm.upper().endswith("-SESS"):
            secret = hashed(secret, nonce, cnonce)
        about = hashed(method, uri)
        fields = {"username": user, "realm": offer.get("realm", ""), "nonce": nonce, "uri": uri}
        bare = {"algorithm": algorithm}
        if "auth" in re.split(r"[\s,]+", offer.get("qop", "")):
            fields |= {"response": hashed(secret, nonce, count, cnonce, "auth", about), "cnonce": cnonce}
            bare |= {"qop": "auth", "nc": count}
        else:
            fields["response"] = hashed(secret, nonce, about)
        if "opaque" in offer:
            fields["opaque"] = offer["opaque"]
        quoted = [f'{name}="{_escape(value)}"' for name, value in fields.items()]
        return "Digest " + ", ".join(quoted + [f"{name}={value}" for name, value in bare.items()])


class Logins:
    """The logins of one call: a server that has asked once gets the answer at once from then on."""

    def __init__(self) -> None:
        self._logins: dict[tuple[Hashable, str, str], Login] = {}

    def at(self, origin: Hashable, user: str, password: str) -> Login:
        """The login of a user at a server; `origin` is its scheme, host and port."""
        key = (origin, user, password)
        if key not in self._logins:
            self._logins[key] = Login(user, password)
        return self._logins[key]


def _parse(challenge: str) -> dict[str, str] | None:
    scheme, _, rest = challenge.strip().partition(" ")
    if scheme.lower() == "basic":
        return {"scheme": "basic"}
    if scheme.lower() != "digest":
        return None
    fields = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _FIELD.findall(rest)}
    return fields | {"scheme": "digest"}


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
