"""Which carriers take a message, in the order in which they are tried.

A route matches by prefix of the recipient, sender and account. The more it names the earlier it is tried: account
before sender before the longer prefix. Among equals the lower priority goes first, and those of one priority share
the traffic by weight. What no route matches belongs to the simulated network.
"""

from collections.abc import Iterable
from random import Random

import msgspec

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

    def order(route: Route) -> tuple[bool, bool, int, int, float]:
        share = random.random() ** (1 / route.weight) if route.weight > 0 else 0.0
        return route.account_sid is None, route.sender is None, -len(route.prefix), route.priority, -share

    matching = [
        route
        for route in routes
        if recipient.startswith(route.prefix)
        and route.sender in (None, sender)
        and route.account_sid in (None, account_sid)
    ]
    if not matching:
        return [SIMULATED]
    return list(dict.fromkeys(route.carrier for route in sorted(matching, key=order)))
