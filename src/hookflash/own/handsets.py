"""`/hookflash/v1/handsets`: the far end of the simulated network, driven by hand, by rules and by tests."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from hookflash.actions.deliver_to_handset import text_from_handset
from hookflash.domain.clock import SECOND
from hookflash.domain.phone_numbers import parse_short_code
from hookflash.network.handset import Answering as CallAnswering
from hookflash.network.handset import Faults, Handset, HandsetMessage, Rule, topic_of
from hookflash.store.store import Tx

from .answering import LISTED, PREFIX, Answering, Created, Refusal, handset_name, phone_number, query_number, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

PAGE = 100  #: texts in one answer
LONGEST_WAIT = 60_000  #: ms that a request may wait for news
MOST_RULES = 100
LAST_STAMP = (1 << 63) - 1

Url = Annotated[str, msgspec.Meta(max_length=2_000, pattern="^https?://")]


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that a handset writes."""

    to: str
    body: Annotated[str, msgspec.Meta(max_length=1_600)] = ""
    media_urls: Annotated[tuple[Url, ...], msgspec.Meta(max_length=10)] = ()


class Handsets:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        at, operator, developer = f"{PREFIX}/handsets", answering.operator, answering.developer
        one = at + "/{number}"
        return [
            Route(at, operator(self.everyone), methods=["GET"]),
            Route(one, operator(self.fetch), methods=["GET"]),
            Route(one, operator(self.delete), methods=["DELETE"]),
            Route(one + "/faults", operator(self.faults), methods=["GET"]),
            Route(one + "/faults", developer(self.set_faults), methods=["PUT"]),
            Route(one + "/rules", operator(self.rules), methods=["GET"]),
            Route(one + "/rules", operator(self.set_rules), methods=["PUT"]),
            Route(one + "/answering", operator(self.answering), methods=["GET"]),
            Route(one + "/answering", developer(self.set_answering), methods=["PUT"]),
            Route(one + "/messages", operator(self.messages), methods=["GET"]),
            Route(one + "/messages", operator(self.write_text), methods=["POST"]),
        ]

    async def everyone(self, request: Request) -> object:
        """Those that were told how to behave, and those that texted most lately."""
        return {"handsets": await self._exchange.store.read(list_handsets)}

    async def fetch(self, request: Request) -> object:
        return _shown(await self._exchange.store.read(load_handset, _number(request)))

    async def delete(self, request: Request) -> None:
        await self._exchange.store.write(forget_handset, _number(request))

    async def faults(self, request: Request) -> Faults:
        return (await self._exchange.store.read(load_handset, _number(request))).faults

    async def set_faults(self, request: Request) -> Faults:
        faults = await read_body(request, Faults)
        await self._change(request, faults=faults)
        return faults

    async def rules(self, request: Request) -> object:
        return {"rules": (await self._exchange.store.read(load_handset, _number(request))).rules}

    async def set_rules(self, request: Request) -> object:
        rules = (await read_body(request, _Rules)).rules
        await self._change(request, rules=rules)
        return {"rules": rules}

    async def answering(self, request: Request) -> CallAnswering:
        return (await self._exchange.store.read(load_handset, _number(request))).answering

    async def set_answering(self, request: Request) -> CallAnswering:
        """How it takes calls from now on."""
        answering = await read_body(request, CallAnswering)
        await self._change(request, answering=answering)
        return answering

    async def _change(self, request: Request, **changed: object) -> None:
        now = self._exchange.clock.now()
        await self._exchange.store.write(change_handset, _number(request), changed, now=now)

    async def messages(self, request: Request) -> object:
        """Texts after the stamp `after`, or the `last` few; waits up to `wait` ms when there are none."""
        number = _number(request)
        if last := query_number(request, "last", 0, PAGE):
            return {"messages": await self._exchange.store.read(latest_texts, number, last)}
        after = query_number(request, "after", 0, LAST_STAMP)
        wait = query_number(request, "wait", 0, LONGEST_WAIT)
        return {"messages": await self._news(number, after, wait)}

    async def write_text(self, request: Request) -> Created:
        """The handset writes a text to a number of this platform."""
        number, text = phone_number(request.path_params["number"]), await read_body(request, Text)
        if not text.body and not text.media_urls:
            raise Refusal(400, "A text needs a body or media_urls.")
        short_code = parse_short_code(text.to)
        to = short_code.text if short_code else phone_number(text.to)
        sid = await self._exchange.store.write(write_text, number, to, text, now=self._exchange.clock.now())
        return Created({"sid": sid, "from": number, "to": to})

    async def _news(self, number: str, after: int, wait: int) -> list[HandsetMessage]:
        store, bus = self._exchange.store, self._exchange.bus
        topic = topic_of(number)
        news = bus.subscribe(topic)  # before the first look, so that nothing falls between the two
        try:
            texts = await store.read(texts_after, number, after)
            if not texts and wait and await self._comes(news, wait):
                texts = await store.read(texts_after, number, after)
        finally:
            bus.unsubscribe(topic, news)
        return texts

    async def _comes(self, news: asyncio.Event, wait: int) -> bool:
        """Whether `news` was set within `wait` ms; a server that stops waits no longer."""
        waits = [asyncio.ensure_future(event.wait()) for event in (news, self._exchange.stopping)]
        try:
            await asyncio.wait(waits, timeout=wait / SECOND, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waits:
                future.cancel()
        return news.is_set()


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: Annotated[list[Rule], msgspec.Meta(max_length=MOST_RULES)]


class _Active(msgspec.Struct):
    number: str
    stamp: int


async def list_handsets(tx: Tx) -> list[dict[str, object]]:
    """The handsets that somebody used or set up."""
    known = {handset.number: handset for handset in await tx.all(Handset, "handsets.all", limit=LISTED)}
    active = await tx.all(_Active, "handsets.active_numbers", limit=LISTED)
    numbers = dict.fromkeys([*(row.number for row in active), *known])
    return [_shown(known.get(number) or _untold(number)) for number in numbers]


async def load_handset(tx: Tx, number: str) -> Handset:
    """The handset `number`: every number is one."""
    return await tx.one(Handset, "handsets.by_number", number=number) or _untold(number)


async def change_handset(tx: Tx, number: str, changed: Mapping[str, object], *, now: int) -> None:
    """Tell a handset how to behave: `changed` has new values of its `faults`, `rules` or `answering`."""
    handset = msgspec.structs.replace(await load_handset(tx, number), **changed)
    await tx.run(
        "handsets.keep",
        number=number,
        faults=msgspec.json.encode(handset.faults).decode(),
        rules=msgspec.json.encode(handset.rules).decode(),
        answering=msgspec.json.encode(handset.answering).decode(),
        now=now,
    )


async def forget_handset(tx: Tx, number: str) -> None:
    """Drop what a handset was told, and its texts."""
    await tx.run("handsets.drop", number=number)
    await tx.run("handsets.drop_messages", number=number)


async def texts_after(tx: Tx, number: str, after: int) -> list[HandsetMessage]:
    return await tx.all(HandsetMessage, "handsets.messages", number=number, after=after, limit=PAGE)


async def latest_texts(tx: Tx, number: str, limit: int) -> list[HandsetMessage]:
    return await tx.all(HandsetMessage, "handsets.latest", number=number, limit=limit)


async def write_text(tx: Tx, number: str, to: str, text: Text, *, now: int) -> str:
    """Send a text from a handset. Raises Refusal (404) when nobody here has the number `to`."""
    owner = await tx.value("numbers.owner_of", number=to)
    if owner is None:
        raise Refusal(
            404, f"No account of this server has the number {to}; `hookflash numbers list` shows those it has."
        )
    return await text_from_handset(
        tx, number=number, to=to, body=text.body, media_urls=text.media_urls, now=now, account_sid=owner
    )


def _number(request: Request) -> str:
    return handset_name(request.path_params["number"])


def _untold(number: str) -> Handset:
    return Handset(number=number, date_created=0, date_updated=0)


def _shown(handset: Handset) -> dict[str, object]:
    return {
        "number": handset.number,
        "faults": handset.faults,
        "rules": handset.rules,
        "answering": handset.answering,
    }
