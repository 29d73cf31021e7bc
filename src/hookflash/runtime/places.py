"""Where callers come from and callees are: trunks, SIP addresses, and the handsets of the simulated network."""

from urllib.parse import urlsplit

from hookflash.actions.receive_call import Answerer, IncomingCall
from hookflash.domain.call import Call, Source
from hookflash.domain.call_address import CalleeKind, is_emergency, parse_callee
from hookflash.domain.clock import SECOND
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.domain.sip import SipDomain
from hookflash.network.handset_calls import HandsetCalls
from hookflash.runtime.calls.parts import NoWayError
from hookflash.store.store import Store, Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.switch import Switch

SIP_RING = 600 * SECOND  #: ms; the exchange gives up earlier


class CallPlaces:
    """`Places`, over the switch."""

    def __init__(self, *, switch: Switch, handsets: HandsetCalls, store: Store, vault: Vault, own_host: str) -> None:
        """`own_host` is what callers see after the @ of our SIP addresses."""
        self._switch = switch
        self._handsets = handsets
        self._store = store
        self._vault = vault
        self._own_host = own_host

    async def arrived(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        if event.domain or event.to.startswith("sip:"):
            return await self._at_domain(event)
        carrier = event.trunk or "the simulated network"
        incoming = IncomingCall(
            sender=_number(event.from_) or event.from_ or "anonymous",
            recipient=_number(event.to) or event.to,
            carrier=carrier,
            sender_name=event.from_name,
            params=_sip_params(event) if event.trunk else {},
        )
        return incoming, None

    async def dial(self, call: Call, *, ring_ms: int, beside: Leg | None) -> Leg:
        callee = parse_callee(call.recipient)
        match callee.kind if callee else None:
            case CalleeKind.SIP:
                return self._dial_sip(call, ring_ms, beside)
            case CalleeKind.PHONE if is_emergency(call.recipient):
                raise NoWayError("No trunk here is marked for emergency calls", status=403)
            case CalleeKind.PHONE:
                return await self._handsets.ring(call.recipient, from_=_shown(call), ring_ms=ring_ms)
            case _:
                raise NoWayError(f"There is no way to {call.recipient} yet", status=404)

    def _dial_sip(self, call: Call, ring_ms: int, beside: Leg | None) -> Leg:
        options = call.options
        return self._switch.dial(
            protocol.Dial(
                leg=self._switch.next_number(),
                uri=call.recipient,
                from_uri=_as_uri(_shown(call), self._own_host),
                headers=options.sip_headers,
                username=options.sip_username or "",
                password=self._vault.open(options.sip_password) if options.sip_password else "",
                ring_ms=ring_ms,
                srtp="optional" if "transport=tls" in call.recipient or call.recipient.startswith("sips:") else "off",
                beside=beside.number if beside else None,
            )
        )

    async def _at_domain(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        name = event.domain or _host(event.to)
        domain = await self._store.read(_domain, name)
        sender = event.from_uri or event.from_
        incoming = IncomingCall(
            sender=sender,
            recipient=event.to_uri or event.to,
            carrier=f"the SIP domain {name}",
            sender_name=event.from_name,
            params=_sip_params(event) | ({"SipDomainSid": domain.sid} if domain else {}),
        )
        return incoming, _answerer(domain) if domain else None


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
