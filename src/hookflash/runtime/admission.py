"""Who may call and register over SIP: what the rows say, as the switch wants to know it."""

import hashlib

from hookflash.domain.sip import SipCredential, SipDomain, SipIpAddress
from hookflash.store.store import Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.trunks.live_trunk import LiveTrunk
from hookflash.trunks.load import configured_trunks
from hookflash.trunks.routing import CallRoute


async def admitted(tx: Tx, vault: Vault) -> tuple[list[protocol.Domain], list[LiveTrunk], list[CallRoute]]:
    """Every SIP domain of every account, with those who may use it; every trunk, and the routes to them."""
    domains = [await _domain(tx, vault, row) for row in await tx.all(SipDomain, "sip.domains")]
    trunks, routes = await configured_trunks(tx, vault)
    return domains, [LiveTrunk(name, config) for name, config in trunks.items()], routes


async def _domain(tx: Tx, vault: Vault, row: SipDomain) -> protocol.Domain:
    where = {"account_sid": row.account_sid, "domain_sid": row.sid}
    addresses = await tx.all(SipIpAddress, "sip.mapped_addresses", **where)
    callers = await tx.all(SipCredential, "sip.mapped_credentials", **where, purpose="calls")
    phones = await tx.all(SipCredential, "sip.mapped_credentials", **where, purpose="registrations")
    return protocol.Domain(
        name=row.domain_name,
        networks=[f"{address.ip_address}/{address.cidr_prefix_length}" for address in addresses],
        credentials=[_credential(user, row.domain_name, vault) for user in callers],
        registration=[_credential(user, row.domain_name, vault) for user in phones] if row.sip_registration else [],
        secure=row.secure,
    )


def _credential(row: SipCredential, realm: str, vault: Vault) -> protocol.Credential:
    """The hashes that digest authentication compares (RFC 7616 §3.4.2, RFC 8760)."""
    secret = f"{row.username}:{realm}:{vault.open(row.password)}".encode()
    return protocol.Credential(
        row.username,
        hashlib.md5(secret, usedforsecurity=False).hexdigest(),
        hashlib.sha256(secret).hexdigest(),
    )
