"""Calls over trunks, with SIPp as their gateways: which way a call takes, what comes, and what is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.rest_support import Api, serving
from tests.scenarios.sipp_support import HOST, answering, call, free_port, granting, peer, refusing

from hookflash.own.client import OwnClient
from hookflash.settings import Mode

TWIML = "<Response><Pause length='1'/></Response>"
CALLEE = "+14155550123"
FINAL = {"completed", "busy", "no-answer", "failed", "canceled"}


def gateway(port: int, **fields: Any) -> dict[str, Any]:
    return {"address": f"{HOST}:{port}", "health": False, **fields}


def trunk(*gateways: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"gateways": list(gateways), "countries": ["US"], "silence": 500, **fields}


class Place:
    """A platform with trunks."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.port = int(str(api.server.ready["sip"]).rpartition(":")[2])
        self._own = OwnClient(str(api.server.ready["api"]), str(api.server.ready["operator_token"]))

    async def own(self, *path: str) -> Any:
        return await asyncio.to_thread(self._own.get, *path)

    async def called(self, to: str = CALLEE, twiml: str = TWIML) -> dict[str, Any]:
        """A call that REST asked for, once it is over."""
        number = await self.api.bought()
        made = await self.api.post("~/Calls.json", To=to, From=number["phone_number"], Twiml=twiml)
        assert made.status == 201, made.text

        async def over() -> dict[str, Any] | None:
            row: dict[str, Any] = (await self.api.get(made.json["uri"])).json
            return row if row["status"] in FINAL else None

        ended: dict[str, Any] = await eventually(over)
        return ended

    async def told(self, sid: str) -> list[str]:
        """The sentences of a call's timeline."""
        return [event["sentence"] for event in (await self.own("timeline", sid))["events"]]


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(20):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.02)


class Stage:
    """What a test puts up, and takes down at its end."""

    def __init__(self, directory: Path, stack: AsyncExitStack) -> None:
        self._directory = directory
        self._stack = stack

    async def peer(self, scenario: str) -> int:
        return await self._stack.enter_async_context(peer(self._directory, scenario))

    async def place(self, *routes: dict[str, Any], trunks: dict[str, Any], **settings: Any) -> Place:
        serves = serving(self._directory / "data", trunks=trunks, call_routes=list(routes), **settings)
        return Place(await self._stack.enter_async_context(serves))


@pytest.fixture
async def stage(tmp_path: Path) -> Any:
    async with AsyncExitStack() as stack:
        yield Stage(tmp_path, stack)


async def test_a_call_leaves_by_the_gateway_that_can_take_it(stage: Stage) -> None:
    """One refuses with 503, one is silent, the third answers: the call is one call, and its timeline shows all."""
    ports = [await stage.peer(refusing("503 Service Unavailable")), free_port(), await stage.peer(answering())]
    west = trunk(*(gateway(port, priority=number) for number, port in enumerate(ports)), format="plain")
    place = await stage.place({"trunk": "west", "prefix": "+1"}, trunks={"west": west})
    row = await place.called()
    assert (row["status"], row["to"], row["direction"]) == ("completed", CALLEE, "outbound-api")
    told = await place.told(row["sid"])
    invites = [sentence for sentence in told if sentence.startswith("Sent INVITE")]
    assert invites == [f"Sent INVITE sip:14155550123@{HOST}:{port}" for port in ports]
    assert "Received 503 Service Unavailable" in told
    assert "It rings" in told


async def test_busy_is_final(stage: Stage) -> None:
    """What the callee says is not asked of the next gateway."""
    ports = [await stage.peer(refusing("486 Busy Here")), await stage.peer(answering())]
    west = trunk(*(gateway(port, priority=number) for number, port in enumerate(ports)))
    place = await stage.place({"trunk": "west"}, trunks={"west": west})
    row = await place.called()
    assert row["status"] == "busy"
    assert sum("INVITE" in sentence for sentence in await place.told(row["sid"])) == 1


async def test_the_next_trunk_takes_what_the_first_cannot(stage: Stage) -> None:
    """Trunks go by the order of their routes, once all gateways of one have failed."""
    refuses, answers = await stage.peer(refusing("500 Server Internal Error")), await stage.peer(answering())
    trunks = {"west": trunk(gateway(refuses)), "east": trunk(gateway(answers))}
    place = await stage.place({"trunk": "east", "priority": 2}, {"trunk": "west", "priority": 1}, trunks=trunks)
    assert (await place.called())["status"] == "completed"


async def test_when_no_gateway_answers_the_call_fails(stage: Stage) -> None:
    """Not `no-answer`: nobody's phone rang."""
    place = await stage.place({"trunk": "west"}, trunks={"west": trunk(gateway(free_port()), gateway(free_port()))})
    row = await place.called()
    assert row["status"] == "failed"
    assert any("No answer within 0.5 s" in sentence for sentence in await place.told(row["sid"]))


async def test_a_trunk_dials_only_where_it_may(stage: Stage) -> None:
    """A country that is not named, and in operator mode a number without a route, fail with a sentence."""
    operator = {"mode": Mode.OPERATOR, "voice_countries": ("US", "PT")}
    place = await stage.place(
        {"trunk": "west", "prefix": "+351"}, trunks={"west": trunk(gateway(free_port()))}, **operator
    )
    abroad, unrouted = await place.called("+351210000000"), await place.called()
    assert [abroad["status"], unrouted["status"]] == ["failed", "failed"]
    assert any("add PT to its `countries`" in sentence for sentence in await place.told(abroad["sid"]))
    assert any("add one to `call_routes`" in sentence for sentence in await place.told(unrouted["sid"]))


@pytest.mark.parametrize(("marked", "status"), [(True, "completed"), (False, "failed")])
async def test_emergency_numbers_leave_by_a_trunk_that_is_marked(stage: Stage, marked: bool, status: str) -> None:
    """A `<Dial>` may ask for one; what carries it is the operator's word."""
    west = trunk(gateway(await stage.peer(answering())), emergency=marked, prefix="77")
    place = await stage.place({"trunk": "west"}, trunks={"west": west})
    row = await place.called(twiml="<Response><Dial timeLimit='1'>911</Dial></Response>")
    [child] = (await place.api.get("~/Calls.json", ParentCallSid=row["sid"])).json["calls"]
    assert (child["to"], child["status"]) == ("911", status)
    told = await place.told(child["sid"])
    assert any("not marked for emergency" in sentence for sentence in told) is not marked


async def test_applications_do_not_reach_our_own_network(stage: Stage) -> None:
    """In operator mode a SIP address leads to the public internet, or where `sip_allow` says."""
    port = await stage.peer(answering())
    place = await stage.place(trunks={}, mode=Mode.OPERATOR)
    row = await place.called(f"sip:ann@{HOST}:{port}")
    assert row["status"] == "failed"
    assert any("calls may not reach" in sentence for sentence in await place.told(row["sid"]))


async def test_sip_allow_names_networks_that_may_be_called(stage: Stage) -> None:
    """A PBX of one's own, say."""
    port = await stage.peer(answering())
    place = await stage.place(trunks={}, mode=Mode.OPERATOR, sip_allow=("127.0.0.0/8",))
    assert (await place.called(f"sip:ann@{HOST}:{port}"))["status"] == "completed"


async def test_a_call_from_a_trunk_reaches_its_number(stage: Stage, tmp_path: Path) -> None:
    """Numbers are read as the trunk writes them; a number that nobody has gets 404, and the operator sees why."""
    trunks = {"west": {"networks": [f"{HOST}/32"], "country": "US"}}
    place = await stage.place(trunks=trunks)
    url = str(place.api.server.ready["api"])
    number = await place.api.bought(AreaCode="415", VoiceUrl=f"{url}/nowhere")
    digits = number["phone_number"].removeprefix("+1")
    assert await call(tmp_path, place.port, caller="4155550188", callee=digits, status=200)
    [row] = (await place.api.get("~/Calls.json", To=number["phone_number"])).json["calls"]
    assert (row["from"], row["direction"]) == ("+14155550188", "inbound")
    assert await call(tmp_path, place.port, caller="4155550188", callee="4155559999", status=404)
    [refused] = (await place.own("sip", "refused"))["refused"]
    assert (refused["status"], refused["source"]) == (404, HOST)
    assert refused["why"] == "No account here has this number, or not for calls."


async def test_a_stranger_is_refused_and_the_operator_sees_why(stage: Stage, tmp_path: Path) -> None:
    """Who is no trunk and names no domain gets a status, and no more."""
    place = await stage.place(trunks={})
    assert await call(tmp_path, place.port, caller="4155550188", callee="4155559999", status=403)
    [refused] = (await place.own("sip", "refused"))["refused"]
    assert refused["why"] == "The source address belongs to no trunk, and the call names no domain."


async def test_health_and_registration_are_shown(stage: Stage) -> None:
    """A gateway that answers OPTIONS is up, and so is a registration that was granted; the metrics say so too."""
    asked, registrar = await stage.peer(granting("OPTIONS")), await stage.peer(granting("REGISTER"))
    west = {
        "gateways": [{"address": f"{HOST}:{asked}"}],
        "registrar": f"{HOST}:{registrar}",
        "username": "us",
        "password": "s3cr3t",
    }
    place = await stage.place(trunks={"west": west})

    async def all_up() -> dict[str, Any] | None:
        state: dict[str, Any] = (await place.own("trunks", "west"))["state"]
        return state if state["registration"]["up"] and state["gateways"][0]["up"] else None

    state = await eventually(all_up)
    assert (state["registration"]["reason"], state["gateways"][0]["reason"]) == ("We are registered.", "It answers.")
    page = (await place.api.ask("GET", "/metrics")).text
    assert f'hookflash_trunk_up{{gateway="sip:{HOST}:{asked}",trunk="west"}} 1.0' in page
    assert 'hookflash_trunk_up{gateway="registration",trunk="west"} 1.0' in page
