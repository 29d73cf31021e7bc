"""Which trunks carry a call, in the order in which they are tried: see `domain/routes.py`."""

from collections.abc import Iterable
from random import Random

import msgspec

from hookflash.domain.routes import in_order

SIMULATED = "simulated"  #: the network of simulated handsets


class CallRoute(msgspec.Struct):
    """A row of `call_routes`."""

    sid: str
    trunk: str
    prefix: str
    sender: str | None
    account_sid: str | None
    priority: int
    weight: int
    origin: str
    date_created: int
    date_updated: int


def trunks_for(
    routes: Iterable[CallRoute], *, recipient: str, sender: str, account_sid: str, random: Random
) -> list[str]:
    """Names of the trunks to try for a call, first choice first; empty when no route fits."""
    fitting = in_order(routes, recipient=recipient, sender=sender, account_sid=account_sid, random=random)
    return list(dict.fromkeys(route.trunk for route in fitting))
