"""Senders join and leave the pool of a messaging service."""

from hookflash.domain.numbers import IncomingPhoneNumber, ShortCode
from hookflash.domain.phone_numbers import AddressKind, parse_sender
from hookflash.domain.service import SenderKind, ServiceSender
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

POOL_LIMIT = 400  #: senders of one service, as the original has it


async def add_number(tx: Tx, number: IncomingPhoneNumber, service_sid: str, *, now: int) -> ServiceSender:
    """Put a number of the account into the pool. Raises ApiError (21710, 21712, 21714, 21715)."""
    can = number.capabilities
    if not can.sms:
        raise ApiError(Code.SENDER_NOT_CAPABLE, sender=number.phone_number)
    names = [name for name, has in (("Voice", can.voice), ("SMS", can.sms), ("MMS", can.mms)) if has]
    return await _add(
        tx,
        ServiceSender(
            account_sid=number.account_sid,
            service_sid=service_sid,
            sid=number.sid,
            kind=SenderKind.PHONE_NUMBER,
            sender=number.phone_number,
            country_code=number.iso_country,
            capabilities=names,
            date_created=now,
            date_updated=now,
        ),
    )


async def add_short_code(tx: Tx, code: ShortCode, service_sid: str, *, now: int) -> ServiceSender:
    """Put a short code of the account into the pool. Raises ApiError (21710, 21712, 21714)."""
    return await _add(
        tx,
        ServiceSender(
            account_sid=code.account_sid,
            service_sid=service_sid,
            sid=code.sid,
            kind=SenderKind.SHORT_CODE,
            sender=code.short_code,
            country_code=code.iso_country,
            capabilities=["SMS", "MMS"],
            date_created=now,
            date_updated=now,
        ),
    )


async def add_alpha_sender(
    tx: Tx, name: str, *, account_sid: str, service_sid: str, country_code: str, now: int
) -> ServiceSender:
    """Put a name into the pool, for all countries or for one (ISO). Raises ApiError (21709, 21710, 21714).

    A name belongs to nobody: several services may have it.
    """
    address = parse_sender(name)
    if address is None or address.kind is not AddressKind.ALPHANUMERIC:
        raise ApiError(Code.INVALID_ALPHA_SENDER, sender=name[:40])
    pool = await tx.all(ServiceSender, "services.pool", account_sid=account_sid, service_sid=service_sid)
    if any(entry.sender == address.text and entry.country_code == country_code for entry in pool):
        raise ApiError(Code.DUPLICATE_SENDER, sender=address.text)
    entry = ServiceSender(
        account_sid=account_sid,
        service_sid=service_sid,
        sid=make_sid("AI", now),
        kind=SenderKind.ALPHA_SENDER,
        sender=address.text,
        country_code=country_code,
        capabilities=["SMS"],
        date_created=now,
        date_updated=now,
    )
    return await _insert(tx, entry, len(pool))


async def delete_service(tx: Tx, account_sid: str, service_sid: str) -> None:
    """What belongs to a service goes with it; its numbers answer for themselves again."""
    key = {"account_sid": account_sid, "service_sid": service_sid}
    await tx.run("services.forget_pool", **key)
    await tx.run("services.forget_stickies", **key)


async def _add(tx: Tx, entry: ServiceSender) -> ServiceSender:
    key = {"account_sid": entry.account_sid}
    other = await tx.value("services.pool_of", sender=entry.sender, **key)
    if other is not None:
        code = Code.DUPLICATE_SENDER if other == entry.service_sid else Code.SENDER_ELSEWHERE
        raise ApiError(code, sender=entry.sender)
    return await _insert(tx, entry, await tx.value("services.pool_size", service_sid=entry.service_sid, **key))


async def _insert(tx: Tx, entry: ServiceSender, size: int) -> ServiceSender:
    if size >= POOL_LIMIT:
        raise ApiError(Code.SENDER_POOL_FULL)
    await tx.insert("service_senders", entry)
    return entry
