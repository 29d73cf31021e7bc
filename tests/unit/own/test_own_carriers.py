"""Carriers and routes, changed while the server runs."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hookflash.own.client import OwnClient, ServerError
from hookflash.store.directory import DATABASE
from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer

PASSWORD = "s3cr3t"


@pytest.fixture
def centre() -> Iterator[socket.socket]:
    """Where a message centre would listen: whoever dials can be seen."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def config(centre: socket.socket, **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": centre.getsockname()[1], "system_id": "us", "password": PASSWORD, **more}


def bind_of(centre: socket.socket) -> bytes:
    """The first bytes of the next one who dials."""
    peer, _ = centre.accept()
    with peer:
        peer.settimeout(10)
        return peer.recv(1_000)


def test_a_carrier_is_dialled_at_once_and_again_after_a_change(own: OwnClient, centre: socket.socket) -> None:
    """A new carrier binds without a restart; a change binds anew, and a password that is left out stays."""
    own.post("carriers", name="north", config=config(centre))
    assert b"us\0" + PASSWORD.encode() in bind_of(centre)
    changed = {name: value for name, value in config(centre, system_id="them").items() if name != "password"}
    own.put("carriers", "north", config=changed)
    assert b"them\0" + PASSWORD.encode() in bind_of(centre)
    own.delete("carriers", "north")
    assert "north" not in {carrier["name"] for carrier in own.get("carriers")["carriers"]}


def test_a_password_is_never_shown_nor_kept_in_clear(
    own: OwnClient, hookflash: Platform, centre: socket.socket
) -> None:
    """Neither an answer nor the data file has it."""
    made = own.post("carriers", name="south", config=config(centre))
    for answer in (made, own.get("carriers"), own.get("carriers", "south")):
        assert PASSWORD not in str(answer)
    directory = Path(own.get()["data"])
    for file in (directory / DATABASE, directory / f"{DATABASE}-wal"):
        assert not file.exists() or PASSWORD.encode() not in file.read_bytes()
    own.delete("carriers", "south")


def test_a_route_needs_its_carrier(own: OwnClient, centre: socket.socket) -> None:
    """A route leads to a carrier that is there, and a carrier goes after the last route to it."""
    own.post("carriers", name="east", config=config(centre))
    route = own.post("routes", carrier="east", prefix="+351", priority=1, weight=2)
    assert route in own.get("routes")["routes"]
    with pytest.raises(ServerError, match="1 route"):
        own.delete("carriers", "east")
    own.delete("routes", route["sid"])
    own.delete("carriers", "east")
    with pytest.raises(ServerError) as gone:
        own.delete("routes", route["sid"])
    assert gone.value.status == 404


def test_what_the_file_defines_is_changed_there(
    tmp_path_factory: pytest.TempPathFactory, centre: socket.socket
) -> None:
    """Rows of hookflash.toml are shown, and refused to be changed here."""
    routes = [{"carrier": "filed", "prefix": "+44"}]
    place = tmp_path_factory.mktemp("filed")
    with BackgroundServer(place, carriers={"filed": config(centre)}, routes=routes) as ready:
        own = Platform(ready).client
        assert own.get("carriers", "filed")["origin"] == "file"
        [route] = own.get("routes")["routes"]
        for change in (
            lambda: own.put("carriers", "filed", config=config(centre)),
            lambda: own.delete("carriers", "filed"),
            lambda: own.delete("routes", route["sid"]),
        ):
            with pytest.raises(ServerError, match="is defined in") as refusal:
                change()
            assert refusal.value.status == 409


def test_a_name_is_taken_once(own: OwnClient, centre: socket.socket) -> None:
    """Two carriers of one name, or one called as the simulated network is, are refused."""
    own.post("carriers", name="west", config=config(centre))
    with pytest.raises(ServerError) as taken:
        own.post("carriers", name="west", config=config(centre))
    assert taken.value.status == 409
    with pytest.raises(ServerError) as reserved:
        own.post("carriers", name="simulated", config=config(centre))
    assert reserved.value.status == 400
    own.delete("carriers", "west")
