"""Where callers come from and callees are."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from tests.unit.store.store_support import opened

from hookflash.domain.sip import SipDomain
from hookflash.network.handset_calls import HandsetCalls
from hookflash.network.lines import Lines
from hookflash.runtime.places import CallPlaces
from hookflash.store.sqlite import SqliteStore
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.switch import Switch
from hookflash.trunks.trunks import Trunks

NOW: Any = {"date_created": 1, "date_updated": 1}


class NoTrunks:
    """A server to which no carrier is connected."""

    def get(self, name: str) -> None:
        return None


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


@pytest.fixture
def places(store: SqliteStore) -> CallPlaces:
    return CallPlaces(
        switch=cast("Switch", None),  # nobody is dialled here
        handsets=cast("HandsetCalls", None),
        lines=cast("Lines", None),
        trunks=cast("Trunks", NoTrunks()),
        store=store,
        vault=Vault(b"secret"),
        own_host="example.com",
        simulates=True,
        reach=None,
        is_registered=lambda domain, user: False,
    )


def invited(**fields: Any) -> protocol.Invited:
    values: dict[str, Any] = {"leg": 1, "at": 0, "from_": "+14155551212", "to": "+14155550100"}
    return protocol.Invited(**(values | fields))


@pytest.mark.parametrize(
    ("caller", "sender"),
    [("+14155551212", "+14155551212"), ("(415) 555-1212", "+14155551212"), ("", "anonymous"), ("unknown", "unknown")],
)
async def test_a_handset_calls_with_its_number(places: CallPlaces, caller: str, sender: str) -> None:
    """As E.164 where it is one; who hides it is anonymous."""
    call, answerer = await places.arrived(invited(from_=caller))
    assert (call.sender, call.recipient, call.params) == (sender, "+14155550100", {})
    assert answerer is None  # whoever has the number answers


async def test_a_sip_domain_answers_for_itself(places: CallPlaces, store: SqliteStore) -> None:
    """Its URLs are asked, whatever user was called; the application learns the SIP side and the headers of its own."""
    domain = SipDomain(
        account_sid="AC1",
        sid="SD1",
        domain_name="office.localhost",
        voice_url="http://app/voice",
        voice_fallback_url="http://app/fallback",
        voice_status_callback_url="http://app/status",
        **NOW,
    )
    await store.write(lambda tx: tx.insert("sip_domains", domain))
    call, answerer = await places.arrived(
        invited(
            from_="ann",
            to="desk",
            from_uri="sip:ann@office.localhost",
            to_uri="sip:desk@office.localhost",
            domain="Office.localhost",
            call_id="abc",
            source="192.0.2.1",
            headers={"X-Order": "7", "User-Agent": "phone"},
        )
    )
    assert (call.sender, call.recipient) == ("sip:ann@office.localhost", "sip:desk@office.localhost")
    assert call.params == {
        "SipCallId": "abc",
        "SipSourceIp": "192.0.2.1",
        "SipDomain": "Office.localhost",
        "SipDomainSid": "SD1",
        "SipHeader_X-Order": "7",
    }
    assert answerer is not None
    assert (answerer.account_sid, answerer.source.url, answerer.source.fallback_url, answerer.status_callback) == (
        "AC1",
        "http://app/voice",
        "http://app/fallback",
        "http://app/status",
    )


async def test_a_domain_that_is_gone_has_nobody(places: CallPlaces) -> None:
    """A simulated call to a SIP address of no domain: nobody answers it."""
    _, answerer = await places.arrived(invited(to="sip:desk@nowhere.localhost"))
    assert answerer is None
