"""Accounts, numbers, short codes and verified numbers that the operator adds."""

import secrets

import pytest
from tests.scenarios.plugin_support import post_message

from hookflash.own.client import OwnClient, ServerError
from hookflash.testing.platform import Platform


def test_an_existing_account_keeps_its_sid_and_token(own: OwnClient, hookflash: Platform) -> None:
    """With the SID and token that an app has in its configuration, that app works here."""
    sid, token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
    own.post("accounts", sid=sid, auth_token=token, friendly_name="Brought")
    own.post("numbers", phone_number="+14155553001", account_sid=sid)
    brought = Platform({**hookflash.ready, "account_sid": sid, "auth_token": token, "numbers": ["+14155553001"]})
    post_message(brought, To="+14155553099", Body="from an old configuration")
    assert brought.handset("+14155553099").received_sync("old").sender == "+14155553001"
    with pytest.raises(ServerError) as refusal:
        own.post("accounts", sid=sid)
    assert refusal.value.status == 409


def test_a_list_of_accounts_shows_no_secrets(own: OwnClient) -> None:
    """A token is shown when the account is made, and never again."""
    made = own.post("accounts", friendly_name="Once", trial=True)
    listed = next(account for account in own.get("accounts")["accounts"] if account["sid"] == made["account_sid"])
    assert (listed["type"], listed["status"]) == ("Trial", "active")
    assert made["auth_token"] not in str(listed)
    assert "token" not in str(list(listed))


def test_a_number_of_anywhere_can_be_added_once(own: OwnClient) -> None:
    """Any E.164 number belongs to one account at most; it can be configured and taken away."""
    added = own.post("numbers", phone_number="+351 912 345 678", sms_url="https://example.com/sms", sms_method="GET")
    assert (added["phone_number"], added["iso_country"], added["kind"]) == ("+351912345678", "PT", "mobile")
    assert (added["sms_url"], added["sms_method"]) == ("https://example.com/sms", "GET")
    with pytest.raises(ServerError, match="already") as refusal:
        own.post("numbers", phone_number="+351912345678")
    assert refusal.value.status == 409
    assert own.patch("numbers", "+351912345678", sms_url="", friendly_name="Lisbon")["sms_url"] is None
    own.delete("numbers", "+351912345678")
    with pytest.raises(ServerError) as gone:
        own.delete("numbers", "+351912345678")
    assert gone.value.status == 404


def test_a_short_code_sends_and_receives(own: OwnClient, hookflash: Platform) -> None:
    """An app texts from a short code, and a handset writes to it."""
    own.post("short-codes", short_code="66777", sms_url="https://demo.twilio.com/welcome/sms/reply")
    handset = hookflash.handset("+14155553002")
    post_message(hookflash, From="66777", To=handset.number, Body="from the code")
    assert handset.received_sync("from the code").sender == "66777"
    handset.text("hi", to="66777")
    assert handset.received_sync("Hello from Hookflash").sender == "66777"
    assert "66777" in {code["short_code"] for code in own.get("short-codes")["short_codes"]}
    with pytest.raises(ServerError) as refusal:
        own.post("short-codes", short_code="66777")
    assert refusal.value.status == 409


def test_a_trial_account_may_text_what_is_verified(own: OwnClient) -> None:
    """A verified number is the account's own, and is verified once."""
    trial = own.post("accounts", trial=True)["account_sid"]
    made = own.post("verified", phone_number="+14155553003", account_sid=trial)
    assert (made["account_sid"], made["friendly_name"]) == (trial, "(415) 555-3003")
    assert made in own.get("verified")["verified"]
    with pytest.raises(ServerError, match="verified already"):
        own.post("verified", phone_number="+14155553003", account_sid=trial)
