"""The image and the compose file: no engine runs here, so what they say is held against the code."""

from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from hookflash.api.registry import OPERATIONS
from hookflash.cli.commands import app
from hookflash.edge.names import AUTHY, is_ours
from hookflash.own.names import SERVED_NAMES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_every_product_has_its_network_alias(compose: dict[str, Any]) -> None:
    """An unmodified app asks for `messaging.twilio.com`: the network must know it, for each product we serve."""
    aliases = set(compose["services"]["hookflash"]["networks"]["twilio"]["aliases"])
    served = {product.host for product in OPERATIONS} | {AUTHY}
    assert served <= aliases
    assert all(is_ours(alias) for alias in aliases)
    assert {name for name in SERVED_NAMES if is_ours(name)} <= aliases


def test_the_command_of_the_service_is_one_of_ours(compose: dict[str, Any]) -> None:
    """Each option in the compose file and in the image is one that `hookflash serve` has."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    given = [word for word in compose["services"]["hookflash"]["command"] if word.startswith("--")]
    given += [word.strip('",] ') for word in image.rpartition("CMD")[2].split(",") if "--" in word]
    command: Any = typer.main.get_command(app)
    known = {option for parameter in command.commands["serve"].params for option in parameter.opts}
    assert {word.partition("=")[0] for word in given} <= known


def test_the_image_is_built_of_what_is_there() -> None:
    """Each file that the image copies is in the checkout and is not kept from the builder."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_in
