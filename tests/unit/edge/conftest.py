"""The world of the proxy's tests."""

from collections.abc import AsyncIterator

import pytest
from tests.unit.edge.edge_support import Origin, World, listening

from hookflash.edge.certificates import LocalAuthority
from hookflash.edge.proxy import Proxy

NOW = 1_790_000_000_000  # ms: September 2026


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("edge") / "ca", now=NOW)


@pytest.fixture
async def world(authority: LocalAuthority) -> AsyncIterator[World]:
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
