"""Trunks and the routes to them, changed while the server runs."""

from pathlib import Path
from typing import Any

import pytest

from hookflash.own.client import OwnClient, ServerError
from hookflash.store.directory import DATABASE
from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer

PASSWORD = "s3cr3t-of-a-trunk"


def config(**more: Any) -> dict[str, Any]:
    return {"gateways": [{"address": "127.0.0.1:9", "health": False}], "countries": ["US"], **more}


def test_a_trunk_is_made_changed_and_taken_away(own: OwnClient) -> None:
    """It is shown with its gateways' state; a change replaces its config."""
    made = own.post("trunks", name="north", config=config())
    gateway = {"address": "sip:127.0.0.1:9", "up": None, "reason": "", "since": None}
    assert made["state"] == {"gateways": [gateway], "registration": None}
    assert (made["origin"], made["config"]) == ("api", config())
    changed = own.put("trunks", "north", config=config(channels=3))
    assert changed["config"]["channels"] == 3
    assert own.get("trunks", "north") == changed
    assert own.get("trunks")["trunks"] == [changed]
    own.delete("trunks", "north")
    assert own.get("trunks")["trunks"] == []
    with pytest.raises(ServerError) as gone:
        own.get("trunks", "north")
    assert gone.value.status == 404


def test_a_password_stays_and_is_never_shown(own: OwnClient) -> None:
    """A change that leaves it out keeps it; neither an answer nor the data file has it."""
    fields = config(registrar="127.0.0.1:9", username="us")
    made = own.post("trunks", name="south", config={**fields, "password": PASSWORD})
    changed = own.put("trunks", "south", config={**fields, "expires": 600})
    for answer in (made, changed, own.get("trunks"), own.get("trunks", "south")):
        assert PASSWORD not in str(answer)
    directory = Path(own.get()["data"])
    for file in (directory / DATABASE, directory / f"{DATABASE}-wal"):
        assert not file.exists() or PASSWORD.encode() not in file.read_bytes()
    own.delete("trunks", "south")


def test_what_cannot_be_used_is_refused_with_a_sentence(own: OwnClient) -> None:
    """Nothing is kept of it."""
    with pytest.raises(ServerError, match="no call could come or go") as refusal:
        own.post("trunks", name="odd", config={})
    assert refusal.value.status == 400
    assert own.get("trunks")["trunks"] == []


def test_a_route_needs_its_trunk(own: OwnClient) -> None:
    """A route leads to a trunk that is there or to the simulated network; a trunk goes after the last route to it."""
    with pytest.raises(ServerError) as nowhere:
        own.post("call-routes", trunk="east", prefix="+351")
    assert nowhere.value.status == 404
    own.post("trunks", name="east", config=config())
    route = own.post("call-routes", trunk="east", prefix="+351", priority=1, weight=2)
    home = own.post("call-routes", trunk="simulated", prefix="+1")
    assert own.get("call-routes")["call_routes"] == [home, route]
    with pytest.raises(ServerError, match="1 route"):
        own.delete("trunks", "east")
    own.delete("call-routes", route["sid"])
    own.delete("call-routes", home["sid"])
    own.delete("trunks", "east")


def test_what_the_file_defines_is_changed_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rows of hookflash.toml are shown, and refused to be changed here."""
    routes = [{"trunk": "filed", "prefix": "+44"}]
    place = tmp_path_factory.mktemp("filed")
    with BackgroundServer(place, trunks={"filed": config()}, call_routes=routes) as ready:
        own = Platform(ready).client
        assert own.get("trunks", "filed")["origin"] == "file"
        [route] = own.get("call-routes")["call_routes"]
        for change in (
            lambda: own.put("trunks", "filed", config=config()),
            lambda: own.delete("trunks", "filed"),
            lambda: own.delete("call-routes", route["sid"]),
        ):
            with pytest.raises(ServerError, match="is defined in") as refusal:
                change()
            assert refusal.value.status == 409


def test_refusals_and_registrations_are_the_operators(own: OwnClient, hookflash: Platform) -> None:
    """Both are lists for whoever has the operator token."""
    assert own.get("sip", "refused") == {"refused": []}
    assert own.get("sip", "registrations") == {"registrations": []}
    with pytest.raises(ServerError) as stranger:
        OwnClient(own.api, "wrong").get("sip", "refused")
    assert stranger.value.status == 401
