"""Everything served that is not Twilio's API: our own API, metrics, and pages."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from .answering import Answering, Part, refuse_broken, refuse_unknown
from .handsets import Handsets
from .world import World

if TYPE_CHECKING:
    from hookflash.app import Exchange


def own_site(exchange: "Exchange") -> Starlette:
    """`/hookflash/v1/…`, `/metrics`, `/docs/errors/…`."""
    answering = Answering(exchange)
    parts: list[Part] = [Handsets(exchange), World(exchange)]
    return Starlette(
        routes=[route for part in parts for route in part.routes(answering)],
        exception_handlers={HTTPException: refuse_unknown, Exception: refuse_broken},
    )
