"""Media and the carriers that do not take them: each gets what it can carry, in the order of the routes."""

from random import Random

import pytest
from tests.unit.actions.world import PERSON, World

from hookflash.actions.keep_media import Fetched, begin_fetches, keep_media
from hookflash.carriers.carrier import CarrierRefusedError, OutboundMessage, Submitted
from hookflash.carriers.fleet import Fleet
from hookflash.carriers.routing import Route
from hookflash.domain.media_links import MediaLinks
from hookflash.runtime.submitter import Submitter


class Hand:
    """A carrier that takes what it is given, or refuses all of it."""

    def __init__(self, name: str, *, carries_media: bool, refuses: bool = False) -> None:
        self.name = name
        self.carries_media = carries_media
        self._refuses = refuses
        self.took: list[OutboundMessage] = []

    def itself(self) -> "Hand":
        return self

    async def start(self) -> None:
        """Nothing to connect to."""

    async def submit(self, message: OutboundMessage) -> Submitted:
        if self._refuses:
            raise CarrierRefusedError("no", error_code=30004)
        self.took.append(message)
        return Submitted(ids=(message.sid,))

    def state(self) -> dict[str, object]:
        return {}

    async def close(self, grace: int) -> None:
        """Nothing to end."""


class Clock:
    """The world's clock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> int:
        return self._world.now

    async def wait_until(self, moment: int) -> None:
        self._world.now = max(self._world.now, moment)


async def fleet_of(*carriers: Hand) -> Fleet:
    fleet = Fleet(simulated=Hand("simulated", carries_media=True), random=Random(1))
    routes = [
        Route(
            sid=f"RT{number}",
            carrier=carrier.name,
            prefix="",
            sender=None,
            account_sid=None,
            priority=number,
            weight=1,
            origin="api",
            date_created=0,
            date_updated=0,
        )
        for number, carrier in enumerate(carriers)
    ]
    await fleet.apply({carrier.name: ("1", carrier.itself) for carrier in carriers}, routes)
    return fleet


async def send_picture(world: World, fleet: Fleet, **wanted: str) -> str:
    """Send a media message from the first number, up to its carrier; returns its SID."""
    message = await world.send(media_urls=("https://a.example/b",), **wanted)
    (fetch,) = await world.do(begin_fetches, await world.lease("media"))
    picture = Fetched(content_type="image/png", size=3, digest="ab" * 32)
    await world.do(keep_media, fetch, [picture], [], (), now=world.now)
    links = MediaLinks(base=lambda: "https://here.example", key=None)
    submitter = Submitter(store=world.store, fleet=fleet, clock=Clock(world), links=links)
    for submit in await world.do(submitter.begin, await world.lease("submit")):
        await submitter.perform(submit)
    return message.sid


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_carrier_of_media_is_tried_after_one_that_carries_none(world: World, refuses: bool) -> None:
    """What the last of them said is the error."""
    text, media = Hand("text", carries_media=False), Hand("media", carries_media=True, refuses=refuses)
    fleet = await fleet_of(text, media)
    assert fleet.carries_media(PERSON, "+14155550100", world.account.sid)
    sid = await send_picture(world, fleet)
    assert text.took == []
    if refuses:
        assert await world.status(sid) == ("failed", 30004)
    else:
        assert [len(message.media_urls) for message in media.took] == [1]


async def test_a_service_sends_links_where_media_cannot_go(world: World) -> None:
    """MmsConverter; without it 30011, as for a number by itself."""
    text = Hand("text", carries_media=False)
    fleet = await fleet_of(text)
    assert not fleet.carries_media(PERSON, "+14155550100", world.account.sid)
    number = await world.number("+14155550160")
    service = await world.service(number)
    sid = await send_picture(world, fleet, sender=number.phone_number, service_sid=service.sid)
    (message,) = text.took
    assert message.body.startswith("Hello\nhttps://here.example/2010-04-01/Accounts/")
    assert message.media_urls == ()
    assert await world.status(sid) == ("sent", None)
    assert await world.status(await send_picture(world, fleet)) == ("failed", 30011)
