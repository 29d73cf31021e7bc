"""An account's place in the shared number of 2010: made when it is first asked for."""

import secrets

from hookflash.domain.numbers import Sandbox
from hookflash.store.store import Tx

from .send_message import SANDBOX_NUMBER

PIN_DIGITS = 8


async def open_sandbox(tx: Tx, account_sid: str, *, now: int) -> Sandbox:
    """The sandbox of an account, with a PIN that nobody else has."""
    sandbox = await tx.one(Sandbox, "numbers.sandbox", account_sid=account_sid)
    if sandbox is None:
        sandbox = Sandbox(
            account_sid=account_sid,
            pin=await _free_pin(tx),
            phone_number=SANDBOX_NUMBER,
            date_created=now,
            date_updated=now,
        )
        await tx.insert("sandboxes", sandbox)
    return sandbox


async def _free_pin(tx: Tx) -> str:
    while True:
        pin = str(10 ** (PIN_DIGITS - 1) + secrets.randbelow(9 * 10 ** (PIN_DIGITS - 1)))
        if await tx.one(Sandbox, "numbers.sandbox_by_pin", pin=pin) is None:
            return pin
