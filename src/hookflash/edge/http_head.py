"""The head of an HTTP/1.x message as a proxy needs it: its first line, its headers, and who they are for (RFC 9112)."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

MAX_HEAD = 64 * 1024  # bytes; credentials and cookies of real programs stay below a tenth of it

# Headers that concern one connection only (RFC 9110 §7.6.1), not the message.
HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization"})

DEFAULT_PORTS = {"http": 80, "https": 443}


class BadHeadError(ValueError):
    """These bytes are not the head of an HTTP/1.x message; the text says what is wrong."""


@dataclass(frozen=True)
class Head:
    """A first line of three words, and the header lines as they came."""

    first_line: tuple[bytes, bytes, bytes]
    headers: tuple[tuple[bytes, bytes], ...]  #: names in the sender's case

    def get(self, name: bytes) -> bytes | None:
        """The first header of this name (lower case)."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def closing(self, **replaced: bytes) -> "Head":
        """This head for a connection that ends with the message; `replaced` are end-to-end headers to set."""
        dropped = HOP_BY_HOP | {name.encode() for name in replaced}
        kept = [(key, value) for key, value in self.headers if key.lower() not in dropped]
        new = [(name.title().encode(), value) for name, value in replaced.items()]
        return Head(self.first_line, (*new, *kept, (b"Connection", b"close")))

    def __bytes__(self) -> bytes:
        lines = [b" ".join(self.first_line), *(name + b": " + value for name, value in self.headers), b"", b""]
        return b"\r\n".join(lines)


def parse_head(data: bytes) -> Head:
    """The head in `data`, which ends with the empty line. Raises BadHeadError."""
    first, *lines = data.removesuffix(b"\r\n\r\n").split(b"\r\n")
    words = first.split(b" ", 2)
    if len(words) == 2:  # a status line may lack its phrase
        words.append(b"")
    if len(words) != 3 or not all(words[:2]):
        raise BadHeadError("the first line has not three words")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip() or b"\n" in line or b"\r" in line:
            raise BadHeadError("a header line is malformed")
        headers.append((name, value.strip()))
    return Head((words[0], words[1], words[2]), tuple(headers))


def parse_authority(text: str, *, default_port: int | None = None) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`. Raises BadHeadError, also when a port is needed and missing."""
    try:
        split = urlsplit(f"//{text}")
        host, port = split.hostname, split.port
    except ValueError as error:
        raise BadHeadError(f"not a host and a port: {error}") from error
    port = default_port if port is None else port
    if not host or not port or split.netloc != text or "@" in text:
        raise BadHeadError("not a host and a port")
    return host, port


def parse_target(target: bytes) -> tuple[str, str, int, bytes]:
    """Scheme, host, port and origin form of an absolute request target. Raises BadHeadError."""
    try:
        text = target.decode("ascii")
        split: SplitResult = urlsplit(text)
    except ValueError as error:
        raise BadHeadError(f"not a URL: {error}") from error
    if split.scheme not in DEFAULT_PORTS:
        raise BadHeadError("only http and https URLs are forwarded")
    host, port = parse_authority(split.netloc.rpartition("@")[2], default_port=DEFAULT_PORTS[split.scheme])
    origin = split._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return split.scheme, host, port, (origin if origin.startswith("/") else "/" + origin).encode()
