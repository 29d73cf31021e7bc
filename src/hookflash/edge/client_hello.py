"""The server name in a TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3), read without taking part in the handshake."""

HANDSHAKE = 22  # type of a TLS record
CLIENT_HELLO = 1  # type of a handshake message
SERVER_NAME = 0  # type of an extension
HOST_NAME = 0  # type of a server name

MAX_HELLO = 32 * 1024  # bytes; one with post-quantum key shares has about 2 KB


class IncompleteHelloError(Exception):
    """The bytes so far may be the beginning of a ClientHello; more are needed."""


def server_name(data: bytes) -> str | None:
    """The name that the client asks for; None when it asks for none, or when `data` is not a ClientHello.

    `data` is what the client sent so far, one record or several. Raises IncompleteHelloError while the hello is not
    all there.
    """
    hello = _hello(data)
    if hello is None:
        return None
    try:
        return _name_in(hello)
    except (IndexError, UnicodeDecodeError):
        return None


def _hello(data: bytes) -> bytes | None:
    """The body of the ClientHello, put together from its records."""
    message = b""
    while True:
        if data[:1] not in (b"", bytes([HANDSHAKE])):
            return None
        if len(data) < 5:
            raise IncompleteHelloError
        length = int.from_bytes(data[3:5], "big")
        message += data[5 : 5 + length]
        if message[:1] not in (b"", bytes([CLIENT_HELLO])):
            return None
        if len(message) >= 4:
            size = int.from_bytes(message[1:4], "big")
            if size > MAX_HELLO:
                return None
            if len(message) >= 4 + size:
                return message[4 : 4 + size]
        if len(data) <= 5 + length:
            raise IncompleteHelloError
        data = data[5 + length :]


def _name_in(hello: bytes) -> str | None:
    fields = _Fields(hello)
    fields.take(2 + 32)  # version, random
    fields.vector(1)  # session id
    fields.vector(2)  # cipher suites
    fields.vector(1)  # compression methods
    extensions = _Fields(fields.vector(2))
    while extensions.left:
        kind, body = extensions.number(2), extensions.vector(2)
        if kind == SERVER_NAME:
            names = _Fields(_Fields(body).vector(2))
            while names.left:
                name_type, name = names.number(1), names.vector(2)
                if name_type == HOST_NAME:
                    return name.decode("ascii")
    return None


class _Fields:
    """Reads fields off bytes, front to back; raises IndexError when they do not suffice."""

    def __init__(self, data: bytes) -> None:
        self.left = data

    def take(self, count: int) -> bytes:
        if count > len(self.left):
            raise IndexError
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))
