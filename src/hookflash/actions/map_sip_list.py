"""Map a credential list or an IP access control list to a SIP domain."""

from hookflash.domain.sip import CredentialList, IpAccessControlList, SipDomain, SipMapping
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx
from hookflash.store.tables import Table, equal

_LISTS: dict[str, Table[CredentialList] | Table[IpAccessControlList]] = {
    "CL": Table("sip_credential_lists", CredentialList),
    "AL": Table("sip_ip_access_control_lists", IpAccessControlList),
}
_MAPPINGS = Table("sip_mappings", SipMapping)
_DOMAINS = Table("sip_domains", SipDomain)


async def map_list(tx: Tx, domain: SipDomain, sid: str, purpose: str, *, now: int) -> SipMapping:
    """Have `domain` use the list `sid` for `purpose` (calls or registrations).

    Raises ApiError: 20404 when the account has no such list, 21235 when it is mapped already.
    """
    table = _LISTS.get(sid[:2])
    list_ = await table.fetch(tx, equal(account_sid=domain.account_sid, sid=sid)) if table else None
    if list_ is None:
        raise ApiError(Code.NOT_FOUND, path=sid[:40])
    key = equal(account_sid=domain.account_sid, domain_sid=domain.sid, purpose=purpose, sid=sid)
    if await _MAPPINGS.fetch(tx, key) is not None:
        raise ApiError(Code.SIP_ALREADY_MAPPED, sid=sid)
    mapping = SipMapping(
        account_sid=domain.account_sid,
        sid=sid,
        domain_sid=domain.sid,
        purpose=purpose,
        friendly_name=list_.friendly_name,
        date_created=now,
        date_updated=now,
    )
    await _MAPPINGS.insert(tx, mapping)
    await change_auth_type(tx, domain, now=now)
    return mapping


async def change_auth_type(tx: Tx, domain: SipDomain, *, now: int) -> None:
    """Make the domain's `auth_type` say what is mapped to it for calls."""
    kinds = []
    for prefix, word in (("AL", "IP_ACL"), ("CL", "CREDENTIAL_LIST")):
        if await tx.value("sip.has_mapping", account_sid=domain.account_sid, domain_sid=domain.sid, kind=f"{prefix}%"):
            kinds.append(word)
    await _DOMAINS.update(
        tx,
        equal(account_sid=domain.account_sid, sid=domain.sid),
        {"auth_type": ",".join(kinds), "date_updated": now},
    )
