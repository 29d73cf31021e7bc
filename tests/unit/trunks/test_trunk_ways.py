"""Which gateways a call is tried on, in which order, and what the INVITE says."""

from random import Random
from typing import Any

import msgspec
import pytest

from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.testing.leg import ScriptedLeg
from hookflash.testing.loop import run_jumping
from hookflash.trunks.config import TrunkConfig
from hookflash.trunks.live_trunk import LiveTrunk
from hookflash.trunks.load import call_route_row
from hookflash.trunks.routing import CallRoute
from hookflash.trunks.trunks import NoTrunkError, Trunks

BASE = protocol.Dial(leg=0, uri="", from_uri="", headers={"X-Tag": "1"})
US, PORTUGAL, CALLER = "+14155550100", "+351210000000", "+14155550199"


class Place:
    """Trunks over a switch that only notes what it is told."""

    def __init__(self, *trunks: LiveTrunk, routes: list[CallRoute] | None = None) -> None:
        self.dialled: list[protocol.Dial] = []
        self.trunks = Trunks(dial=self._dial, next_number=lambda: 7, own_host="us.test", random=Random(1))
        self.trunks.apply([*trunks], routes or [])

    def _dial(self, command: protocol.Dial) -> Leg:
        self.dialled.append(command)
        return ScriptedLeg(command.leg)

    def names(self, recipient: str = US, *names: str) -> list[str]:
        known = names or tuple(trunk.name for trunk in self.trunks.all())
        return [way.name for way in self.trunks.ways([*known], recipient=recipient, sender=CALLER, base=BASE)]

    def command(self, recipient: str = US, sender: str = CALLER) -> protocol.Dial:
        """What the switch is told for the first way."""
        names = [trunk.name for trunk in self.trunks.all()]

        async def dial() -> None:
            self.trunks.ways(names, recipient=recipient, sender=sender, base=BASE)[0].dial(9_000)

        run_jumping(dial())
        return self.dialled[-1]


def trunk(name: str, *hosts: str, **fields: Any) -> LiveTrunk:
    gateways = fields.pop("gateways", [{"address": host} for host in hosts])
    spec = {"gateways": gateways, "countries": ["US"], **fields}
    return LiveTrunk(name, msgspec.convert(spec, TrunkConfig))


def state(name: str, host: str, *, up: bool) -> protocol.TrunkState:
    return protocol.TrunkState(leg=0, at=5, trunk=name, gateway=f"sip:{host}", up=up, reason="It does not answer.")


def route(name: str, **fields: Any) -> CallRoute:
    return call_route_row({"trunk": name, **fields}, origin="api", now=0)


def test_gateways_go_by_priority_then_weight() -> None:
    """A lower priority first; of one priority each comes first as often as its weight says."""
    hosts = [
        {"address": "last", "priority": 2},
        {"address": "often", "priority": 1, "weight": 9},
        {"address": "seldom", "priority": 1, "weight": 1},
    ]
    place = Place(trunk("west", gateways=hosts))
    firsts = [place.names()[0] for _ in range(500)]
    assert {name.split(" ")[0] for name in firsts} == {"sip:often", "sip:seldom"}
    assert 400 < sum("often" in name for name in firsts) < 490
    assert all(place.names()[-1] == "sip:last of the trunk west" for _ in range(20))


def test_a_gateway_that_is_down_is_passed_over_until_it_is_up() -> None:
    """With all of them down the call is refused, and told why."""
    place = Place(trunk("west", "a", "b"))
    place.trunks.hear(state("west", "a", up=False))
    assert place.names() == ["sip:b of the trunk west"]
    place.trunks.hear(state("west", "b", up=False))
    with pytest.raises(NoTrunkError, match=r"All gateways are down: It does not answer\.") as refusal:
        place.names()
    assert refusal.value.status == 503
    place.trunks.hear(state("west", "a", up=True))
    assert place.names() == ["sip:a of the trunk west"]


def test_what_is_known_of_a_gateway_outlives_a_change() -> None:
    """The switch tells a change of health once; another setting of the trunk does not make it unknown."""
    place = Place(trunk("west", "a", "b"))
    place.trunks.hear(state("west", "a", up=False))
    place.trunks.apply([trunk("west", "a", "c", channels=5)], [])
    assert place.names() == ["sip:c of the trunk west"]


def test_the_next_trunk_follows_the_gateways_of_the_first() -> None:
    """Trunks are tried in the order of their routes."""
    place = Place(trunk("west", "a"), trunk("east", "b"))
    assert place.names(US, "east", "west") == ["sip:b of the trunk east", "sip:a of the trunk west"]


def test_a_trunk_dials_the_countries_that_it_names() -> None:
    """Without `countries` it dials nobody; another trunk of the route may."""
    with pytest.raises(NoTrunkError, match="dials nobody yet: to allow it, add US") as refusal:
        Place(trunk("west", "a", countries=[])).names()
    assert refusal.value.status == 403
    with pytest.raises(NoTrunkError, match="dials US only: to allow it, add PT"):
        Place(trunk("west", "a")).names(PORTUGAL)
    both = Place(trunk("west", "a"), trunk("any", "b", countries=["*"]))
    assert both.names(PORTUGAL) == ["sip:b of the trunk any"]


def test_emergency_numbers_need_a_trunk_that_is_marked() -> None:
    """Countries do not allow them."""
    with pytest.raises(NoTrunkError, match="emergency"):
        Place(trunk("west", "a", countries=["*"])).names("911")
    assert Place(trunk("west", "a", countries=[], emergency=True)).names("911") == ["sip:a of the trunk west"]


def test_a_route_to_nowhere_is_told() -> None:
    """A trunk that was taken away is named."""
    with pytest.raises(NoTrunkError, match="leads to south, and there is no such trunk"):
        Place().names(US, "south")


def test_the_most_specific_route_wins() -> None:
    """Account before prefix, the longer prefix before the shorter, priority among equals."""
    routes = [
        route("any"),
        route("us", prefix="+1"),
        route("bay", prefix="+1415", priority=2),
        route("bay-first", prefix="+1415", priority=1),
        route("own", account_sid="AC1"),
    ]
    place = Place(routes=routes)

    def routed(recipient: str, account_sid: str = "AC2") -> list[str]:
        return place.trunks.routed(recipient=recipient, sender=CALLER, account_sid=account_sid)

    assert routed(US) == ["bay-first", "bay", "us", "any"]
    assert routed(PORTUGAL) == ["any"]
    assert routed(US, "AC1")[0] == "own"
    assert Place(routes=[route("us", prefix="+1")]).trunks.routed(
        recipient=PORTUGAL, sender=CALLER, account_sid="AC2"
    ) == []  # fmt: skip


def test_the_invite_goes_to_the_gateway_with_the_trunks_numbers() -> None:
    """Request URI and From are those of the trunk, the next hop is the gateway, and custom headers stay."""
    place = Place(trunk("west", "192.0.2.1:5080", format="plain", prefix="77", username="us", password="pw"))
    command = place.command()
    assert (command.uri, command.next_hop) == ("sip:7714155550100@192.0.2.1:5080", "sip:192.0.2.1:5080")
    assert (command.from_uri, command.username, command.password) == ("sip:14155550199@us.test", "us", "pw")
    assert (command.headers, command.leg, command.ring_ms) == ({"X-Tag": "1"}, 7, 9_000)


def test_another_domain_and_an_asserted_caller() -> None:
    """With P-Asserted-Identity, From is the user of the trunk, at the trunk's domain."""
    gateways = [{"address": "sip:192.0.2.1;transport=tls"}]
    fields = {"domain": "ims.test", "caller_id": "p-asserted-identity", "username": "us", "srtp": "required"}
    command = Place(trunk("west", gateways=gateways, **fields)).command()
    assert command.uri == "sip:+14155550100@ims.test;transport=tls"
    assert command.from_uri == "sip:us@ims.test"
    assert command.headers["P-Asserted-Identity"] == "<sip:+14155550199@ims.test>"
    assert command.srtp == "required"


def test_who_has_no_number_calls_anonymously() -> None:
    """A client or a SIP address has no number that the telephone network would show."""
    assert Place(trunk("west", "a")).command(sender="client:ann").from_uri == "sip:anonymous@us.test"


def test_a_trunk_dials_at_its_rate() -> None:
    """Two calls a second: the third at once waits a second."""
    west = trunk("west", "a", calls_per_second=2.0)
    waits: list[float] = []
    for _ in range(3):
        waits.append(west.wait(10.0))
        west.leave(10.0)
    assert waits == [0.0, 0.5, 1.0]
    assert west.wait(20.0) == 0.0


def test_the_switch_is_told_of_networks_channels_and_registrar() -> None:
    """What it has to know to admit calls, to register and to count."""
    west = trunk("west", "a", registrar="reg.test", username="u", password="p", channels=3, incoming_per_second=4.5)
    told = west.as_configured()
    assert told.register == protocol.Registration(uri="sip:reg.test", username="u", password="p")
    assert (told.channels, told.per_second, told.gateways) == (3, 4.5, [protocol.Gateway(address="sip:a")])
