"""Links to stored media: plain ones on a laptop, signed ones that run out on a platform that others can reach."""

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from .clock import DAY, SECOND

LIFETIME = 30 * DAY  #: of a signed link; recipients open a message days later


class MediaLinks:
    """Makes links and judges them. `base` gives scheme and host; `key` signs, and None leaves links open to all."""

    def __init__(self, *, base: Callable[[], str], key: bytes | None) -> None:
        self._base = base
        self._key = key

    def link(self, path: str, now: int) -> str:
        """An absolute URL of the medium at `path`."""
        if self._key is None:
            return self._base() + path
        expires = (now + LIFETIME) // SECOND
        return f"{self._base()}{path}?Expires={expires}&Signature={self._sign(path, expires)}"

    def opens(self, path: str, query: str, now: int) -> bool:
        """Whether someone without credentials may have what is at `path`, asking with `query`."""
        if self._key is None:
            return True
        values = parse_qs(query)
        expires, signature = values.get("Expires", [""])[0], values.get("Signature", [""])[0]
        if not (expires.isascii() and expires.isdigit() and len(expires) < 15 and int(expires) * SECOND > now):
            return False
        return hmac.compare_digest(self._sign(path, int(expires)).encode(), signature.encode())

    def path_of(self, url: str, now: int) -> str | None:
        """The path behind one of our own links, or None when `url` is none, or opens nothing."""
        base = self._base()
        parts = urlsplit(url)
        if not base or f"{parts.scheme}://{parts.netloc}" != base or not self.opens(parts.path, parts.query, now):
            return None
        return parts.path

    def _sign(self, path: str, expires: int) -> str:
        return hmac.new(self._key or b"", f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
