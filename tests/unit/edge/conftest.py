"""The world of the proxy's tests."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop
from tests.unit.edge.edge_support import Origin, World, listening

from hookflash.edge.certificates import LocalAuthority
from hookflash.edge.proxy import Proxy

NOW = 1_790_000_000_000  # ms: September 2026


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops: they report a broken connection in different words."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("edge") / "ca", now=NOW)


@pytest.fixture
async def world(authority: LocalAuthority) -> AsyncIterator[World]:
    problems: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    plain, https, elsewhere = Origin("plain"), Origin("https"), Origin("elsewhere")
    async with (
        listening(plain.serve) as plain.port,
        listening(https.serve, authority.context) as https.port,
        listening(elsewhere.serve) as elsewhere.port,
    ):
        proxy = Proxy(
            host="127.0.0.1",
            port=0,
            plain=("127.0.0.1", plain.port),
            https=("127.0.0.1", https.port),
            bundle=authority.bundle,
        )
        await proxy.start()
        yield World(proxy, authority, plain, https, elsewhere)
        await proxy.stop()
    assert problems == []  # an exception that nobody awaited
