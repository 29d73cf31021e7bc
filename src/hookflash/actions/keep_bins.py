"""The operator keeps documents for an account: TwiML Bins."""

from hookflash.domain.sids import make_sid
from hookflash.domain.twiml_bin import TwimlBin
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx

from .bring_your_own import the_account


async def add_bin(tx: Tx, *, account_sid: str, friendly_name: str, twiml: str, now: int) -> TwimlBin:
    """Keep a document for an account, the first one when `account_sid` is empty. Raises ApiError (404)."""
    account = await the_account(tx, account_sid)
    row = TwimlBin(
        sid=make_sid("EH", now),
        account_sid=account.sid,
        friendly_name=friendly_name,
        twiml=twiml,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("twiml_bins", row)
    return row


async def the_bin(tx: Tx, sid: str) -> TwimlBin:
    """A document that is kept. Raises ApiError (404)."""
    row = await tx.one(TwimlBin, "bins.by_sid", sid=sid)
    if row is None:
        raise ApiError(Code.NOT_FOUND, f"There is no TwiML Bin {sid[:40]}.")
    return row


async def change_bin(tx: Tx, sid: str, *, friendly_name: str | None, twiml: str | None, now: int) -> TwimlBin:
    """Change what is not None. Raises ApiError (404)."""
    row = await the_bin(tx, sid)
    row.friendly_name = row.friendly_name if friendly_name is None else friendly_name
    row.twiml = row.twiml if twiml is None else twiml
    row.date_updated = now
    await tx.run("bins.change", sid=sid, friendly_name=row.friendly_name, twiml=row.twiml, now=now)
    return row


async def remove_bin(tx: Tx, sid: str) -> None:
    """Keep it no longer. Raises ApiError (404)."""
    await the_bin(tx, sid)
    await tx.run("bins.remove", sid=sid)
