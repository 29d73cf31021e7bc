"""Accounts, keys and tokens: who may do what, and what becomes of it."""

import re

import pytest
from tests.scenarios.rest_support import V2010, Api

from hookflash.api.auth import Role
from hookflash.domain.account import AccountStatus, AccountType
from hookflash.errors import Code

LIST = f"{V2010}/Accounts.json"


async def test_a_parent_sees_itself_and_its_subaccounts(api: Api) -> None:
    """GET /Accounts lists one's own account and those it owns, newest first, and filters by name and status."""
    one, two = await api.subaccount("one"), await api.subaccount("two")
    assert [two.sid, one.sid, api.sid] == [row["sid"] for row in (await api.get(LIST)).json["accounts"]]
    assert [one.sid] == [row["sid"] for row in (await api.get(LIST, FriendlyName="one")).json["accounts"]]
    assert (await api.get(LIST, Status="suspended")).json["accounts"] == []
    assert (await api.get(LIST, Status="no such status")).json["accounts"] == []
    assert [one.sid] == [row["sid"] for row in (await one.get(LIST)).json["accounts"]]


async def test_a_subaccount_has_a_name_a_token_and_links(api: Api) -> None:
    """The fields of the sheet; a name that was not given tells the moment."""
    made = (await api.post(LIST)).json
    assert re.fullmatch(r"SubAccount Created at \d{4}-\d\d-\d\d \d\d:\d\d [ap]m", made["friendly_name"])
    assert api.sid == made["owner_account_sid"]
    assert ("active", "Full", f"{V2010}/Accounts/{made['sid']}.json") == (made["status"], made["type"], made["uri"])
    assert made["subresource_uris"]["short_codes"] == f"{V2010}/Accounts/{made['sid']}/SMS/ShortCodes.json"
    assert (await api.signed_in(made["sid"], made["auth_token"]).get("~.json")).status == 200


async def test_a_token_is_shown_to_token_holders_only(api: Api) -> None:
    """Whoever signed in with a key, even a main one, does not learn the token."""
    main = await api.key(role=Role.MAIN_KEY)
    assert api.password == (await api.get("~.json")).json["auth_token"]
    assert (await main.get("~.json")).json["auth_token"] is None


async def test_a_closed_account_gives_its_numbers_back(api: Api) -> None:
    """Closing is final, releases the numbers, and ends the use of the API."""
    sub = await api.subaccount()
    number = await sub.bought()
    assert (await api.post(f"{V2010}/Accounts/{sub.sid}.json", Status="closed")).json["status"] == "closed"
    assert Code.SUSPENDED_ACCOUNT.number == (await sub.get("~/Messages.json")).code
    assert (await api.get(f"{V2010}/Accounts/{sub.sid}.json")).json["status"] == "closed"
    assert (await api.post("~/IncomingPhoneNumbers.json", PhoneNumber=number["phone_number"])).status == 201


async def test_a_suspended_account_can_be_opened_again(api: Api) -> None:
    """Suspended, it answers 403 with 20005 to everybody; its parent can still fetch and reactivate it."""
    sub = await api.subaccount()
    path = f"{V2010}/Accounts/{sub.sid}"
    assert (await sub.get("~/Keys.json")).status == 200
    await api.post(f"{path}.json", Status="suspended")
    for refused in (await sub.get("~/Keys.json"), await api.get(f"{path}/Keys.json")):
        assert (403, Code.SUSPENDED_ACCOUNT.number) == (refused.status, refused.code)
    await api.post(f"{path}.json", Status="active")
    assert (await sub.get("~/Keys.json")).status == 200


async def test_a_parent_acts_in_its_subaccounts(api: Api) -> None:
    """Parent credentials with the subaccount's SID in the path; what is made there belongs to the subaccount."""
    sub = await api.subaccount()
    made = (await api.post(f"{V2010}/Accounts/{sub.sid}/Applications.json", FriendlyName="theirs")).json
    assert (sub.sid, 200) == (made["account_sid"], (await sub.get(f"~/Applications/{made['sid']}.json")).status)
    assert (await api.get(f"~/Applications/{made['sid']}.json")).status == 404


async def test_nobody_reaches_accounts_of_others(api: Api) -> None:
    """A subaccount on its parent's or a sibling's path is 401 with 20003; a foreign or unknown SID is 404."""
    one, two = await api.subaccount(), await api.subaccount()
    for other in (api, two):
        refused = await one.get(f"{V2010}/Accounts/{other.sid}/Messages.json")
        assert (401, Code.UNAUTHENTICATED.number) == (refused.status, refused.code)
    unknown = await api.get(f"{V2010}/Accounts/AC{'0' * 32}/Messages.json")
    path = f"{V2010}/Accounts/AC{'0' * 32}/Messages.json"
    assert (404, f"The requested resource {path} was not found") == (unknown.status, unknown.json["message"])


async def test_a_trial_account_may_have_one_subaccount(api: Api) -> None:
    """21480 beyond; the subaccount is a trial one too."""
    await api.operator_sets(api.sid, type=AccountType.TRIAL)
    assert (await api.post(LIST)).json["type"] == "Trial"
    assert Code.TOO_MANY_SUBACCOUNTS.number == (await api.post(LIST)).code


async def test_a_standard_key_may_not_manage_accounts_and_keys(api: Api) -> None:
    """A standard key does everything else; a main key does this too; neither goes on after it was deleted."""
    standard, main = await api.key(), await api.key(role=Role.MAIN_KEY)
    assert (await standard.get("~/Messages.json")).status == 200
    for path in (LIST, "~.json", "~/Keys.json", "~/SigningKeys.json"):
        assert ((await standard.get(path)).status, (await main.get(path)).status) == (401, 200)
    assert (await standard.at("accounts.twilio.com").post("/v1/AuthTokens/Secondary")).status == 401
    assert (await main.delete(f"~/Keys/{standard.user}.json")).status == 204
    assert (await standard.get("~/Messages.json")).status == 401


async def test_a_standard_key_works_for_its_own_account_only(api: Api) -> None:
    """With a subaccount's SID in the path it is refused."""
    standard, sub = await api.key(), await api.subaccount()
    assert (await standard.get(f"{V2010}/Accounts/{sub.sid}/Messages.json")).status == 401


@pytest.mark.parametrize("kind", ["Keys", "SigningKeys"])
async def test_a_secret_is_shown_once(api: Api, kind: str) -> None:
    """Create adds `secret`; nothing shows it again, and the data file does not have it."""
    made = (await api.post(f"~/{kind}.json", FriendlyName="ci")).json
    assert {"sid", "friendly_name", "date_created", "date_updated", "secret"} == set(made)
    fetched = (await api.get(f"~/{kind}/{made['sid']}.json")).json
    assert {"sid", "friendly_name", "date_created", "date_updated"} == set(fetched)
    renamed = (await api.post(f"~/{kind}/{made['sid']}.json", FriendlyName="other")).json
    assert renamed["friendly_name"] == "other"
    data = api.server.directory.path
    assert not [file for file in data.glob("hookflash.db*") if made["secret"].encode() in file.read_bytes()]


async def test_tokens_rotate_without_a_gap(api: Api) -> None:
    """The secondary token works beside the primary one; once promoted it is the only one."""
    host = api.at("accounts.twilio.com")
    made = await host.post("/v1/AuthTokens/Secondary")
    assert (made.status, made.json["url"]) == (201, "http://accounts.twilio.com/v1/AuthTokens/Secondary")
    second = api.signed_in(api.sid, made.json["secondary_auth_token"])
    assert ((await api.get("~.json")).status, (await second.get("~.json")).status) == (200, 200)
    promoted = await second.at("accounts.twilio.com").post("/v1/AuthTokens/Promote")
    assert (200, second.password) == (promoted.status, promoted.json["auth_token"])
    assert ((await api.get("~.json")).status, (await second.get("~.json")).status) == (401, 200)
    assert (await second.at("accounts.twilio.com").post("/v1/AuthTokens/Promote")).status == 404


async def test_a_secondary_token_can_be_taken_back(api: Api) -> None:
    """DELETE voids it at once; without one it is 404."""
    host = api.at("accounts.twilio.com")
    second = api.signed_in(api.sid, (await host.post("/v1/AuthTokens/Secondary")).json["secondary_auth_token"])
    assert (await second.get("~.json")).status == 200
    assert (await host.delete("/v1/AuthTokens/Secondary")).status == 204
    assert ((await second.get("~.json")).status, (await host.delete("/v1/AuthTokens/Secondary")).status) == (401, 404)


async def test_a_suspended_parent_keeps_its_subaccounts_as_they_are(api: Api) -> None:
    """21476: with the parent suspended, no status changes."""
    sub = await api.subaccount()
    await api.operator_sets(api.sid, status=AccountStatus.SUSPENDED)
    assert Code.PARENT_SUSPENDED.number == (await sub.post("~.json", Status="suspended")).code
    assert Code.SUSPENDED_ACCOUNT.number == (await api.get(LIST)).code
