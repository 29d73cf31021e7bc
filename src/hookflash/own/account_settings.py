"""`/hookflash/v1/accounts/{sid}/settings`: which countries an account may text and call, and so on."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash.actions.bring_your_own import the_account
from hookflash.actions.change_settings import change_settings
from hookflash.actions.send_message import is_web_url
from hookflash.domain.account import AccountSettings

from .answering import PREFIX, Answering, Refusal, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]

Countries = Annotated[tuple[Country, ...], msgspec.Meta(max_length=300)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sms_countries: Countries | None = None  #: null for all
    voice_countries: Countries | None = None  #: null for those that the server allows
    calls_per_second: Annotated[float, msgspec.Meta(gt=0, le=1_000)] | None = None  #: null for what the server allows
    debugger_url: Annotated[str, msgspec.Meta(max_length=4_000)] | None = None


class AccountSettingsPart:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        at = f"{PREFIX}/accounts/{{sid}}/settings"
        return [
            Route(at, answering.operator(self.fetch), methods=["GET"]),
            Route(at, answering.operator(self.change), methods=["PUT"]),
        ]

    async def fetch(self, request: Request) -> object:
        return _shown((await self._exchange.store.read(the_account, request.path_params["sid"])).settings)

    async def change(self, request: Request) -> object:
        """What is left out is reset."""
        wanted = await read_body(request, Wanted)
        if wanted.debugger_url is not None and not is_web_url(wanted.debugger_url):
            raise Refusal(400, "debugger_url must be an http or https URL.")
        settings = await self._exchange.store.write(
            change_settings,
            request.path_params["sid"],
            sms_countries=wanted.sms_countries,
            voice_countries=wanted.voice_countries,
            calls_per_second=wanted.calls_per_second,
            debugger_url=wanted.debugger_url,
            now=self._exchange.clock.now(),
        )
        self._exchange.auth.forget()
        return _shown(settings)


def _shown(settings: AccountSettings) -> dict[str, object]:
    return {
        "sms_countries": settings.sms_countries,
        "voice_countries": settings.voice_countries,
        "calls_per_second": settings.calls_per_second,
        "debugger_url": settings.debugger_url,
    }
