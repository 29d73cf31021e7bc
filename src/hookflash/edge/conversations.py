"""What a client of the proxy says before its bytes are carried on, and what it hears when they cannot be."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace

from hookflash.edge import socks
from hookflash.edge.client_hello import MAX_HELLO, IncompleteHelloError, server_name
from hookflash.edge.dial import Address, Dialler, NotAllowedError, UnreachableError, is_address
from hookflash.edge.http_head import BadHeadError, Head, parse_authority, parse_head, parse_target
from hookflash.edge.names import is_ours
from hookflash.edge.tunnel import CHUNK, IDLE, Streams, copy, relay

HEAD_SECONDS = 30.0  # in which a client must have said what it wants

# Exactly this: PHP's helper library takes the proxy's answer off the reply only when it is these bytes.
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

END_OF_HEAD = b"\r\n\r\n"
REASONS = {400: "Bad Request", 403: "Forbidden", 431: "Request Header Fields Too Large", 502: "Bad Gateway"}


async def converse_http(
    first: bytes, downstream: Streams, client: Address, dialler: Dialler, roots: ssl.SSLContext
) -> None:
    """Serve one CONNECT or one absolute-form request, whose first byte has been read.

    `roots` is the client side of TLS for `https:` targets that were sent in clear. Raises OSError or
    IncompleteReadError when the client breaks off.
    """
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            head = parse_head(first + await downstream.reader.readuntil(END_OF_HEAD))
        dialler.admit(client)
        if head.first_line[0] == b"CONNECT":
            await _connect(head, downstream, client, dialler)
        else:
            await _forward(head, downstream, client, dialler, roots)
    except asyncio.LimitOverrunError:
        _refuse(downstream, 431, "the request's head is too long")
    except BadHeadError as error:
        _refuse(downstream, 400, f"this port is a proxy and did not understand the request: {error}")
    except NotAllowedError as error:
        _refuse(downstream, 403, str(error))
    except UnreachableError as error:
        _refuse(downstream, 502, str(error))


async def converse_socks(downstream: Streams, client: Address, dialler: Dialler) -> None:
    """Serve one SOCKS 5 client, whose version byte has been read. Raises as `converse_http` does."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            downstream.send(await socks.read_greeting(downstream.reader))
            host, port = await socks.read_request(downstream.reader)
        dialler.admit(client)
        await _tunnel(host, port, downstream, client, dialler, established=socks.reply(socks.Reply.SUCCEEDED))
    except socks.SocksError as error:
        downstream.send(error.answer)
    except NotAllowedError:
        downstream.send(socks.reply(socks.Reply.NOT_ALLOWED))
    except UnreachableError:
        downstream.send(socks.reply(socks.Reply.HOST_UNREACHABLE))


async def _connect(head: Head, downstream: Streams, client: Address, dialler: Dialler) -> None:
    host, port = parse_authority(head.first_line[1].decode("ascii", "replace"))
    await _tunnel(host, port, downstream, client, dialler, established=ESTABLISHED)


async def _tunnel(
    host: str, port: int, downstream: Streams, client: Address, dialler: Dialler, *, established: bytes
) -> None:
    said = b""
    if is_address(host) and port in LISTEN:
        # The client has resolved the name itself. What it says next tells which name that was.
        downstream.send(established)
        async with asyncio.timeout(HEAD_SECONDS):
            name, said = await LISTEN[port](downstream.reader)
        try:
            upstream = await dialler.dial(name if name and is_ours(name) else host, port, client)
        except (NotAllowedError, UnreachableError) as error:
            raise ConnectionAbortedError(str(error)) from error
        upstream.send(said)
    else:
        upstream = await dialler.dial(host, port, client)
        downstream.send(established)
    try:
        await relay(downstream, upstream)
    finally:
        await upstream.close()


async def _overhear_tls(reader: asyncio.StreamReader) -> tuple[str | None, bytes]:
    """The name in the ClientHello, if that is what comes, and all that has been read."""
    said = b""
    while len(said) < MAX_HELLO:
        try:
            return server_name(said), said
        except IncompleteHelloError:
            piece = await reader.read(CHUNK)
        if not piece:
            break
        said += piece
    return None, said


async def _overhear_http(reader: asyncio.StreamReader) -> tuple[str | None, bytes]:
    """The name in the Host header, if HTTP is what comes, and all that has been read."""
    try:
        said = await reader.readuntil(END_OF_HEAD)
        host = parse_head(said).get(b"host")
        return (parse_authority(host.decode("ascii"), default_port=80)[0] if host else None), said
    except asyncio.IncompleteReadError as error:
        return None, error.partial
    except asyncio.LimitOverrunError as error:
        return None, await reader.readexactly(error.consumed)
    except ValueError:
        return None, said


LISTEN = {80: _overhear_http, 443: _overhear_tls}


async def _forward(head: Head, downstream: Streams, client: Address, dialler: Dialler, roots: ssl.SSLContext) -> None:
    """Pass one request on and its answer back, each on a connection that ends with it.

    Some Node clients send `https:` targets this way, and lose every second request on a connection that is kept.
    """
    method, target, version = head.first_line
    scheme, host, port, origin = parse_target(target)
    authority = target.split(b"/", 3)[2].rpartition(b"@")[2]
    upstream = await dialler.dial(host, port, client, tls=roots if scheme == "https" else None)
    upstream.send(bytes(replace(head, first_line=(method, origin, version)).closing(host=authority)))
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(IDLE) as limit:
            await _exchange(downstream, upstream, lambda: limit.reschedule(loop.time() + IDLE))
    finally:
        await upstream.close()


async def _exchange(downstream: Streams, upstream: Streams, moved: Callable[[], None]) -> None:
    """Carry the request's body up and the answer down, until the answer ends or the client hangs up."""
    request = asyncio.create_task(copy(downstream, upstream, moved))
    answer = asyncio.create_task(_pass_answer(upstream, downstream, moved))
    try:
        await asyncio.wait((request, answer), return_when=asyncio.FIRST_COMPLETED)
        if answer.done() or request.exception() is not None:
            await answer  # a server may answer and close without having read all of the request
    finally:
        request.cancel()
        answer.cancel()
        await asyncio.gather(request, answer, return_exceptions=True)


async def _pass_answer(upstream: Streams, downstream: Streams, moved: Callable[[], None]) -> None:
    while True:
        try:
            raw = await upstream.reader.readuntil(END_OF_HEAD)
            head = parse_head(raw)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, BadHeadError) as error:
            raise UnreachableError(f"the server did not answer in HTTP: {error}") from error
        if not head.first_line[1].startswith(b"1"):
            break
        downstream.send(raw)  # an interim answer, such as 100 Continue
    downstream.send(bytes(head.closing()))
    await copy(upstream, downstream, moved)


def _refuse(downstream: Streams, status: int, sentence: str) -> None:
    body = f"Hookflash: {sentence}\n".encode()
    downstream.send(
        f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
