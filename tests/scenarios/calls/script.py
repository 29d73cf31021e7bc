"""Scenarios for SIPp, step by step, as text of its XML.

Rule 1: a request has the number and the branch that its step says, so that ACK and CANCEL can name those of an INVITE.
Rule 2: where a scenario must wait for the test, or the test for it, they speak (`says`, `waits`) over SIPp's own
connection for third parties; no scenario sleeps.
"""

from xml.sax.saxutils import quoteattr

CONTACT = "sip:ann@[local_ip]:[local_port];transport=[transport]"
AUDIO = "0 101"  #: formats: mu-law and events


def script(*steps: str) -> str:
    body = "\n".join(steps)
    names = ("all", "port", "via", "from", "to", "cseq", "target", "rseq", "told", "nonce")
    return (
        f'<?xml version="1.0"?>\n<scenario name="test">\n<Global variables="{",".join(names)}"/>\n{body}\n'
        f'<Reference variables="{",".join(names)}"/>\n</scenario>\n'
    )


# -- between scenario and test --


def says(word: str, **values: str) -> str:
    """Tell the test where the scenario is."""
    more = "".join(f"\n{name}: {value}" for name, value in values.items())
    return f"<sendCmd><![CDATA[\nCall-ID: [call_id]\nSay: {word}{more}\n\n]]></sendCmd>"


def waits() -> str:
    """Go on when the test says so; what it says with that is [$told]."""
    told = '<ereg regexp="Told: *([^[:cntrl:]]*)" search_in="msg" assign_to="all,told"/>'
    return f"<recvCmd>{_actions([told])}</recvCmd>"


def answered() -> str:
    """Tell the test that the call is up, and where audio goes."""
    return says("answered", Port="[$port]")


# -- bodies --


def audio(formats: str = AUDIO, *, direction: str = "sendrecv", version: int = 1, port: str = "[audio]") -> str:
    """A session description with one stream of audio."""
    lines = [
        "v=0",
        f"o=phone 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio {port} RTP/AVP {formats}",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        f"a={direction}",
    ]
    return "\n".join(lines) + "\n"


# -- a caller --


def request(
    method: str,
    number: int,
    *,
    uri: str = "[next_url]",
    to: str = "",
    branch: int | None = None,
    tagged: bool = True,
    contact: str = CONTACT,
    headers: str = "",
    body: str = "",
    kind: str = "application/sdp",
) -> str:
    """Send a request of the one who calls or registers. `to` names the callee, or stands in [callee]; `branch` is that
    of another request where it belongs to one."""
    tag = "[peer_tag_param]" if tagged else ""
    branch = number * 10 if branch is None else branch
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK[pid].{branch};rport",
        'From: "Ann" <sip:[caller]>;tag=[pid]',
        f"To: <{to or '[callee]'}>{tag}",
        "Call-ID: [call_id]",
        f"CSeq: {number} {method}",
        f"Contact: <{contact}>",
        "Max-Forwards: 70",
        *([headers] if headers else []),
    ]
    return _send(lines, body, kind, retransmits=method != "ACK")


def invite(number: int = 1, *, headers: str = "", body: str | None = None) -> str:
    return request(
        "INVITE", number, uri="[callee]", tagged=False, headers=headers, body=audio() if body is None else body
    )


def ack(number: int = 1, *, body: str = "") -> str:
    """Of an answer: a transaction of its own (RFC 3261 §13.2.2.4)."""
    return request("ACK", number, branch=number * 10 + 1, body=body)


def ack_refusal(number: int = 1) -> str:
    """Of a refusal: within the transaction (RFC 3261 §17.1.1.3)."""
    return request("ACK", number, uri="[callee]", branch=number * 10)


def cancel(number: int = 1) -> str:
    return request("CANCEL", number, uri="[callee]", branch=number * 10, tagged=False)


def takes(status: int, *, optional: bool = False, auth: bool = False, keeps: dict[str, str] | None = None) -> str:
    """Expect a response. `keeps`: variables, each by a header it is taken from. Of a 200 with a body the port of
    audio is kept."""
    attributes = f'response="{status}" rrs="true" optional="{str(optional).lower()}"'
    if auth:
        attributes += ' auth="true"'
    actions = [_keep(header, name) for name, header in (keeps or {}).items()]
    return f"<recv {attributes}>{_actions(actions)}</recv>"


def takes_answer(status: int = 200) -> str:
    """Expect a response with a description; says where audio goes."""
    return f'<recv response="{status}" rrs="true">{_actions([_PORT])}</recv>'


def rings() -> str:
    """Expect 100 and 180 or 183, or neither."""
    return "\n".join(takes(status, optional=True) for status in (100, 180, 183))


def calls(number: int = 1, *, headers: str = "", body: str | None = None) -> str:
    """Call and be answered; the test is told."""
    return "\n".join([invite(number, headers=headers, body=body), rings(), takes_answer(), ack(number), answered()])


def is_hung_up() -> str:
    """The other side hangs up."""
    return got("BYE") + "\n" + reply(200)


def hangs_up(number: int) -> str:
    return request("BYE", number) + "\n" + takes(200)


# -- a callee, and whoever answers requests --


def got_invite() -> str:
    """Expect a call; what answers need of it is kept."""
    kept = {"via": "Via:", "from": "From:", "to": "To:", "cseq": "CSeq:"}
    target = '<ereg regexp="&lt;(sips?:[^&gt;]*)" search_in="hdr" header="Contact:" assign_to="all,target"/>'
    actions = [*(_keep(header, name) for name, header in kept.items()), target, _PORT]
    return f'<recv request="INVITE">{_actions(actions)}</recv>'


def got(method: str, *, optional: bool = False, keeps: dict[str, str] | None = None) -> str:
    actions = [_keep(header, name) for name, header in (keeps or {}).items()]
    return f'<recv request="{method}" optional="{str(optional).lower()}">{_actions(actions)}</recv>'


def got_offer(method: str = "INVITE") -> str:
    """Expect a request that changes the call."""
    return f'<recv request="{method}">{_actions([_PORT])}</recv>'


def answer(status: int, reason: str = "", *, headers: str = "", body: str = "", tag: str = "callee") -> str:
    """Answer the call that `got_invite` took."""
    lines = [
        f"SIP/2.0 {status} {reason or 'Because'}",
        "Via:[$via]",
        "From:[$from]",
        f"To:[$to];tag=[pid]{tag}",
        "Call-ID: [call_id]",
        "CSeq:[$cseq]",
        "Contact: <sip:callee@[local_ip]:[local_port];transport=[transport]>",
        *([headers] if headers else []),
    ]
    return _send(lines, body, "application/sdp", retransmits=status >= 200)


def reply(status: int, *, headers: str = "", body: str = "") -> str:
    """Answer the request that came last."""
    lines = [
        f"SIP/2.0 {status} Because",
        *("[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]"),
        "Contact: <sip:phone@[local_ip]:[local_port];transport=[transport]>",
        *([headers] if headers else []),
    ]
    return _send(lines, body, "application/sdp", retransmits=False)


def callee_request(method: str, number: int, *, headers: str = "", body: str = "", tag: str = "callee") -> str:
    """Send a request of the one who was called."""
    lines = [
        f"{method} [$target] SIP/2.0",
        f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK[pid].c{number}{method};rport",
        f"From:[$to];tag=[pid]{tag}",
        "To:[$from]",
        "Call-ID: [call_id]",
        f"CSeq: {number} {method}",
        "Contact: <sip:callee@[local_ip]:[local_port];transport=[transport]>",
        "Max-Forwards: 70",
        *([headers] if headers else []),
    ]
    return _send(lines, body, "application/sdp", retransmits=method != "ACK")


def answers() -> str:
    """Take the call that `got_invite` took; the test is told."""
    return "\n".join([answer(200, body=audio()), got("ACK"), answered()])


def is_called() -> str:
    """Ring and answer; the test is told."""
    return "\n".join([got_invite(), answer(180), answers()])


def callee_hangs_up() -> str:
    return callee_request("BYE", 1) + "\n" + takes(200)


# -- XML --

_PORT = '<ereg regexp="m=audio *([0-9]+)" search_in="body" assign_to="all,port"/>'


def _keep(header: str, name: str) -> str:
    return f'<ereg regexp=".*" search_in="hdr" header={quoteattr(header)} assign_to="{name}"/>'


def _actions(actions: list[str]) -> str:
    return f"<action>{''.join(actions)}</action>" if actions else ""


def _send(lines: list[str], body: str, kind: str, *, retransmits: bool) -> str:
    head = [*lines, *([f"Content-Type: {kind}"] if body else []), "Content-Length: [len]"]
    text = "\n".join(head) + "\n\n" + body
    attribute = ' retrans="500"' if retransmits else ""
    return f"<send{attribute}><![CDATA[\n{text}\n]]></send>"
