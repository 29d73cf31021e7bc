"""Numbers: searched, bought, configured, handed over, given back; short codes, verified numbers, the sandbox."""

from typing import Any

import pytest
from tests.scenarios.rest_support import V2010, Api

from hookflash.domain.countries import countries
from hookflash.domain.numbers import OutgoingCallerId, ShortCode
from hookflash.domain.sids import make_sid
from hookflash.errors import Code

AVAILABLE = "~/AvailablePhoneNumbers"
OWNED = "~/IncomingPhoneNumbers"


async def search(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(f"{AVAILABLE}/{path}.json", **query)).json["available_phone_numbers"]
    return found


# -- searching --


async def test_countries_link_to_what_they_sell(api: Api) -> None:
    """The list is one page with nothing but `uri` beside it; Portugal is there, and each link works."""
    listed = (await api.get(f"{AVAILABLE}.json")).json
    assert set(listed) == {"countries", "uri"}
    assert len(listed["countries"]) == len(countries()) >= 40
    portugal = (await api.get(f"{AVAILABLE}/PT.json")).json
    assert (portugal["country_code"], portugal["country"], portugal["beta"]) == ("PT", "Portugal", False)
    assert {"local", "mobile", "toll_free"} <= set(portugal["subresource_uris"])
    for uri in portugal["subresource_uris"].values():
        assert (await api.get(uri)).json["available_phone_numbers"]
    assert (await api.get(f"{AVAILABLE}/XX.json")).status == 404


async def test_a_search_says_what_there_is_to_know_of_a_number(api: Api) -> None:
    """Coordinates are strings; the keys of capabilities have the case that Java's client reads."""
    number = (await search(api, "US/Local", AreaCode="808", PageSize="1"))[0]
    assert number["phone_number"].startswith("+1808")
    assert set(number["capabilities"]) == {"voice", "SMS", "MMS", "fax"}
    assert isinstance(number["latitude"], str)
    assert len(number["latitude"].partition(".")[2]) == 6
    assert (number["region"], number["iso_country"], number["address_requirements"]) == ("HI", "US", "none")


async def test_searches_narrow_by_every_parameter(api: Api) -> None:
    """Each parameter of the sheet keeps only numbers that fit; one that nothing fits gives an empty list."""
    assert len(await search(api, "US/Local")) == 30
    assert len(await search(api, "US/Local", PageSize="3")) == 3
    contains = await search(api, "US/Local", Contains="510555****", PageSize="5")
    assert contains
    assert all("510555" in number["phone_number"] for number in contains)
    near = await search(api, "US/Local", NearLatLong="37.84,-122.23", Distance="50", PageSize="5")
    assert {number["region"] for number in near} == {"CA"}
    assert {number["region"] for number in await search(api, "US/Local", NearNumber="+12125550100")} <= {
        "NY",
        "NJ",
        "CT",
    }
    assert {number["region"] for number in await search(api, "CA/Local", InRegion="BC")} == {"BC"}
    assert {number["locality"] for number in await search(api, "US/Local", InLocality="Oakland")} == {"Oakland"}
    assert {number["lata"] for number in await search(api, "US/Local", InLata="722")} == {"722"}
    assert await search(api, "GB/Local", SmsEnabled="true") == []
    assert await search(api, "PT/Mobile", ExcludeAllAddressRequired="true") == []
    assert await search(api, "KE/Mobile", Beta="false") == []
    assert await search(api, "US/MachineToMachine") == []
    assert all(
        number["phone_number"][:5] in ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
        for number in await search(api, "US/TollFree")
    )


async def test_a_second_page_of_a_search_ends_it(api: Api) -> None:
    """Clients that count pages until an error would never end otherwise."""
    assert (await api.get(f"{AVAILABLE}/US/Local.json", Page="1")).code == Code.PAGE_OUT_OF_RANGE.number


async def test_what_is_bought_is_no_longer_found(api: Api) -> None:
    """A search leaves out what anybody has, and others follow."""
    before = [number["phone_number"] for number in await search(api, "US/Local", AreaCode="415", PageSize="4")]
    await (await api.subaccount()).bought(PhoneNumber=before[1])
    after = [number["phone_number"] for number in await search(api, "US/Local", AreaCode="415", PageSize="4")]
    assert after[:3] == [before[0], before[2], before[3]]
    assert before[1] not in after
    assert len(after) == 4


# -- buying --


async def test_a_number_is_bought_by_its_digits(api: Api) -> None:
    """National format as its name, POST and the demonstration pages as its defaults."""
    wanted = (await search(api, "US/Local", AreaCode="415", PageSize="1"))[0]["phone_number"]
    number = await api.bought(PhoneNumber=wanted)
    assert (number["phone_number"], number["status"], number["type"]) == (wanted, "in-use", "local")
    assert number["friendly_name"].startswith("(415) ")
    assert number["sms_url"] == "https://demo.twilio.com/welcome/sms/reply"
    assert number["capabilities"] == {"voice": True, "sms": True, "mms": True, "fax": True}
    assert number["subresource_uris"]["assigned_add_ons"].endswith(f"/{number['sid']}/AssignedAddOns.json")
    assert (await api.get(number["uri"])).json == number
    add_ons = (await api.get(number["subresource_uris"]["assigned_add_ons"])).json
    assert (add_ons["assigned_add_ons"], add_ons["next_page_uri"]) == ([], None)
    assert (await api.post(f"{OWNED}.json", PhoneNumber=wanted)).code == Code.NUMBER_NOT_AVAILABLE.number


async def test_an_area_code_gives_any_local_number_of_it(api: Api) -> None:
    """Also of Canada."""
    number = await api.bought(AreaCode="604", FriendlyName="Vancouver")
    assert (number["phone_number"][:5], number["friendly_name"]) == ("+1604", "Vancouver")


async def test_sub_lists_sell_and_show_their_kind(api: Api) -> None:
    """/Local, /Mobile and /TollFree; the links of their items lead to the number itself."""
    free = (await search(api, "US/TollFree", PageSize="1"))[0]["phone_number"]
    assert (await api.post(f"{OWNED}/Local.json", PhoneNumber=free)).code == Code.NUMBER_TYPE_MISMATCH.number
    bought = (await api.post(f"{OWNED}/TollFree.json", PhoneNumber=free)).json
    listed = (await api.get(f"{OWNED}/TollFree.json")).json["incoming_phone_numbers"]
    assert [row["uri"] for row in listed] == [f"{V2010}/Accounts/{api.sid}/IncomingPhoneNumbers/{bought['sid']}.json"]
    mobile = (await search(api, "SE/Mobile", PageSize="1"))[0]["phone_number"]
    assert (await api.post(f"{OWNED}/Mobile.json", PhoneNumber=mobile)).status == 201
    assert len((await api.get(f"{OWNED}/Mobile.json")).json["incoming_phone_numbers"]) == 1
    assert len((await api.get(f"{OWNED}/Local.json")).json["incoming_phone_numbers"]) == 2


async def test_a_number_is_configured(api: Api) -> None:
    """Every option of the sheet, on create and on update; an empty one clears; the names of 2008 still work."""
    application = (await api.post("~/Applications.json", FriendlyName="app")).json["sid"]
    number = await api.bought(AreaCode="415", Url="http://example.com/old", Method="GET")
    assert (number["voice_url"], number["voice_method"]) == ("http://example.com/old", "GET")
    options = {
        "FriendlyName": "Reception",
        "VoiceUrl": "https://example.com/voice",
        "VoiceMethod": "GET",
        "VoiceFallbackUrl": "https://example.com/voice2",
        "VoiceFallbackMethod": "GET",
        "VoiceCallerIdLookup": "true",
        "VoiceApplicationSid": application,
        "VoiceReceiveMode": "fax",
        "SmsUrl": "https://example.com/sms",
        "SmsMethod": "GET",
        "SmsFallbackUrl": "https://example.com/sms2",
        "SmsFallbackMethod": "GET",
        "SmsApplicationSid": application,
        "StatusCallback": "https://example.com/status",
        "StatusCallbackMethod": "GET",
        "AddressSid": "AD" + "1" * 32,
        "EmergencyStatus": "Active",
        "Unknown": "ignored",
    }
    changed = (await api.post(number["uri"], **options)).json
    names = {name: "".join("_" + c.lower() if c.isupper() else c for c in name)[1:] for name in options}
    expected = {**options, "VoiceCallerIdLookup": True}
    assert {name: changed[field] for name, field in names.items() if name != "Unknown"} == {
        name: value for name, value in expected.items() if name != "Unknown"
    }
    cleared = (await api.post(number["uri"], SmsUrl="", SmsApplicationSid="")).json
    assert (cleared["sms_url"], cleared["sms_application_sid"], cleared["voice_url"]) == (
        None,
        None,
        "https://example.com/voice",
    )


async def test_numbers_are_listed_by_what_is_known_of_them(api: Api) -> None:
    """PhoneNumber takes a part, with `*` for anything; the plus sign may be left out or arrive as a space."""
    wanted = await api.bought(AreaCode="808", FriendlyName="Hawaii")

    async def sids(**query: str) -> list[str]:
        return [row["sid"] for row in (await api.get(f"{OWNED}.json", **query)).json["incoming_phone_numbers"]]

    digits = wanted["phone_number"]
    for asked in (digits, digits[1:], " " + digits[1:], "1808", f"+1*{digits[-4:]}"):
        assert await sids(PhoneNumber=asked) == [wanted["sid"]], asked
    assert await sids(FriendlyName="Hawaii") == await sids(FriendlyName="Hawaii", Beta="true") == [wanted["sid"]]
    assert len(await sids(Beta="false", Origin="twilio")) == 3
    assert await sids(Origin="hosted") == []
    assert await sids(PhoneNumber="%") == await sids()


async def test_a_released_number_can_be_bought_again(api: Api) -> None:
    """DELETE is 204 and empty; then 404."""
    number = await api.bought()
    gone = await api.delete(number["uri"])
    assert (gone.status, gone.text) == (204, "")
    assert ((await api.get(number["uri"])).status, (await api.delete(number["uri"])).status) == (404, 404)
    assert (await api.bought(PhoneNumber=number["phone_number"]))["sid"] != number["sid"]


async def test_a_parent_hands_numbers_over(api: Api) -> None:
    """`AccountSid` moves a number to a subaccount and back; applications of the old owner stay behind."""
    sub = await api.subaccount()
    application = (await api.post("~/Applications.json")).json["sid"]
    number = await api.bought(AreaCode="415", SmsApplicationSid=application)
    moved = (await api.post(number["uri"], AccountSid=sub.sid)).json
    assert (moved["account_sid"], moved["sms_application_sid"]) == (sub.sid, None)
    assert moved["uri"] == number["uri"].replace(api.sid, sub.sid)
    assert ((await api.get(number["uri"])).status, (await sub.get(moved["uri"])).status) == (404, 200)
    assert (await sub.post(moved["uri"], AccountSid=api.sid)).code == Code.TRANSFER_NOT_PARENT.number
    back = (await api.post(moved["uri"], AccountSid=api.sid, FriendlyName="back")).json
    assert (back["account_sid"], back["friendly_name"]) == (api.sid, "back")


async def test_a_refused_update_changes_nothing(api: Api) -> None:
    """One transaction: a transfer that fails takes the other changes of the request with it."""
    number = await api.bought(AreaCode="415", FriendlyName="before")
    assert (await api.post(number["uri"], FriendlyName="after", AccountSid="AC1")).status == 400
    assert (await api.get(number["uri"])).json["friendly_name"] == "before"


async def test_where_the_law_asks_an_address_is_needed(api: Api) -> None:
    """21631, or 21615 for a local one; any AddressSid will do."""
    for country, code in (("PT", Code.ADDRESS_REQUIRED), ("DE", Code.LOCAL_ADDRESS_REQUIRED)):
        wanted = (await search(api, f"{country}/Local", PageSize="1"))[0]["phone_number"]
        assert (await api.post(f"{OWNED}.json", PhoneNumber=wanted)).code == code.number
        assert (await api.post(f"{OWNED}.json", PhoneNumber=wanted, AddressSid="AD" + "a" * 32)).status == 201


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"PhoneNumber": "+15005550000"}, Code.NUMBER_NOT_AVAILABLE),
        ({"PhoneNumber": "+15005550001"}, Code.INVALID_NUMBER),
        ({"PhoneNumber": "(500) 555-0006"}, None),
        ({"PhoneNumber": "+15005550006", "VoiceUrl": "no url"}, Code.INVALID_URL),
        ({"PhoneNumber": "+14155552345"}, Code.NUMBER_NOT_AVAILABLE),
        ({"AreaCode": "533"}, Code.NO_NUMBERS_FOUND),
        ({"AreaCode": "500"}, None),
        ({"AreaCode": "415"}, Code.NO_NUMBERS_FOUND),
    ],
)
async def test_magic_numbers_have_their_documented_outcome(api: Api, form: dict[str, str], code: Code | None) -> None:
    """With test credentials: the table of the sheet; nothing is kept, and looking for it is refused."""
    bought = await api.test.post(f"{OWNED}.json", **form)
    if code is not None:
        assert (bought.status, bought.code) == (400, code.number)
        return
    assert (bought.status, bought.json["phone_number"], bought.json["account_sid"]) == (
        201,
        "+15005550006",
        api.test.sid,
    )
    refused = await api.test.get(bought.json["uri"])
    assert (refused.status, refused.code) == (403, Code.TEST_CREDENTIALS.number)
    assert (await api.get(f"{OWNED}/{bought.json['sid']}.json")).status == 404


# -- short codes, verified numbers, the sandbox, applications --


async def test_short_codes_are_configured_not_bought(api: Api) -> None:
    """List, fetch and update; there is no create and no delete."""
    code = ShortCode(
        account_sid=api.sid,
        sid=make_sid("SC"),
        short_code="894546",
        friendly_name="894546",
        iso_country="US",
        date_created=1,
        date_updated=1,
    )
    await api.server.exchange.store.write(_insert, "short_codes", code)
    listed = (await api.get("~/SMS/ShortCodes.json", ShortCode="894546")).json["short_codes"]
    assert [row["short_code"] for row in listed] == ["894546"]
    changed = (await api.post(listed[0]["uri"], SmsUrl="https://example.com/sms", FriendlyName="Votes")).json
    assert (changed["sms_url"], changed["friendly_name"]) == ("https://example.com/sms", "Votes")
    assert (await api.get(listed[0]["uri"])).json == changed
    assert ((await api.post("~/SMS/ShortCodes.json")).status, (await api.delete(listed[0]["uri"])).status) == (405, 405)


async def test_verified_numbers_are_renamed_and_dropped(api: Api) -> None:
    """List with filters, fetch, update, delete."""
    row = OutgoingCallerId(
        account_sid=api.sid,
        sid=make_sid("PN"),
        phone_number="+12025550143",
        friendly_name="(202) 555-0143",
        date_created=1,
        date_updated=1,
    )
    await api.server.exchange.store.write(_insert, "outgoing_caller_ids", row)
    listed = (await api.get("~/OutgoingCallerIds.json", PhoneNumber="(202) 555-0143")).json["outgoing_caller_ids"]
    assert [found["sid"] for found in listed] == [row.sid]
    uri = listed[0]["uri"]
    assert (await api.post(uri, FriendlyName="My phone")).json["friendly_name"] == "My phone"
    assert ((await api.delete(uri)).status, (await api.get(uri)).status) == (204, 404)


async def test_the_sandbox_is_made_when_it_is_asked_for(api: Api) -> None:
    """One per account, with a PIN of eight digits that stays; its URLs can be set."""
    first = (await api.get("~/Sandbox.json")).json
    assert (len(first["pin"]), first["phone_number"]) == (8, "4155992671")
    changed = (await api.post("~/Sandbox.json", SmsUrl="http://example.com/sms", SmsMethod="GET")).json
    assert (changed["pin"], changed["sms_url"], changed["sms_method"]) == (
        first["pin"],
        "http://example.com/sms",
        "GET",
    )
    assert (await (await api.subaccount()).get("~/Sandbox.json")).json["pin"] != first["pin"]
    assert "<TwilioSandbox><Pin>" in (await api.get("~/Sandbox")).text


async def test_applications_are_made_changed_and_dropped(api: Api) -> None:
    """Create, list by name, update, delete."""
    made = (await api.post("~/Applications.json", FriendlyName="Phone Me", SmsUrl="https://example.com/s")).json
    assert (made["sms_url"], made["voice_url"], made["voice_caller_id_lookup"]) == (
        "https://example.com/s",
        None,
        False,
    )
    listed = (await api.get("~/Applications.json", FriendlyName="Phone Me")).json["applications"]
    assert [row["sid"] for row in listed] == [made["sid"]]
    changed = (await api.post(made["uri"], PublicApplicationConnectEnabled="true")).json
    assert changed == {**made, "public_application_connect_enabled": True, "date_updated": changed["date_updated"]}
    assert ((await api.delete(made["uri"])).status, (await api.get(made["uri"])).status) == (204, 404)


async def _insert(tx: Any, table: str, row: Any) -> None:
    await tx.insert(table, row)
