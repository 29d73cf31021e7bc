"""Everything served that is not Twilio's API: our own API, metrics, pages about codes, and the names apps call."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette

if TYPE_CHECKING:
    from hookflash.app import Exchange


def own_site(exchange: "Exchange") -> Starlette:
    """`/hookflash/v1/…`, `/metrics`, `/docs/errors/…`."""
    return Starlette(routes=[])


def served_names(exchange: "Exchange") -> Starlette:
    """demo.twilio.com and the other names of the original that apps call."""
    return Starlette(routes=[])
