import threading
from collections.abc import Iterator

import pytest
import shop
from werkzeug.serving import make_server

from hookflash.testing.platform import Platform


@pytest.fixture
def address(hookflash: Platform, hookflash_environment: dict[str, str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, shop.app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    hookflash.configure(sms_url=f"{url}/sms")
    yield url
    server.shutdown()
    thread.join()


async def test_the_buyer_hears_of_the_parcel(hookflash: Platform, address: str) -> None:
    buyer = hookflash.handset("+14155551212")
    shop.ship(7, to=buyer.number, sender=hookflash.number, callback=f"{address}/status")
    text = await buyer.received("Order 7")
    assert text.sender == hookflash.number


def test_the_buyer_asks_when(hookflash: Platform, address: str) -> None:
    buyer = hookflash.handset("+14155551212")
    buyer.text("When does it come?", to=hookflash.number)
    buyer.received_sync("tomorrow")


def test_a_number_that_is_gone(hookflash: Platform, address: str) -> None:
    buyer = hookflash.handset("+14155551213")
    buyer.faults(error_code=30005)
    shop.ship(8, to=buyer.number, sender=hookflash.number, callback=f"{address}/status")
    hookflash.clock.advance(seconds=0)  # comes back once the platform is quiet
    assert ("+14155551213", "30005") in shop.lost
