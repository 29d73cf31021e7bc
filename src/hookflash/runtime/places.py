"""Where callers come from and callees are: trunks, SIP addresses, and the handsets of the simulated network."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from hookflash.actions.receive_call import Answerer, IncomingCall, answerer_of_application, answerer_of_number
from hookflash.domain.call import Call, Source
from hookflash.domain.call_address import Callee, CalleeKind, is_emergency, parse_callee
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.domain.sip import SipDomain
from hookflash.network.handset import Handset
from hookflash.network.handset_calls import HandsetCalls
from hookflash.network.lines import Lines
from hookflash.runtime.calls.parts import NoWayError
from hookflash.store.store import Store, Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.switch import Switch
from hookflash.trunks.attempts import Attempts
from hookflash.trunks.live_trunk import LiveTrunk
from hookflash.trunks.numbers import caller_of, forwarded_by, read
from hookflash.trunks.routing import SIMULATED
from hookflash.trunks.trunks import NoTrunkError, Trunks


class CallPlaces:
    """`Places`, over the switch."""

    def __init__(
        self,
        *,
        switch: Switch,
        handsets: HandsetCalls,
        lines: Lines,
        trunks: Trunks,
        store: Store,
        vault: Vault,
        own_host: str,
        simulates: bool,
        reach: list[str] | None,
        is_registered: Callable[[str, str], bool],
    ) -> None:
        """`own_host` is what callers see after the @ of our SIP addresses. With `simulates`, numbers that no route
        names are handsets of the simulated network. `reach`: networks that SIP addresses may lead to besides the
        public internet; None: any. `is_registered` tells of a domain and a user whether a phone of theirs can be
        called."""
        self._switch = switch
        self._handsets = handsets
        self._lines = lines
        self._trunks = trunks
        self._store = store
        self._vault = vault
        self._own_host = own_host
        self._simulates = simulates
        self._reach = reach
        self._is_registered = is_registered

    async def arrived(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        if event.domain or event.to.startswith("sip:"):
            return await self._at_domain(event)
        if event.to.startswith("app:") and not event.transport:
            return await self._at_application(event)
        trunk = self._trunks.get(event.trunk)
        if trunk is not None:
            return _from_trunk(event, trunk), None
        incoming = IncomingCall(
            sender=_number(event.from_) or event.from_ or "anonymous",
            recipient=_number(event.to) or event.to,
            carrier="The simulated network",
            sender_name=event.from_name,
        )
        return incoming, None

    async def dial(self, call: Call, *, ring_ms: int, beside: Leg | None) -> Leg:
        if is_emergency(call.recipient):
            return await self._dial_number(call, ring_ms, beside)
        callee = parse_callee(call.recipient)
        if callee is not None and callee.kind is not CalleeKind.PHONE and (handset := await self._handset(callee)):
            headers = call.options.sip_headers
            return await self._handsets.ring(handset, from_=_shown(call), ring_ms=ring_ms, headers=headers)
        match callee.kind if callee else None:
            case CalleeKind.SIP:
                return self._dial_sip(call, call.recipient, ring_ms, beside)
            case CalleeKind.APPLICATION:
                headers = call.options.sip_headers
                return self._lines.call(call.recipient, from_=_shown(call), ring_ms=ring_ms, headers=headers)
            case CalleeKind.CLIENT:
                return await self._dial_client(call, ring_ms, beside)
            case CalleeKind.PHONE if await self._store.read(_is_ours, call.recipient):
                return self._lines.call(call.recipient, from_=_shown(call), ring_ms=ring_ms)
            case CalleeKind.PHONE:
                return await self._dial_number(call, ring_ms, beside)
            case _:
                raise NoWayError(f"There is no way to {call.recipient} yet", status=404)

    async def open_line(self, call: Call, *, ring_ms: int) -> tuple[Leg, Leg]:
        return await self._lines.open(call.recipient, from_=_shown(call), ring_ms=ring_ms)

    async def _dial_number(self, call: Call, ring_ms: int, beside: Leg | None) -> Leg:
        number, sender = call.recipient, _shown(call)
        names = self._trunks.routed(recipient=number, sender=sender, account_sid=call.account_sid)
        if names[:1] == [SIMULATED] or (not names and self._simulates and not is_emergency(number)):
            return await self._handsets.ring(number, from_=sender, ring_ms=ring_ms)
        if not names:
            raise NoWayError("No route leads to a trunk for this number: add one to `call_routes`", status=404)
        base = protocol.Dial(leg=0, uri="", from_uri="", beside=beside.number if beside else None)
        try:
            ways = self._trunks.ways(names, recipient=number, sender=sender, base=base)
        except NoTrunkError as error:
            raise NoWayError(str(error), status=error.status) from error
        return Attempts(ways, ring_ms=ring_ms)

    async def _handset(self, callee: Callee) -> str | None:
        """The handset that was told to answer for a client or a SIP address, if there is one."""
        name = callee.text.partition(";")[0]
        return name if self._simulates and await self._store.read(_is_handset, name) else None

    async def _dial_client(self, call: Call, ring_ms: int, beside: Leg | None) -> Leg:
        """Ring the phones that are registered under the name with a domain of the account."""
        name = call.recipient.removeprefix("client:")
        for domain in await self._store.read(_registering, call.account_sid):
            if self._is_registered(domain.domain_name, name):
                return self._dial_sip(call, f"sip:{quote(name)}@{domain.domain_name}", ring_ms, beside)
        raise NoWayError("No phone is registered under this name with a SIP domain of the account", status=480)

    def _dial_sip(self, call: Call, uri: str, ring_ms: int, beside: Leg | None) -> Leg:
        options = call.options
        return self._switch.dial(
            protocol.Dial(
                leg=self._switch.next_number(),
                uri=uri,
                from_uri=_as_uri(_shown(call), self._own_host),
                headers=options.sip_headers,
                username=options.sip_username or "",
                password=self._vault.open(options.sip_password) if options.sip_password else "",
                ring_ms=ring_ms,
                srtp="optional" if "transport=tls" in uri or uri.startswith("sips:") else "off",
                beside=beside.number if beside else None,
                reach=self._reach,
            )
        )

    async def _at_application(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        sid = event.to.removeprefix("app:")
        answerer = await self._store.read(answerer_of_application, sid)
        incoming = IncomingCall(
            sender=event.from_ or "anonymous", recipient=event.to, carrier="The platform", params=event.headers
        )
        return incoming, answerer

    async def _at_domain(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        name = event.domain or _host(event.to)
        domain = await self._store.read(_domain, name)
        sender = event.from_uri or event.from_
        incoming = IncomingCall(
            sender=sender,
            recipient=event.to_uri or event.to,
            carrier=f"The SIP domain {name}",
            sender_name=event.from_name,
            params=_sip_params(event) | ({"SipDomainSid": domain.sid} if domain else {}),
        )
        return incoming, _answerer(domain) if domain else None


def _from_trunk(event: protocol.Invited, trunk: LiveTrunk) -> IncomingCall:
    caller = caller_of(event.from_, event.headers, trunk.config)
    return IncomingCall(
        sender=read(caller, trunk.config) or "anonymous",
        recipient=read(event.to, trunk.config) or event.to,
        carrier=f"The trunk {trunk.name}",
        sender_name=event.from_name,
        forwarded_from=forwarded_by(event.headers, trunk.config) or "",
        params=_sip_params(event),
    )


def _answerer(domain: SipDomain) -> Answerer:
    return Answerer(
        account_sid=domain.account_sid,
        source=Source(
            url=domain.voice_url,
            method=domain.voice_method,
            fallback_url=domain.voice_fallback_url,
            fallback_method=domain.voice_fallback_method,
        ),
        status_callback=domain.voice_status_callback_url,
        status_callback_method=domain.voice_status_callback_method,
        shows_name=True,
    )


async def _is_ours(tx: Tx, number: str) -> bool:
    return await answerer_of_number(tx, number) is not None


async def _registering(tx: Tx, account_sid: str) -> list[SipDomain]:
    return await tx.all(SipDomain, "sip.registering_domains", account_sid=account_sid)


async def _is_handset(tx: Tx, name: str) -> bool:
    """Whether somebody has told the handset of this name how to behave."""
    return await tx.one(Handset, "handsets.by_number", number=name) is not None


async def _domain(tx: Tx, name: str) -> SipDomain | None:
    return await tx.one(SipDomain, "sip.domain_named", name=name.lower())


def _sip_params(event: protocol.Invited) -> dict[str, str]:
    """What an application learns of a caller that came by SIP (webhooks of the original, "TwiML for SIP")."""
    params = {"SipCallId": event.call_id, "SipSourceIp": event.source}
    if event.domain:
        params["SipDomain"] = event.domain
    custom = {f"SipHeader_{name}": value for name, value in event.headers.items() if name.lower().startswith("x-")}
    return params | custom


def _number(text: str) -> str | None:
    address = parse_recipient(text)
    return address.text if address is not None and address.kind is AddressKind.PHONE else None


def _shown(call: Call) -> str:
    return call.options.caller_id or call.sender


def _as_uri(sender: str, host: str) -> str:
    """Who calls, as a SIP address."""
    if sender.startswith(("sip:", "sips:")):
        return sender
    return f"sip:{sender.removeprefix('client:')}@{host}"


def _host(uri: str) -> str:
    return urlsplit("//" + uri.partition(":")[2].partition(";")[0]).hostname or ""
