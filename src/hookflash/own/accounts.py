"""`/hookflash/v1/accounts`: the accounts of this server, and existing ones that are brought here."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash.actions.bring_your_own import add_account
from hookflash.domain.account import Account
from hookflash.store.store import Tx

from .answering import LISTED, PREFIX, Answering, Created, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    friendly_name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    sid: Annotated[str, msgspec.Meta(max_length=34)] = ""  #: of an account that exists elsewhere; made when empty
    auth_token: Annotated[str, msgspec.Meta(pattern="^$|^[!-9;-~]{16,128}$")] = ""  #: made when empty
    trial: bool = False


class Accounts:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        return [
            Route(f"{PREFIX}/accounts", answering.operator(self.everyone), methods=["GET"]),
            Route(f"{PREFIX}/accounts", answering.operator(self.add), methods=["POST"]),
        ]

    async def everyone(self, request: Request) -> object:
        """Subaccounts too; no secrets."""
        return {"accounts": [_shown(account) for account in await self._exchange.store.read(_all)]}

    async def add(self, request: Request) -> Created:
        """The only answer that has the token in clear."""
        new = await read_body(request, NewAccount)
        credentials = await self._exchange.store.write(
            add_account,
            self._exchange.vault,
            name=new.friendly_name,
            sid=new.sid,
            auth_token=new.auth_token,
            trial=new.trial,
            now=self._exchange.clock.now(),
        )
        self._exchange.auth.forget()
        return Created(credentials)


async def _all(tx: Tx) -> list[Account]:
    return await tx.all(Account, "own.accounts", limit=LISTED)


def _shown(account: Account) -> dict[str, object]:
    return {
        "sid": account.sid,
        "owner_sid": account.owner_sid,
        "friendly_name": account.friendly_name,
        "status": account.status,
        "type": account.type,
        "date_created": account.date_created,
    }
