"""Something went wrong that a developer should see: an alert is kept, and posted to the debugger URL if one is set."""

from urllib.parse import urlencode

from hookflash.domain.account import Account
from hookflash.domain.alert import Alert
from hookflash.domain.call import Call
from hookflash.domain.conference import Conference
from hookflash.domain.message import Message
from hookflash.domain.sids import make_sid
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx
from hookflash.webhooks.outcome import Attempt
from hookflash.webhooks.status import debugger_params

from .status_callback import StatusCallback


async def raise_alert(
    tx: Tx,
    about: Message | Call | Conference,
    *,
    level: str,
    code: int,
    sentence: str,
    now: int,
    attempt: Attempt | None = None,
) -> None:
    """Keep an alert: `level` is "error" or "warning", `attempt` the webhook that it came from."""
    alert = Alert(
        account_sid=about.account_sid,
        sid=make_sid("NO", now),
        level=level,
        error_code=code,
        sentence=sentence,
        resource_sid=about.sid,
        service_sid=about.service_sid if isinstance(about, Message) else None,
        date_created=now,
        date_updated=now,
    )
    if attempt is not None:
        alert.request_method = attempt.method
        alert.request_url = attempt.url
        alert.request_variables = urlencode(attempt.params)
        alert.request_headers = "\n".join(f"{name}: {value}" for name, value in attempt.request_headers.items())
        alert.response_headers = "\n".join(f"{name}: {value}" for name, value in attempt.response_headers)
        alert.response_body = attempt.response_body
    await tx.insert("alerts", alert)
    await timeline.record(tx, about.sid, "note", f"{level}: {code} {sentence}", account_sid=about.account_sid, now=now)
    await _post(tx, alert, attempt, now)


async def _post(tx: Tx, alert: Alert, attempt: Attempt | None, now: int) -> None:
    account = await tx.one(Account, "accounts.by_sid", sid=alert.account_sid)
    if account is None or account.settings.debugger_url is None:
        return
    params = debugger_params(
        event_sid=alert.sid,
        account_sid=account.sid,
        parent_account_sid=None if account.is_parent else account.owner_sid,
        at=now,
        level=alert.level.upper(),
        error_code=alert.error_code,
        message=alert.sentence,
        resource_sid=alert.resource_sid or "",
        service_sid=alert.service_sid,
        attempt=attempt,
    )
    await outbox.add(
        tx,
        "callback",
        alert.sid,
        account_sid=account.sid,
        due_at=now,
        payload=StatusCallback(account.settings.debugger_url, params),
    )
