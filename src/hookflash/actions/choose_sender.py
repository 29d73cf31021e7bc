"""An accepted or scheduled message gets its turn: its messaging service chooses the sender.

The order: the one that was asked for; the one the recipient knows; an alphanumeric one where the country takes it; a
short code of the country; a number of the same country, by area code where the service matches areas; any number.
"""

from hookflash.domain.account import Account
from hookflash.domain.message import Message, MessageStatus
from hookflash.domain.phone_numbers import region_of
from hookflash.domain.service import SenderKind, Service, ServiceSender
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Tx

from .move_message import move_message, update_message_row
from .send_message import NORTH_AMERICA, SenderRates, check_recipient, is_opted_out, queue_for_carrier, segments
from .submit_message import load_message

_S = MessageStatus


async def release_accepted(tx: Tx, jobs: list[Job], *, now: int, rates: SenderRates) -> list[Job]:
    """Give each due message its sender and queue it; what cannot be sent has failed, with the code that says why."""
    for job in jobs:
        message = await load_message(tx, job)
        if message is not None and message.status in (_S.ACCEPTED, _S.SCHEDULED):
            try:
                await _release(tx, message, now=now, rates=rates)
            except ApiError as error:
                await move_message(
                    tx, message, _S.FAILED, now=now, sentence=error.message, error_code=_delivery_code(error.code)
                )
        await outbox.finish(tx, job)
    return []


async def _release(tx: Tx, message: Message, *, now: int, rates: SenderRates) -> None:
    account = await tx.one(Account, "accounts.by_sid", sid=message.account_sid)
    service = await tx.one(Service, "services.by_sid", account_sid=message.account_sid, sid=message.service_sid)
    if account is None or service is None:
        raise ApiError(Code.NO_SENDER)
    await check_recipient(tx, account, message.recipient)
    if message.sender is None:
        message.sender = await _choose(tx, message, service)
    if await is_opted_out(tx, account.sid, message.sender, service, message.recipient):
        raise ApiError(Code.OPTED_OUT)
    if message.sender == message.recipient:
        raise ApiError(Code.NO_SENDER)
    urls = message.options.media_urls if message.options else ()
    message.num_segments = segments(message.body, urls)
    await update_message_row(tx, message)
    await queue_for_carrier(tx, message, now=now, rates=rates)
    await move_message(tx, message, _S.QUEUED, now=now, sentence=f"{service.friendly_name} chose the sender")


async def _choose(tx: Tx, message: Message, service: Service) -> str:
    pool = await tx.all(ServiceSender, "services.pool", account_sid=message.account_sid, service_sid=service.sid)
    if not pool:
        raise ApiError(Code.EMPTY_POOL)
    key = {"account_sid": message.account_sid, "service_sid": service.sid, "recipient": message.recipient}
    if service.sticky_sender:
        known = await tx.value("services.sticky", **key)
        if known is not None and any(entry.sender == known for entry in pool):
            return str(known)
    entry = best_sender(pool, message.recipient, service)
    if entry is None:
        raise ApiError(Code.NO_SENDER)
    if service.sticky_sender:
        await tx.run("services.set_sticky", **key, sender=entry.sender)
    return entry.sender


def best_sender(pool: list[ServiceSender], recipient: str, service: Service) -> ServiceSender | None:
    """The sender of `pool` that suits `recipient` (E.164) best, or None when none can reach it."""
    region = region_of(recipient)

    def rank(entry: ServiceSender) -> tuple[int, int, str]:
        home = entry.country_code == region
        match entry.kind:
            case SenderKind.ALPHA_SENDER:
                order = 0
            case SenderKind.SHORT_CODE:
                order = 1
            case _:
                order = 2 if home else 3
        near = service.area_code_geomatch and region in NORTH_AMERICA and entry.sender[:5] == recipient[:5]
        return order, 0 if near else 1, entry.sid

    able = [entry for entry in pool if _reaches(entry, region)]
    return min(able, key=rank, default=None)


def _reaches(entry: ServiceSender, region: str) -> bool:
    match entry.kind:
        case SenderKind.ALPHA_SENDER:
            return region not in NORTH_AMERICA
        case SenderKind.SHORT_CODE:
            return entry.country_code == region
        case _:
            return True


def _delivery_code(code: Code) -> int:
    return Code.QUEUE_OVERFLOW.number if code is Code.QUEUE_FULL else code.number
