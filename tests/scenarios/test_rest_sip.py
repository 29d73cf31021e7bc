"""SIP over REST: domains, credential lists, IP access control lists, and what is mapped to what."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.rest_support import Api, serving
from tests.unit.api.provoked import SIP

from hookflash.domain.sip import SipCredential
from hookflash.runtime.admission import admitted
from hookflash.store.tables import Table, equal
from hookflash.switch.protocol import Domain

PASSWORD = "Correct-Horse-42"
DOMAINS, LISTS, ACCESS = "~/SIP/Domains", "~/SIP/CredentialLists", "~/SIP/IpAccessControlLists"
CALLS, REGISTRATIONS = "Auth/Calls", "Auth/Registrations"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(tmp_path) as api:
        yield api


async def made(api: Api, path: str, **form: str) -> dict[str, Any]:
    reply = await api.post(f"{path}.json", **form)
    assert reply.status == 201, reply.text
    found: dict[str, Any] = reply.json
    return found


async def domain(api: Api, name: str = "office.localhost", **form: str) -> dict[str, Any]:
    return await made(api, DOMAINS, DomainName=name, **form)


async def credentials(api: Api, username: str = "ann") -> dict[str, Any]:
    """A credential list with one user."""
    made_list = await made(api, LISTS, FriendlyName="phones")
    await made(api, f"{LISTS}/{made_list['sid']}/Credentials", Username=username, Password=PASSWORD)
    return made_list


async def access(api: Api, address: str = "192.0.2.0", prefix: str = "24") -> dict[str, Any]:
    """An IP access control list with one network."""
    made_list = await made(api, ACCESS, FriendlyName="offices")
    fields = {"FriendlyName": "one", "IpAddress": address, "CidrPrefixLength": prefix}
    await made(api, f"{ACCESS}/{made_list['sid']}/IpAddresses", **fields)
    return made_list


async def as_the_switch_knows(api: Api) -> Domain:
    exchange = api.server.exchange
    [found], _, _ = await exchange.store.read(admitted, exchange.vault)
    return found


async def test_a_domain_is_made_changed_and_deleted(api: Api) -> None:
    """Its name is kept in small letters; it shows where its mappings are, and refuses everybody at first."""
    fields = {"VoiceUrl": "https://app.test/voice", "VoiceMethod": "GET", "SipRegistration": "true"}
    shown = await domain(api, "Office.LocalHost", FriendlyName="Office", **fields)
    wanted = {
        "domain_name": "office.localhost",
        "friendly_name": "Office",
        "auth_type": "",
        "voice_url": "https://app.test/voice",
        "voice_method": "GET",
        "voice_fallback_method": "POST",
        "sip_registration": True,
        "secure": False,
        "emergency_calling_enabled": False,
        "byoc_trunk_sid": None,
        "api_version": "2010-04-01",
    }
    assert {name: shown[name] for name in wanted} == wanted
    base = f"/2010-04-01/Accounts/{api.sid}/SIP/Domains/{shown['sid']}"
    assert shown["uri"] == f"{base}.json"
    assert shown["subresource_uris"]["credential_list_mappings"] == f"{base}/CredentialListMappings.json"
    changed = await api.post(f"{DOMAINS}/{shown['sid']}.json", Secure="true", DomainName="new.sip.twilio.com")
    assert (changed.status, changed.json["secure"], changed.json["domain_name"]) == (200, True, "new.sip.twilio.com")
    assert (await api.get(f"{DOMAINS}/{shown['sid']}.json")).json == changed.json
    assert (await api.get(f"{DOMAINS}.json")).json["domains"] == [changed.json]
    assert (await api.delete(f"{DOMAINS}/{shown['sid']}.json")).status == 204
    assert (await api.get(f"{DOMAINS}/{shown['sid']}.json")).code == 20404


@pytest.mark.parametrize(
    "name", ["office", "office.example.com", ".localhost", "a b.localhost", "localhost", "-.localhost"]
)
async def test_a_domain_needs_a_name_of_ours(api: Api, name: str) -> None:
    """It is a host below one of the server's own."""
    assert (await api.post(f"{DOMAINS}.json", DomainName=name)).code == 21232


async def test_a_domain_is_taken_once(api: Api) -> None:
    """Calls are told apart by it, so that no two accounts have the same; neither by creation nor by renaming."""
    await domain(api, "one.localhost")
    sub = await api.subaccount()
    assert (await sub.post(f"{DOMAINS}.json", DomainName="One.Localhost")).code == 21231
    other = await domain(sub, "two.localhost")
    assert (await sub.post(f"{DOMAINS}/{other['sid']}.json", DomainName="one.localhost")).code == 21231


async def test_credentials_are_kept_and_never_shown(api: Api) -> None:
    """A password has 12 characters of three kinds; no answer has it, and at rest it is sealed."""
    phones = await made(api, LISTS, FriendlyName="phones")
    path = f"{LISTS}/{phones['sid']}/Credentials"
    ann = await made(api, path, Username="ann", Password=PASSWORD)
    assert (ann["username"], ann["credential_list_sid"]) == ("ann", phones["sid"])
    for weak in ("short-A1", "no-digits-at-all-A", "no-capitals-at-1", "NO-SMALL-AT-ALL-1"):
        assert (await api.post(f"{path}.json", Username="bob", Password=weak)).code == 21243
    for taken in ("ann", "", "white space"):
        assert (await api.post(f"{path}.json", Username=taken, Password=PASSWORD)).code == 21242
    changed = await api.post(f"{path}/{ann['sid']}.json", Password=f"{PASSWORD}!")
    listed = await api.get(f"{path}.json")
    assert [changed.status, listed.json["credentials"]] == [200, [changed.json]]
    assert PASSWORD not in str(ann) + changed.text + listed.text
    exchange = api.server.exchange
    row = await exchange.store.read(Table("sip_credentials", SipCredential).fetch, equal(sid=ann["sid"]))
    assert row is not None
    assert PASSWORD not in row.password
    assert exchange.vault.open(row.password) == f"{PASSWORD}!"
    assert (await api.delete(f"{path}/{ann['sid']}.json")).status == 204
    assert (await api.get(f"{path}/{ann['sid']}.json")).code == 20404


async def test_addresses_belong_to_a_list(api: Api) -> None:
    """An address alone is a network of one; what is none is refused."""
    offices = await made(api, ACCESS, FriendlyName="offices")
    path = f"{ACCESS}/{offices['sid']}/IpAddresses"
    one = await made(api, path, FriendlyName="one", IpAddress="192.0.2.7")
    assert (one["ip_address"], one["cidr_prefix_length"], one["ip_access_control_list_sid"]) == (
        "192.0.2.7",
        32,
        offices["sid"],
    )
    assert (await api.post(f"{path}.json", FriendlyName="x", IpAddress="somewhere")).code == 21230
    changed = await api.post(f"{path}/{one['sid']}.json", IpAddress="198.51.100.0", CidrPrefixLength="24")
    assert (changed.json["ip_address"], changed.json["cidr_prefix_length"]) == ("198.51.100.0", 24)
    assert (await api.get(f"{path}.json")).json["ip_addresses"] == [changed.json]
    assert (await api.delete(f"{path}/{one['sid']}.json")).status == 204
    assert (await api.get(f"{path}.json")).json["ip_addresses"] == []


@pytest.mark.parametrize("path", [LISTS, ACCESS])
async def test_lists_are_made_renamed_and_deleted(api: Api, path: str) -> None:
    """They are the account's own."""
    shown = await made(api, path, FriendlyName="first")
    assert (await api.post(f"{path}/{shown['sid']}.json", FriendlyName="second")).json["friendly_name"] == "second"
    assert (await (await api.subaccount()).get(f"{path}/{shown['sid']}.json")).code == 20404
    assert (await api.delete(f"{path}/{shown['sid']}.json")).status == 204
    assert (await api.get(f"{path}/{shown['sid']}.json")).code == 20404


async def test_the_auth_type_says_what_is_mapped(api: Api) -> None:
    """By the old paths and by those below Auth/Calls it is the same mapping; taking it away changes the type back."""
    here, phones, offices = await domain(api), await credentials(api), await access(api)
    base = f"{DOMAINS}/{here['sid']}"

    async def auth_type() -> str:
        return str((await api.get(f"{base}.json")).json["auth_type"])

    mapping = await made(api, f"{base}/IpAccessControlListMappings", IpAccessControlListSid=offices["sid"])
    assert (mapping["sid"], mapping["friendly_name"], await auth_type()) == (offices["sid"], "offices", "IP_ACL")
    await made(api, f"{base}/{CALLS}/CredentialListMappings", CredentialListSid=phones["sid"])
    assert await auth_type() == "IP_ACL,CREDENTIAL_LIST"
    old = (await api.get(f"{base}/CredentialListMappings.json")).json["credential_list_mappings"]
    new = (await api.get(f"{base}/{CALLS}/CredentialListMappings.json")).json["contents"]
    assert [row["sid"] for row in old] == [row["sid"] for row in new] == [phones["sid"]]
    assert (await api.get(f"{base}/{CALLS}/IpAccessControlListMappings/{offices['sid']}.json")).status == 200
    assert (await api.delete(f"{base}/IpAccessControlListMappings/{offices['sid']}.json")).status == 204
    assert await auth_type() == "CREDENTIAL_LIST"
    assert (await api.delete(f"{base}/{CALLS}/CredentialListMappings/{phones['sid']}.json")).status == 204
    assert await auth_type() == ""


async def test_registrations_are_mapped_apart(api: Api) -> None:
    """Who may register is no statement about calls."""
    here, phones = await domain(api), await credentials(api)
    base = f"{DOMAINS}/{here['sid']}"
    await made(api, f"{base}/{REGISTRATIONS}/CredentialListMappings", CredentialListSid=phones["sid"])
    assert (await api.get(f"{base}/{CALLS}/CredentialListMappings.json")).json["contents"] == []
    assert len((await api.get(f"{base}/{REGISTRATIONS}/CredentialListMappings.json")).json["contents"]) == 1
    assert (await api.get(f"{base}.json")).json["auth_type"] == ""


async def test_mappings_need_what_they_map(api: Api) -> None:
    """A list of another account or kind is not found; the same list twice, and deleting one in use, are refused."""
    here, phones = await domain(api), await credentials(api)
    path = f"{DOMAINS}/{here['sid']}/{CALLS}/CredentialListMappings"
    theirs = await credentials(await api.subaccount())
    assert (await api.post(f"{path}.json", CredentialListSid=theirs["sid"])).code == 20404
    assert (await api.post(f"{path}.json", CredentialListSid="AL" + "0" * 32)).status == 400
    assert (await api.post(f"{path}.json")).code == 20001
    await made(api, path, CredentialListSid=phones["sid"])
    assert (await api.post(f"{path}.json", CredentialListSid=phones["sid"])).code == 21235
    assert (await api.delete(f"{LISTS}/{phones['sid']}.json")).code == 21233
    assert (await api.get(f"{DOMAINS}/SD{'0' * 32}/{CALLS}/CredentialListMappings.json")).code == 20404


async def test_the_switch_learns_who_may_call_and_register(api: Api) -> None:
    """Networks and digest hashes of calls and registrations; registrations only where the domain allows them."""
    here, phones, offices = (
        await domain(api, SipRegistration="true", Secure="true"),
        await credentials(api),
        await access(api),
    )
    base = f"{DOMAINS}/{here['sid']}"
    await made(api, f"{base}/{CALLS}/IpAccessControlListMappings", IpAccessControlListSid=offices["sid"])
    await made(api, f"{base}/{REGISTRATIONS}/CredentialListMappings", CredentialListSid=phones["sid"])
    known = await as_the_switch_knows(api)
    assert (known.name, known.networks, known.credentials, known.secure) == (
        "office.localhost",
        ["192.0.2.0/24"],
        [],
        True,
    )
    [user] = known.registration
    # printf 'ann:office.localhost:Correct-Horse-42' | md5sum, and | sha256sum (RFC 7616 §3.4.2)
    assert (user.username, user.md5) == ("ann", "736e4b09ac3dc2cc29f3c1fcd5afe366")
    assert user.sha256 == "dac369a54d996f06b58e6e5813d4a99fe30edad00c6050fb538079e3c33e2abd"
    await api.post(f"{base}.json", SipRegistration="false")
    assert (await as_the_switch_knows(api)).registration == []


async def test_every_code_of_sip_has_a_request_that_provokes_it(api: Api) -> None:
    """A code that nobody can trigger is dead; a refusal without a code is a bug."""
    office, phones, offices = await domain(api), await credentials(api, "ann"), await access(api)
    mapping = f"{DOMAINS}/{office['sid']}/{CALLS}/CredentialListMappings.json"
    users = f"{LISTS}/{phones['sid']}/Credentials.json"
    await api.post(mapping, CredentialListSid=phones["sid"])
    replies = [
        await api.post(f"{DOMAINS}.json", DomainName="office.localhost"),
        await api.post(f"{DOMAINS}.json", DomainName="office.example.com"),
        await api.post(mapping, CredentialListSid=phones["sid"]),
        await api.delete(f"{LISTS}/{phones['sid']}.json"),
        await api.post(users, Username="ann", Password=PASSWORD),
        await api.post(users, Username="bob", Password="short"),
        await api.post(f"{ACCESS}/{offices['sid']}/IpAddresses.json", FriendlyName="x", IpAddress="somewhere"),
    ]
    assert {reply.code for reply in replies} == {code.number for code in SIP}
