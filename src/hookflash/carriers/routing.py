"""Which carriers take a message, in the order in which they are tried: see `domain/routes.py`.

What no route matches belongs to the simulated network.
"""

from collections.abc import Iterable
from random import Random

import msgspec

from hookflash.domain.routes import in_order

SIMULATED = "simulated"


class Route(msgspec.Struct):
    """A row of `routes`."""

    sid: str
    carrier: str
    prefix: str
    sender: str | None
    account_sid: str | None
    priority: int
    weight: int
    origin: str
    date_created: int
    date_updated: int


def candidates(routes: Iterable[Route], *, recipient: str, sender: str, account_sid: str, random: Random) -> list[str]:
    """Names of the carriers to try for a message, first choice first; never empty."""
    fitting = in_order(routes, recipient=recipient, sender=sender, account_sid=account_sid, random=random)
    return list(dict.fromkeys(route.carrier for route in fitting)) or [SIMULATED]
