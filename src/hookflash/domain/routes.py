"""Which rules fit something that leaves, in the order in which they are tried.

A rule matches by prefix of the recipient, sender and account. The more it names the earlier it is tried: account
before sender before the longer prefix. Among equals the lower priority goes first, and those of one priority share
the traffic by weight.
"""

from collections.abc import Iterable
from random import Random
from typing import Annotated, Protocol, TypeVar

import msgspec

#: As people write them.
Prefix = Annotated[str, msgspec.Meta(pattern=r"^$|^\+[0-9]{1,15}$")]
Priority = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Weight = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Rule(Protocol):
    """What a rule names; an empty prefix, and a sender or an account that is None, fit all."""

    prefix: str
    sender: str | None
    account_sid: str | None
    priority: int
    weight: int


R = TypeVar("R", bound=Rule)


def share(weight: int, random: Random) -> float:
    """A sort key, highest first, by which each of several comes first as often as its weight says."""
    return random.random() ** (1 / weight) if weight > 0 else 0.0


def in_order(rules: Iterable[R], *, recipient: str, sender: str, account_sid: str, random: Random) -> list[R]:
    """The rules that fit, first choice first."""

    def order(rule: R) -> tuple[bool, bool, int, int, float]:
        return (
            rule.account_sid is None,
            rule.sender is None,
            -len(rule.prefix),
            rule.priority,
            -share(rule.weight, random),
        )

    fitting = [
        rule
        for rule in rules
        if recipient.startswith(rule.prefix)
        and rule.sender in (None, sender)
        and rule.account_sid in (None, account_sid)
    ]
    return sorted(fitting, key=order)
