"""A SIP phone on a port of the loopback: it takes calls as it is told, and shows the requests that it got.

It says nothing into the audio. No switch is involved: what it sees is what came over the wire.
"""

import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WAIT = 10.0  #: seconds of the machine for a request
_SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


@dataclass(frozen=True)
class Message:
    """A request or an answer; names of headers are in small letters."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @classmethod
    def parse(cls, datagram: bytes) -> "Message":
        head, _, body = datagram.decode().partition("\r\n\r\n")
        line, *lines = head.split("\r\n")
        pairs = [each.partition(":") for each in lines]
        return cls(line, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body)

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]


@dataclass
class Peer:
    """The phone. `status` and `headers` are those of its answer to a call; with `password`, it asks for credentials."""

    socket: socket.socket
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    username: str = ""
    password: str = ""
    accepts: int = 202  #: its answer to REFER
    notifies: int = 200  #: what it tells of the call that it was asked to make by REFER; 0: it leaves without a word
    requests: list[Message] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False
    _number: int = 100

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    @property
    def uri(self) -> str:
        return f"sip:bob@127.0.0.1:{self.port}"

    def got(self, start: str, *, having: str = "") -> Message:
        """The first request or answer whose line begins so, and that has this header; it may still be under way."""

        def found() -> Message | None:
            lines = (each for each in self.requests if each.line.startswith(start))
            return next((each for each in lines if not having or each[having]), None)

        with self.came:
            assert self.came.wait_for(found, timeout=WAIT), f"no {start} among {[each.line for each in self.requests]}"
            message = found()
            assert message is not None
            return message

    def asks(self, method: str, **headers: str) -> None:
        """A request within the call that it has taken."""
        invite = self._taken
        self._number += 1
        target = re.findall(r"<([^>]+)>", invite["contact"])[0]
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.port}-{self._number}",
            f"From: {invite['to']};tag=peer",
            f"To: {invite['from']}",
            f"Call-ID: {invite['call-id']}",
            f"CSeq: {self._number} {method}",
            f"Contact: <{self.uri}>",
            "Max-Forwards: 70",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if name != "body"),
        ]
        self._send(lines, headers.get("body", ""))

    # -- the other side of the socket --

    def serve(self) -> None:
        """Answer until it is over."""
        while True:
            datagram, source = self.socket.recvfrom(65_536)
            if self.over:
                return
            if datagram.strip() and datagram[0] < 0x80:  # or it is RTP, which comes to the same port
                self._from = source
                self._take(Message.parse(datagram))

    def _take(self, message: Message) -> None:
        match message.method:
            case "INVITE":
                self._invited(message)
            case "REFER":
                self._answer(message, self.accepts)
                if self.notifies:
                    body = f"SIP/2.0 {self.notifies} Word\r\n"
                    self.asks(
                        "NOTIFY",
                        Event="refer",
                        Subscription_State="terminated;reason=noresource",
                        Content_Type="message/sipfrag",
                        body=body,
                    )
                else:
                    self.asks("BYE")
            case "CANCEL" | "BYE" | "NOTIFY" | "OPTIONS":
                self._answer(message, 200)
            case _:
                pass
        with self.came:
            self.requests.append(message)
            self.came.notify_all()

    def _invited(self, message: Message) -> None:
        if self.password and not self._is_allowed(message):
            self._answer(message, 401, {"WWW-Authenticate": 'Digest realm="peer", nonce="once"'})
            return
        self._taken = message
        sdp = _SDP.format(port=self.port) if self.status < 300 else ""
        self._answer(message, self.status, {**self.headers, "Contact": f"<{self.uri}>"}, sdp)

    def _is_allowed(self, message: Message) -> bool:
        given = dict(re.findall(r'(\w+)="([^"]*)"', message["authorization"]))
        secret = _md5(f"{self.username}:peer:{self.password}")
        uri = given.get("uri", "")
        wanted = _md5(f"{secret}:once:" + _md5(f"INVITE:{uri}"))
        return given.get("username") == self.username and given.get("response") == wanted

    def _answer(self, to: Message, status: int, headers: dict[str, str] | None = None, body: str = "") -> None:
        lines = [
            f"SIP/2.0 {status} Said",
            *(f"Via: {via}" for via in to.all("via")),
            f"From: {to['from']}",
            f"To: {to['to']}" + ("" if "tag=" in to["to"] else ";tag=peer"),
            f"Call-ID: {to['call-id']}",
            f"CSeq: {to['cseq']}",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        self._send(lines, body)

    def _send(self, lines: list[str], body: str) -> None:
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self.socket.sendto(text.encode(), self._from)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def sip_peer() -> Iterator[Peer]:
    """A phone on a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        peer = Peer(listening)
        thread = threading.Thread(target=peer.serve)
        thread.start()
        yield peer
        peer.over = True
        listening.sendto(b"over", listening.getsockname())  # so that it looks
        thread.join()
