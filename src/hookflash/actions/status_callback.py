"""What the `callback` queue holds: something that an application, or the debugger's URL, is told."""

import msgspec

from hookflash.store import outbox
from hookflash.store.store import Tx
from hookflash.webhooks.sign import Channel


class StatusCallback(msgspec.Struct, frozen=True, omit_defaults=True):
    """One status callback, its parameters as they were at that moment."""

    url: str
    params: dict[str, str]
    test: bool = False  #: signed with the token of the test credentials
    method: str = "POST"
    channel: Channel = Channel.MESSAGING


async def tell_about_call(
    tx: Tx,
    account_sid: str,
    call_sid: str,
    *,
    url: str,
    method: str,
    params: dict[str, str],
    now: int,
    lane: str | None = None,
) -> None:
    """Post `params` about a call, or a recording of it, to `url`; those of one `lane` in order."""
    callback = StatusCallback(url, params, method=method, channel=Channel.VOICE)
    await outbox.add(tx, "callback", call_sid, account_sid=account_sid, due_at=now, payload=callback, lane=lane)
