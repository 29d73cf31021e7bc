"""The proxy over real sockets: who is let through, where to, and with which words."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.edge.edge_support import World, listening

from hookflash.edge.conversations import converse_http, converse_socks
from hookflash.edge.dial import Dialler, NotAllowedError, UnreachableError, parse_address
from hookflash.edge.proxy import Proxy
from hookflash.edge.tunnel import Streams, relay

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SOCKS_WELCOME = b"\x05\x00"
SOCKS_SUCCESS = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
STRANGER = parse_address("192.0.2.7")
GET = b"GET /x HTTP/1.1\r\nHost: api.twilio.com\r\nConnection: close\r\n\r\n"


def socks_request(host: str, port: int) -> bytes:
    """Greeting and request of a SOCKS client, which need not wait for the answers."""
    try:
        address = ipaddress.ip_address(host)
        target = (b"\x01" if address.version == 4 else b"\x04") + address.packed
    except ValueError:
        target = b"\x03" + bytes([len(host)]) + host.encode()
    return b"\x05\x01\x00" + b"\x05\x01\x00" + target + port.to_bytes(2, "big")


async def ask_through_tls(world: World, opening: bytes, answer: bytes, name: str) -> bytes:
    """Open a tunnel with `opening`, expect exactly `answer`, and ask `name` over TLS inside it."""
    reader, writer = await world.connect()
    writer.write(opening)
    assert await reader.readexactly(len(answer)) == answer
    await writer.start_tls(ssl.create_default_context(cafile=world.authority.certificate), server_hostname=name)
    writer.write(GET)
    reply = await reader.read()
    writer.close()
    return reply


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
async def test_connect_to_our_name_ends_at_our_https_listener(world: World, version: bytes) -> None:
    """CONNECT in both versions is answered with the one line that PHP's library knows, and no header."""
    opening = b"CONNECT api.twilio.com:443 " + version + b"\r\nHost: a\r\nContent-Type: odd\r\n\r\n"
    assert (await ask_through_tls(world, opening, ESTABLISHED, "api.twilio.com")).endswith(b"https")


async def test_connect_to_port_80_ends_at_our_plain_listener(world: World) -> None:
    """A program that asks for `http://api.twilio.com` reaches us too, and not the network."""
    answer = await world.ask(b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n" + GET)
    assert answer.startswith(ESTABLISHED + b"HTTP/1.1 200 OK")
    assert answer.endswith(b"plain")


async def test_connect_elsewhere_is_carried_unread(world: World) -> None:
    """The application's other connections go where they wanted to go."""
    opening = b"CONNECT localhost:%d HTTP/1.1\r\n\r\n" % world.elsewhere.port
    assert (await world.ask(opening + GET)).endswith(b"elsewhere")


@pytest.mark.parametrize("host", ["api.twilio.com", "198.18.0.1", "::ffff:198.18.0.1"])
async def test_socks_leads_to_our_https_listener_by_name_and_by_address(world: World, host: str) -> None:
    """Java resolves the name itself and gives SOCKS an address; the TLS server name tells whom it wants."""
    answer = SOCKS_WELCOME + SOCKS_SUCCESS
    assert (await ask_through_tls(world, socks_request(host, 443), answer, "api.twilio.com")).endswith(b"https")


async def test_socks_to_port_80_of_an_address_goes_by_the_host_header(world: World) -> None:
    """Clear HTTP names its host in a header; a name of ours there keeps the request here."""
    answer = await world.ask(socks_request("198.18.0.1", 80) + GET)
    assert answer.startswith(SOCKS_WELCOME + SOCKS_SUCCESS)
    assert answer.endswith(b"plain")


async def test_connect_to_an_address_goes_by_the_server_name(world: World) -> None:
    """A program that resolved our name itself before it asked the proxy is ours all the same."""
    opening = b"CONNECT 198.18.0.1:443 HTTP/1.1\r\n\r\n"
    assert (await ask_through_tls(world, opening, ESTABLISHED, "api.twilio.com")).endswith(b"https")


async def test_socks_elsewhere_is_carried_unread(world: World) -> None:
    """A whole Java program's sockets come this way, its database's among them."""
    answer = await world.ask(socks_request("127.0.0.1", world.elsewhere.port) + GET)
    assert answer.endswith(b"elsewhere")


async def test_a_server_that_speaks_first_is_heard_through_socks(world: World) -> None:
    """Mail and database servers greet first; the tunnel does not wait for the client's bytes."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        writer.close()

    async with listening(greet) as port:
        assert (await world.ask(socks_request("localhost", port))).endswith(b"220 ready\r\n")


async def test_an_https_target_in_clear_is_served_and_closed(world: World) -> None:
    """Node 3.47 to 3.55 sends `POST https://…` to the proxy in clear, and must hear `Connection: close`."""
    answer = await world.ask(
        b"POST https://api.twilio.com/a?b HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: Basic x\r\n"
        b"Proxy-Connection: keep-alive\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody"
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"httpsbody"
    assert b"connection: close" in head.lower()
    (sent,) = world.https.heads
    assert sent.startswith(b"POST /a?b HTTP/1.1\r\n")
    assert b"authorization: basic x" in sent.lower()
    assert b"keep-alive" not in sent.lower()


@pytest.mark.parametrize("host", ["api.twilio.com", "localhost"])
async def test_plain_absolute_requests_are_forwarded(world: World, host: str) -> None:
    """`http:` requests under HTTP_PROXY go to our plain listener for our names, else to the one they name."""
    port = b"" if host == "api.twilio.com" else b":%d" % world.elsewhere.port
    answer = await world.ask(b"GET http://" + host.encode() + port + b"/path HTTP/1.1\r\nHost: wrong\r\n\r\n")
    origin = world.elsewhere if port else world.plain
    assert answer.endswith(origin.name.encode())
    assert b"Host: " + host.encode() + port + b"\r\n" in origin.heads[0]


async def test_an_interim_answer_is_passed_on(world: World) -> None:
    """`100 Continue` reaches the client, and the final answer still says `Connection: close`."""

    async def hesitate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\ndone")
        writer.close()

    async with listening(hesitate) as port:
        answer = await world.ask(b"GET http://localhost:%d/ HTTP/1.1\r\n\r\n" % port)
    assert answer == b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndone"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"400"),
        (b"CONNECT nowhere HTTP/1.1\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
        (b"GET ftp://host/ HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT api.twilio.com:5061 HTTP/1.1\r\n\r\n", b"403"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000, b"431"),
        (b"CONNECT host.invalid:443 HTTP/1.1\r\n\r\n", b"502"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(world: World, request_: bytes, status: bytes) -> None:
    """Each refusal has its status and a sentence, and the connection ends."""
    answer = await world.ask(request_)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"Hookflash: " in answer


@pytest.mark.parametrize(
    ("opening", "answer"),
    [
        (socks_request("api.twilio.com", 5061), b"\x05\x02"),
        (socks_request("host.invalid", 443), b"\x05\x04"),
        (b"\x05\x01\x02", b"\x05\xff"),
    ],
)
async def test_socks_refuses_with_its_codes(world: World, opening: bytes, answer: bytes) -> None:
    """Not allowed, unreachable, no acceptable method."""
    assert answer in await world.ask(opening)


async def test_with_our_listener_down_nothing_leaves(world: World) -> None:
    """The names are ours even when nobody answers them: an error, never the real host."""
    free = world.proxy.port
    await world.proxy.stop()
    proxy = Proxy(
        host="127.0.0.1", port=0, plain=("127.0.0.1", free), https=("127.0.0.1", free), bundle=world.authority.bundle
    )
    await proxy.start()
    world.proxy = proxy
    assert (await world.ask(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 502")
    assert (await world.ask(socks_request("api.twilio.com", 443)))[2:4] == b"\x05\x04"
    await proxy.stop()


async def test_the_proxy_does_not_call_itself(world: World) -> None:
    """A request for the proxy's own address would go round until the sockets run out."""
    answer = await world.ask(b"GET http://localhost:%d/ HTTP/1.1\r\n\r\n" % world.proxy.port)
    assert answer.startswith(b"HTTP/1.1 403")


async def test_too_many_connections_are_cut_at_the_door(world: World) -> None:
    """One client cannot take all the sockets of the process."""
    await world.proxy.stop()
    proxy = world.proxy = Proxy(
        host="127.0.0.1",
        port=0,
        plain=("127.0.0.1", 1),
        https=("127.0.0.1", 1),
        bundle=world.authority.bundle,
        max_connections=1,
    )
    await proxy.start()
    _, held = await world.connect()
    while not proxy.connections:  # noqa: ASYNC110 - the loop goes round; no time has to pass
        await asyncio.sleep(0)
    reader, writer = await world.connect()
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    held.close()
    await proxy.stop()


async def as_stranger(world: World, data: bytes, *networks: str) -> bytes:
    """What a client at 192.0.2.7 hears when it says `data` and these networks are trusted."""
    dialler = Dialler(
        plain=("127.0.0.1", world.plain.port),
        https=("127.0.0.1", world.https.port),
        networks=[ipaddress.ip_network(network) for network in networks],
    )

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streams, first = Streams(reader, writer), await reader.readexactly(1)
        if first == b"\x05":
            await converse_socks(streams, STRANGER, dialler)
        else:
            await converse_http(first, streams, STRANGER, dialler, ssl.create_default_context())
        await streams.close()

    async with listening(converse) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        answer = await reader.read()
        writer.close()
        return answer


@pytest.mark.parametrize("target", [b"api.twilio.com:80", b"example.com:443"])
async def test_strangers_are_refused(world: World, target: bytes) -> None:
    """This is no open relay, not even for our own names."""
    assert (await as_stranger(world, b"CONNECT " + target + b" HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403")
    assert (await as_stranger(world, b"GET http://" + target + b"/ HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403")
    host, _, port = target.decode().partition(":")
    assert (await as_stranger(world, socks_request(host, int(port))))[2:4] == b"\x05\x02"


async def test_a_trusted_network_is_served(world: World) -> None:
    """`--trust-network` opens the proxy to the containers of a compose file, say."""
    answer = await as_stranger(world, b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n" + GET, "192.0.2.0/24")
    assert answer.endswith(b"plain")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0.0.0.0"])
async def test_a_trusted_network_does_not_reach_our_loopback(world: World, host: str) -> None:
    """What listens on this machine's loopback is not for other machines, trusted or not."""
    answer = await as_stranger(
        world, f"CONNECT {host}:{world.elsewhere.port} HTTP/1.1\r\n\r\n".encode(), "192.0.2.0/24"
    )
    assert answer.startswith(b"HTTP/1.1 403")


async def test_an_ipv4_client_in_ipv6_clothes_is_the_same_client() -> None:
    """A dual-stack listener shows `::ffff:127.0.0.1`; that is loopback."""
    Dialler(plain=("", 0), https=("", 0)).admit(parse_address("::ffff:127.0.0.1"))
    with pytest.raises(NotAllowedError):
        Dialler(plain=("", 0), https=("", 0)).admit(parse_address("::ffff:192.0.2.7"))


async def test_a_name_that_is_no_name_is_unreachable() -> None:
    """A label of 64 characters cannot be encoded; that is an answer, not an exception."""
    with pytest.raises(UnreachableError):
        await Dialler(plain=("", 0), https=("", 0)).dial("a" * 64 + ".example", 443, parse_address("127.0.0.1"))


async def test_an_idle_tunnel_ends() -> None:
    """A tunnel in which nothing moves is given up after its time."""

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with listening(silence) as port:
        ends = [Streams(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(2)]
        await relay(*ends, idle=0.01)
        assert all(end.writer.is_closing() for end in ends)


async def test_each_side_may_end_by_itself(world: World) -> None:
    """A client that has said all still hears the answer (half-closed connections)."""

    async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"heard " + await reader.read())
        writer.close()

    async with listening(answer_at_the_end) as port:
        reader, writer = await world.connect()
        writer.write(b"CONNECT localhost:%d HTTP/1.1\r\n\r\nall" % port)
        writer.write_eof()
        assert await reader.read() == ESTABLISHED + b"heard all"
        writer.close()


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize(
    "opening", [b"CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n" + GET, b"GET http://api.twilio.com/ HTTP/1.1\r\n\r\n"]
)
async def test_a_client_that_vanishes_leaves_nothing_behind(world: World, opening: bytes, reset: bool) -> None:
    """Programs end in the middle of everything; that is neither an error nor a connection that stays open."""
    reader, writer = await world.connect()
    if reset:
        linger = struct.pack("ii", 1, 0)  # close with RST
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.write(opening)
    await reader.readexactly(len(ESTABLISHED))
    writer.transport.abort()
    while world.proxy.connections:  # noqa: ASYNC110 - the loop goes round; no time has to pass
        await asyncio.sleep(0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
async def test_hostile_bytes_leave_the_proxy_standing(world: World, data: bytes) -> None:
    """Whatever a client says before it hangs up, the next one is served."""
    reader, writer = await world.connect()
    writer.write(data)
    writer.write_eof()
    await reader.read()
    writer.close()
    assert (await world.ask(b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 400")
