"""Which sender of a messaging service's pool suits a recipient best.

The order: an alphanumeric one where the country takes it; a short code of the country; a number of the same country,
with the recipient's area code, or else in its state, where the service matches areas; any number. Among equals the one
with the shortest queue goes first, then recipients are shared out evenly, and the same one always gets the same sender.
"""

from collections.abc import Mapping
from zlib import crc32

from hookflash.domain.geography import home_of
from hookflash.domain.phone_numbers import region_of
from hookflash.domain.service import SenderKind, Service, ServiceSender

NORTH_AMERICA = frozenset({"US", "CA"})


def best_sender(
    pool: list[ServiceSender],
    recipient: str,
    service: Service,
    *,
    media: bool,
    queues: Mapping[str, int] | None = None,
) -> ServiceSender | None:
    """The sender of `pool` that suits `recipient` (E.164) best, or None when none can reach it.

    `media` tells whether the message has some; `queues` says of busy senders until when (ms since the epoch) they are.
    """
    region = region_of(recipient)
    busy = queues or {}
    able = [entry for entry in pool if _reaches(entry, region) and (not media or _takes_media(entry, service))]

    def rank(entry: ServiceSender) -> tuple[int, int, int, int]:
        share = crc32(f"{recipient} {entry.sender}".encode())
        return _order(entry, region), _distance(entry, recipient, service), busy.get(entry.sender, 0), share

    return min(able, key=rank, default=None)


def _reaches(entry: ServiceSender, region: str) -> bool:
    match entry.kind:
        case SenderKind.ALPHA_SENDER:
            return region not in NORTH_AMERICA and entry.country_code in ("", region)
        case SenderKind.SHORT_CODE:
            return entry.country_code == region
        case _:
            return True


def _takes_media(entry: ServiceSender, service: Service) -> bool:
    return service.mms_converter or "MMS" in entry.capabilities


def _order(entry: ServiceSender, region: str) -> int:
    match entry.kind:
        case SenderKind.ALPHA_SENDER:
            return 0
        case SenderKind.SHORT_CODE:
            return 1
        case _:
            return 2 if entry.country_code == region else 3


def _distance(entry: ServiceSender, recipient: str, service: Service) -> int:
    """0 in the recipient's area code, 1 in its state, 2 elsewhere."""
    if not service.area_code_geomatch or entry.kind is not SenderKind.PHONE_NUMBER or recipient[:2] != "+1":
        return 2
    if entry.sender[:5] == recipient[:5]:
        return 0
    state = home_of(recipient).state
    return 1 if state and home_of(entry.sender).state == state else 2
