"""`/hookflash/v1/numbers`, `short-codes`, `verified`: what accounts are reached by, whatever carrier it is from."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash.actions.bring_your_own import add_number, add_short_code, verify_number
from hookflash.actions.update_number import release_number, update_number
from hookflash.domain.numbers import IncomingPhoneNumber, OutgoingCallerId, ShortCode
from hookflash.domain.phone_numbers import parse_short_code
from hookflash.domain.sids import make_sid
from hookflash.store.store import Tx

from .answering import LISTED, PREFIX, Answering, Created, Refusal, phone_number, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

Url = Annotated[str, msgspec.Meta(pattern="^$|^https?://[!-~]+$", max_length=2_000)]
Method = Literal["GET", "POST"]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]


class NumberSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who answers at a number; an empty URL is nobody, None leaves it as it is."""

    friendly_name: Name | None = None
    sms_url: Url | None = None
    sms_method: Method | None = None
    sms_fallback_url: Url | None = None
    sms_fallback_method: Method | None = None
    voice_url: Url | None = None
    voice_method: Method | None = None
    voice_fallback_url: Url | None = None
    voice_fallback_method: Method | None = None
    status_callback: Url | None = None
    status_callback_method: Method | None = None

    def changes(self) -> dict[str, Any]:
        """The columns that are set."""
        given = {name: getattr(self, name) for name in NumberSettings.__struct_fields__}
        return {name: value or None for name, value in given.items() if value is not None}


class NewNumber(NumberSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    phone_number: str
    account_sid: str = ""  #: the first account when empty


class NewShortCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    short_code: str
    account_sid: str = ""
    friendly_name: Name = ""
    iso_country: Country = "US"
    sms_url: Url = ""
    sms_method: Method = "POST"
    sms_fallback_url: Url = ""
    sms_fallback_method: Method = "POST"


class NewVerified(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    phone_number: str
    account_sid: str = ""
    friendly_name: Name = ""


class Numbers:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        operator = answering.operator
        return [
            Route(f"{PREFIX}/numbers", operator(self.numbers), methods=["GET"]),
            Route(f"{PREFIX}/numbers", operator(self.add), methods=["POST"]),
            Route(f"{PREFIX}/numbers/{{number}}", operator(self.change), methods=["PATCH"]),
            Route(f"{PREFIX}/numbers/{{number}}", operator(self.remove), methods=["DELETE"]),
            Route(f"{PREFIX}/short-codes", operator(self.short_codes), methods=["GET"]),
            Route(f"{PREFIX}/short-codes", operator(self.add_short_code), methods=["POST"]),
            Route(f"{PREFIX}/verified", operator(self.verified), methods=["GET"]),
            Route(f"{PREFIX}/verified", operator(self.verify), methods=["POST"]),
        ]

    async def numbers(self, request: Request) -> object:
        return {"numbers": await self._exchange.store.read(_numbers)}

    async def add(self, request: Request) -> Created:
        new = await read_body(request, NewNumber)
        return Created(await self._exchange.store.write(_add, new, now=self._exchange.clock.now()))

    async def change(self, request: Request) -> object:
        number = phone_number(request.path_params["number"])
        settings = await read_body(request, NumberSettings)
        return await self._exchange.store.write(_change, number, settings, now=self._exchange.clock.now())

    async def remove(self, request: Request) -> None:
        await self._exchange.store.write(_remove, phone_number(request.path_params["number"]))

    async def short_codes(self, request: Request) -> object:
        return {"short_codes": await self._exchange.store.read(_short_codes)}

    async def add_short_code(self, request: Request) -> Created:
        new, now = await read_body(request, NewShortCode), self._exchange.clock.now()
        code = parse_short_code(new.short_code)
        if code is None:
            raise Refusal(400, "A short code has three to eight digits.")
        row = ShortCode(
            account_sid=new.account_sid,
            sid=make_sid("SC", now),
            short_code=code.text,
            friendly_name=new.friendly_name or code.text,
            iso_country=new.iso_country,
            sms_url=new.sms_url or None,
            sms_method=new.sms_method,
            sms_fallback_url=new.sms_fallback_url or None,
            sms_fallback_method=new.sms_fallback_method,
            date_created=now,
            date_updated=now,
        )
        return Created(await self._exchange.store.write(add_short_code, row))

    async def verified(self, request: Request) -> object:
        return {"verified": await self._exchange.store.read(_verified)}

    async def verify(self, request: Request) -> Created:
        new = await read_body(request, NewVerified)
        caller = await self._exchange.store.write(
            verify_number,
            phone_number(new.phone_number),
            account_sid=new.account_sid,
            name=new.friendly_name,
            now=self._exchange.clock.now(),
        )
        return Created(caller)


async def _numbers(tx: Tx) -> list[IncomingPhoneNumber]:
    return await tx.all(IncomingPhoneNumber, "own.numbers", limit=LISTED)


async def _short_codes(tx: Tx) -> list[ShortCode]:
    return await tx.all(ShortCode, "own.short_codes", limit=LISTED)


async def _verified(tx: Tx) -> list[OutgoingCallerId]:
    return await tx.all(OutgoingCallerId, "own.verified", limit=LISTED)


async def _add(tx: Tx, new: NewNumber, *, now: int) -> IncomingPhoneNumber:
    number = await add_number(tx, phone_number(new.phone_number), account_sid=new.account_sid, now=now)
    await update_number(tx, number, new.changes(), now=now)
    return number


async def _change(tx: Tx, e164: str, settings: NumberSettings, *, now: int) -> IncomingPhoneNumber:
    number = await _number(tx, e164)
    await update_number(tx, number, settings.changes(), now=now)
    return number


async def _remove(tx: Tx, e164: str) -> None:
    number = await _number(tx, e164)
    await release_number(tx, number.account_sid, number.sid)


async def _number(tx: Tx, e164: str) -> IncomingPhoneNumber:
    number = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=e164)
    if number is None:
        raise Refusal(404, f"No account of this server has the number {e164}.")
    return number
