"""The status callbacks of conferences: numbered, and sent one after the other."""

from collections.abc import Mapping

from hookflash.domain.conference import Conference, ConferenceEvent
from hookflash.domain.recording import Recording
from hookflash.store import outbox
from hookflash.store.store import Tx
from hookflash.webhooks.conference import conference_params, record_end_params
from hookflash.webhooks.sign import Channel

from .status_callback import StatusCallback


async def tell(
    tx: Tx,
    conference: Conference,
    event: ConferenceEvent,
    name: str,
    params: Mapping[str, str] | None = None,
    *,
    now: int,
) -> None:
    """Tell the application, if it asked for `event`; `name` is what the callback calls it, `params` are beside those
    of every callback."""
    options = conference.options
    if not options.status_callback or event not in options.status_callback_events:
        return
    sequence = await tx.value("conferences.next_sequence", account_sid=conference.account_sid, sid=conference.sid)
    told = {**conference_params(conference, name, sequence=sequence, at=now), **(params or {})}
    await _send(tx, conference, options.status_callback, options.status_callback_method, told, now)


async def tell_record_end(tx: Tx, conference: Conference, recording: Recording, *, size: int, now: int) -> None:
    """Tell the old `eventCallbackUrl` of a recording of `size` bytes."""
    params = record_end_params(recording, size=size, at=now)
    await _send(tx, conference, conference.options.event_callback_url or "", "POST", params, now)


async def _send(tx: Tx, conference: Conference, url: str, method: str, params: dict[str, str], now: int) -> None:
    await outbox.add(
        tx,
        "callback",
        conference.sid,
        account_sid=conference.account_sid,
        due_at=now,
        payload=StatusCallback(url, params, method=method, channel=Channel.VOICE),
        lane=f"conference-{conference.sid}",
    )
