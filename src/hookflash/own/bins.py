"""`/hookflash/v1/bins`: documents that are kept here for accounts. One that could not run is not kept."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookflash.actions.keep_bins import add_bin, change_bin, remove_bin, the_bin
from hookflash.domain.twiml_bin import LARGEST, LONGEST_NAME, TwimlBin, filled
from hookflash.store.store import Tx
from hookflash.twiml.lint import Finding, Level, lint

from .answering import LISTED, PREFIX, Answering, Created, Refusal, read_body
from .bin_pages import HANDLER, PATH

if TYPE_CHECKING:
    from hookflash.app import Exchange

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
Twiml = Annotated[str, msgspec.Meta(min_length=1, max_length=LARGEST)]

ANY_NUMBER = "+14155550100"  # fills every blank while a document is checked: most stand for a number


class NewBin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    friendly_name: Name
    twiml: Twiml
    account_sid: str = ""  #: the first account when empty


class BinChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    friendly_name: Name | None = None
    twiml: Twiml | None = None


class Bins:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        operator = answering.operator
        return [
            Route(f"{PREFIX}/bins", operator(self.all), methods=["GET"]),
            Route(f"{PREFIX}/bins", operator(self.add), methods=["POST"]),
            Route(f"{PREFIX}/bins/{{sid}}", operator(self.one), methods=["GET"]),
            Route(f"{PREFIX}/bins/{{sid}}", operator(self.change), methods=["PATCH"]),
            Route(f"{PREFIX}/bins/{{sid}}", operator(self.remove), methods=["DELETE"]),
            Route(f"{PATH}{{sid}}", answering.anyone(self.document), methods=["GET", "POST"]),
        ]

    async def all(self, request: Request) -> object:
        rows = await self._exchange.store.read(_bins, request.query_params.get("account_sid", ""))
        return {"bins": [_shown(row) for row in rows]}

    async def add(self, request: Request) -> Created:
        new = await read_body(request, NewBin)
        warnings = _checked(new.twiml)
        row = await self._exchange.store.write(
            add_bin,
            account_sid=new.account_sid,
            friendly_name=new.friendly_name,
            twiml=new.twiml,
            now=self._exchange.clock.now(),
        )
        return Created({**_shown(row), "warnings": warnings})

    async def one(self, request: Request) -> object:
        return _shown(await self._exchange.store.read(the_bin, request.path_params["sid"]))

    async def change(self, request: Request) -> object:
        """What is left out stays."""
        changes = await read_body(request, BinChanges)
        warnings = _checked(changes.twiml) if changes.twiml is not None else []
        row = await self._exchange.store.write(
            change_bin,
            request.path_params["sid"],
            friendly_name=changes.friendly_name,
            twiml=changes.twiml,
            now=self._exchange.clock.now(),
        )
        return {**_shown(row), "warnings": warnings}

    async def remove(self, request: Request) -> None:
        await self._exchange.store.write(remove_bin, request.path_params["sid"])

    async def document(self, request: Request) -> Response:
        """The bin itself, for applications."""
        return await self._exchange.bin_pages.answer(request, public_url=self._exchange.public_url)


def _checked(twiml: str) -> list[dict[str, Any]]:
    """What is wrong with a document that can run. Raises Refusal (400) for one that cannot, or is too large."""
    findings = lint(filled(twiml, lambda _: ANY_NUMBER).encode())
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise Refusal(400, "The document is not kept: " + " ".join(map(_sentence, errors)))
    if len(twiml.encode()) > LARGEST:
        raise Refusal(400, f"The document is larger than {LARGEST:,} bytes.")
    return [msgspec.to_builtins(finding) for finding in findings]


def _sentence(finding: Finding) -> str:
    place = f"line {finding.line}, column {finding.column}: " if finding.line else ""
    return f"{place}{finding.code}: {finding.sentence}"


def _shown(row: TwimlBin) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(row)
    return {**shown, "url": HANDLER + row.sid}


async def _bins(tx: Tx, account_sid: str) -> list[TwimlBin]:
    if account_sid:
        return await tx.all(TwimlBin, "bins.of_account", account_sid=account_sid, limit=LISTED)
    return await tx.all(TwimlBin, "bins.all", limit=LISTED)
