"""The server side of SOCKS 5 (RFC 1928) without authentication, up to the moment when the tunnel begins."""

import asyncio
import ipaddress
from enum import IntEnum

VERSION = 5
NO_AUTHENTICATION = 0
NO_ACCEPTABLE_METHOD = 0xFF
CONNECT = 1
IPV4, NAME, IPV6 = 1, 3, 4


class Reply(IntEnum):
    """What the server answers to a request."""

    SUCCEEDED = 0
    FAILURE = 1
    NOT_ALLOWED = 2
    HOST_UNREACHABLE = 4
    COMMAND_NOT_SUPPORTED = 7
    ADDRESS_TYPE_NOT_SUPPORTED = 8


class SocksError(Exception):
    """The client broke the protocol, or asked for what is not offered; `answer` is the last thing to send it."""

    def __init__(self, reason: str, answer: bytes = b"") -> None:
        super().__init__(reason)
        self.answer = answer


def reply(code: Reply) -> bytes:
    """The server's answer to a request; the bound address in it is left open, as nobody reads it."""
    return bytes([VERSION, code, 0, IPV4]) + bytes(4 + 2)


async def read_greeting(reader: asyncio.StreamReader) -> bytes:
    """Read the client's methods, after the version that told SOCKS from HTTP; what to answer.

    Raises SocksError, and IncompleteReadError at the end of input.
    """
    (count,) = await reader.readexactly(1)
    if NO_AUTHENTICATION not in await reader.readexactly(count):
        raise SocksError("the client insists on authentication", bytes([VERSION, NO_ACCEPTABLE_METHOD]))
    return bytes([VERSION, NO_AUTHENTICATION])


async def read_request(reader: asyncio.StreamReader) -> tuple[str, int]:
    """Read the host (a name, or an address as text) and the port to connect to.

    Raises SocksError, and IncompleteReadError at the end of input.
    """
    version, command, _, kind = await reader.readexactly(4)
    if version != VERSION:
        raise SocksError("not SOCKS 5")
    if kind == IPV4:
        host = str(ipaddress.IPv4Address(await reader.readexactly(4)))
    elif kind == IPV6:
        host = str(ipaddress.IPv6Address(await reader.readexactly(16)))
    elif kind == NAME:
        (length,) = await reader.readexactly(1)
        try:
            host = (await reader.readexactly(length)).decode("ascii")
        except UnicodeDecodeError as error:
            raise SocksError("the name is not ASCII", reply(Reply.FAILURE)) from error
    else:
        raise SocksError(f"address type {kind}", reply(Reply.ADDRESS_TYPE_NOT_SUPPORTED))
    port = int.from_bytes(await reader.readexactly(2), "big")
    if command != CONNECT:
        raise SocksError(f"command {command}", reply(Reply.COMMAND_NOT_SUPPORTED))
    if not host or not port:
        raise SocksError("an empty name or port 0", reply(Reply.FAILURE))
    return host, port
