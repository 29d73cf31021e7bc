"""How long a webhook may take and how often it is tried: the defaults, and the overrides in a URL's fragment.

`https://host/path#rc=2&rp=5xx,rt&ct=1000`: the fragment is never sent and never signed. A fragment without any of
these keys is an ordinary anchor and changes nothing. Times are in ms.
"""

from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl

import msgspec

from hookflash.webhooks.codes import WebhookCode, WebhookError

HARD_LIMIT = 15_000  # ms; no key makes a webhook last longer, retries, redirects and logins included


class Failure(StrEnum):
    """The kinds of failure that a retry policy (`rp`) can name."""

    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"
    CONNECT = "ct"  #: no connection: refused, timed out, TLS
    READ = "rt"  #: connected, but no answer within `rt`


EDGES = frozenset({"ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"})
INTERCONNECTS = frozenset({"ashburn-ix", "frankfurt-ix", "london-ix", "san-jose-ix", "singapore-ix"})
NOT_FOR_WEBHOOKS = frozenset({"roaming"})  # an edge for clients' sign-in only


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook's limits."""

    connect: int = 5_000  #: ms for TCP and TLS
    read: int = 15_000  #: ms until the first byte, and between any two reads
    total: int = HARD_LIMIT  #: ms for everything
    retries: int = 1  #: tries after the first
    retry_on: frozenset[Failure] = frozenset({Failure.CONNECT})
    sni: bool = True
    edges: tuple[str, ...] = ("ashburn",)


class Retry(msgspec.Struct, frozen=True):
    """Try the same request again, from `edge`."""

    edge: str


class GiveUp(msgspec.Struct, frozen=True):
    """The failure stands, because of `reason`."""

    reason: str


DEFAULT = Policy()
_RANGES = {
    "connect": ("ct", 100, 10_000),
    "read": ("rt", 100, 15_000),
    "total": ("tt", 100, HARD_LIMIT),
    "retries": ("rc", 0, 5),
}


@lru_cache(maxsize=1024)
def parse_overrides(fragment: str) -> Policy:
    """The policy that a URL's `fragment` asks for. Raises WebhookError (11240 to 11243) for a value out of range."""
    keys = dict(parse_qsl(fragment, keep_blank_values=True))
    changes: dict[str, object] = {}
    for field, (key, low, high) in _RANGES.items():
        if key in keys:
            changes[field] = _number(key, keys[key], low, high)
    if "rp" in keys:
        changes["retry_on"] = _retry_on(keys["rp"])
    if "sni" in keys:
        changes["sni"] = _yes_or_no("sni", keys["sni"])
    if "e" in keys:
        changes["edges"] = tuple(_edge(name) for name in keys["e"].split(","))
    return msgspec.structs.replace(DEFAULT, **changes) if changes else DEFAULT


def after_failure(policy: Policy, failure: Failure | None, *, tries: int, elapsed: int) -> Retry | GiveUp:
    """Whether to try again after `tries` tries and `elapsed` ms; `failure` is None for what no policy can name."""
    if failure is None:
        return GiveUp("this kind of failure is never retried")
    if failure not in policy.retry_on:
        return GiveUp(f"the retry policy does not name {failure}")
    if tries > policy.retries:
        return GiveUp(f"{tries} tries were made")
    if elapsed >= policy.total:
        return GiveUp(f"the {policy.total} ms for all tries are over")
    return Retry(policy.edges[tries % len(policy.edges)])


def _number(key: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and low <= int(text) <= high):
        raise WebhookError(WebhookCode.RETRY_POLICY, f"{key} must be a number from {low} to {high}, not {text!r}")
    return int(text)


def _retry_on(text: str) -> frozenset[Failure]:
    names = text.split(",")
    if "all" in names:
        names = [name for name in names if name != "all"] + list(Failure)
    try:
        return frozenset(Failure(name) for name in names)
    except ValueError:
        raise WebhookError(
            WebhookCode.RETRY_POLICY, f"rp is a list of 4xx, 5xx, ct, rt and all, not {text!r}"
        ) from None


def _yes_or_no(key: str, text: str) -> bool:
    if text not in ("y", "n"):
        raise WebhookError(WebhookCode.RETRY_POLICY, f"{key} is y or n, not {text!r}")
    return text == "y"


def _edge(name: str) -> str:
    if name in INTERCONNECTS:
        raise WebhookError(WebhookCode.INTERCONNECT, name)
    if name in NOT_FOR_WEBHOOKS:
        raise WebhookError(WebhookCode.UNSUPPORTED_EDGE, name)
    if name not in EDGES:
        raise WebhookError(WebhookCode.INVALID_EDGE, f"{name!r} is none of {', '.join(sorted(EDGES))}")
    return name
