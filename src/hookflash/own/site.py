"""Everything served that is not Twilio's API: our own API, metrics, and pages."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from .account_settings import AccountSettingsPart
from .accounts import Accounts
from .answering import Answering, Part, refuse_unknown
from .bins import Bins
from .carriers import Carriers
from .handset_calls import HandsetCallsApi
from .handsets import Handsets
from .metrics_page import MetricsPage
from .numbers import Numbers
from .pages import Pages
from .sip import Sip
from .timeline import Timeline
from .trunks import TrunksApi
from .world import World

if TYPE_CHECKING:
    from hookflash.app import Exchange


def own_site(exchange: "Exchange") -> Starlette:
    """`/hookflash/v1/…`, `/metrics`, `/docs/errors/…`."""
    answering = Answering(exchange)
    parts: list[Part] = [
        World(exchange),
        Handsets(exchange),
        HandsetCallsApi(exchange),
        Timeline(exchange),
        Accounts(exchange),
        AccountSettingsPart(exchange),
        Numbers(exchange),
        Bins(exchange),
        Carriers(exchange),
        TrunksApi(exchange),
        Sip(exchange),
        MetricsPage(exchange),
        Pages(exchange),
    ]
    return Starlette(
        routes=[route for part in parts for route in part.routes(answering)],
        exception_handlers={HTTPException: refuse_unknown},
    )
