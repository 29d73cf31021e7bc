"""Who may call and register over SIP, as rows become what the switch is told."""

from collections.abc import AsyncIterator
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest
from tests.unit.store.store_support import opened

from hookflash.domain.sip import (
    CredentialList,
    IpAccessControlList,
    SipCredential,
    SipDomain,
    SipIpAddress,
    SipMapping,
)
from hookflash.runtime.admission import admitted
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol

NOW: Any = {"date_created": 1, "date_updated": 1}
VAULT = Vault(b"secret")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as store:
        yield store


async def fill(tx: Tx, *, registers: bool = True, secure: bool = False) -> None:
    """A domain with a list of callers, one of phones and one of addresses, and a bare domain of another account."""
    domain = SipDomain(
        account_sid="AC1", sid="SD1", domain_name="d.localhost", sip_registration=registers, secure=secure, **NOW
    )
    await tx.insert("sip_domains", domain)
    await tx.insert("sip_domains", SipDomain(account_sid="AC2", sid="SD2", domain_name="e.localhost", **NOW))
    for sid, user in (("CL1", "caller"), ("CL2", "phone")):
        await tx.insert("sip_credential_lists", CredentialList(account_sid="AC1", sid=sid, friendly_name="", **NOW))
        row = SipCredential(
            account_sid="AC1",
            sid=f"CR{sid}",
            credential_list_sid=sid,
            username=user,
            password=VAULT.seal("Correct-Horse-42"),
            **NOW,
        )
        await tx.insert("sip_credentials", row)
    await tx.insert(
        "sip_ip_access_control_lists", IpAccessControlList(account_sid="AC1", sid="AL1", friendly_name="", **NOW)
    )
    address = SipIpAddress(
        account_sid="AC1",
        sid="IP1",
        ip_access_control_list_sid="AL1",
        friendly_name="",
        ip_address="192.0.2.0",
        cidr_prefix_length=24,
        **NOW,
    )
    await tx.insert("sip_ip_addresses", address)
    for sid, purpose in (("CL1", "calls"), ("CL2", "registrations"), ("AL1", "calls")):
        mapping = SipMapping(account_sid="AC1", sid=sid, domain_sid="SD1", purpose=purpose, friendly_name="", **NOW)
        await tx.insert("sip_mappings", mapping)


def credential(user: str) -> protocol.Credential:
    secret = f"{user}:d.localhost:Correct-Horse-42".encode()
    return protocol.Credential(user, md5(secret, usedforsecurity=False).hexdigest(), sha256(secret).hexdigest())


async def test_lists_that_are_mapped_let_in(store: SqliteStore) -> None:
    """Callers and phones by the hashes of digest, networks as CIDR; the password itself stays here."""
    await store.write(fill)
    domains, trunks, routes = await store.read(admitted, VAULT)
    first, second = sorted(domains, key=lambda domain: domain.name)
    assert first == protocol.Domain(
        name="d.localhost",
        networks=["192.0.2.0/24"],
        credentials=[credential("caller")],
        registration=[credential("phone")],
    )
    assert second == protocol.Domain(name="e.localhost")  # with nothing mapped it refuses everybody
    assert (trunks, routes) == ([], [])


async def test_a_domain_without_registration_has_no_phones(store: SqliteStore) -> None:
    """What is mapped for registrations does not count while the domain has them off; `secure` is passed on."""
    await store.write(fill, registers=False, secure=True)
    domains, _, _ = await store.read(admitted, VAULT)
    (domain,) = [domain for domain in domains if domain.name == "d.localhost"]
    assert (domain.registration, domain.secure) == ([], True)
    assert domain.credentials == [credential("caller")]
