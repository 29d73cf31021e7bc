"""What all resources share: representations, paging, methods, hosts, refusals, headers."""

import csv
import re
from xml.etree import ElementTree

import pytest
from tests.scenarios.edge_support import Gate, SideEdge
from tests.scenarios.rest_support import V2010, Api

from hookflash.api.request import Answer, ApiRequest
from hookflash.errors import Code

KEYS = "~/Keys.json"


# -- representations --


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        ("", "application/xml"),
        (".xml", "application/xml"),
        (".json", "application/json"),
        (".csv", "text/csv; charset=utf-8"),
        (".html", "text/html; charset=utf-8"),
    ],
)
async def test_the_suffix_chooses_the_representation(api: Api, suffix: str, content_type: str) -> None:
    """None is XML; instances, lists and errors alike; in any case; Accept changes nothing."""
    for path, status in (("~/Keys", 200), ("~/Sandbox", 200), ("~/Nothing", 404), ("~/Keys/SK1", 404)):
        for written in {suffix, suffix.title(), suffix.upper()}:
            reply = await api.ask("GET", path + written, headers={"Accept": "application/json"})
            assert (reply.status, reply.headers["content-type"]) == (status, content_type), path + written


async def test_a_list_in_xml_has_its_paging_as_attributes(api: Api) -> None:
    """Names without underscores; absent links are empty; links carry no suffix."""
    await api.post("~/Applications.json", FriendlyName="a & <b>")
    listed = ElementTree.fromstring((await api.get("~/Applications", PageSize="1")).text)[0]
    assert listed.tag == "Applications"
    assert listed.attrib == {
        "page": "0",
        "numpages": "1",
        "pagesize": "1",
        "total": "1",
        "start": "0",
        "end": "0",
        "uri": f"{V2010}/Accounts/{api.sid}/Applications?PageSize=1&Page=0",
        "firstpageuri": f"{V2010}/Accounts/{api.sid}/Applications?PageSize=1&Page=0",
        "previouspageuri": "",
        "nextpageuri": "",
        "lastpageuri": f"{V2010}/Accounts/{api.sid}/Applications?PageSize=1&Page=0",
    }
    item = listed[0]
    assert (item.tag, item.findtext("FriendlyName"), item.findtext("SmsUrl")) == ("Application", "a & <b>", "")
    assert item.findtext("Uri") == f"{V2010}/Accounts/{api.sid}/Applications/{item.findtext('Sid')}"


async def test_a_list_in_csv_has_a_header_row(api: Api) -> None:
    """CamelCase names, then a row each."""
    await api.post(KEYS, FriendlyName="one, two")
    rows = list(csv.DictReader((await api.get("~/Keys.csv")).text.splitlines()))
    assert [(set(row), row["FriendlyName"]) for row in rows] == [
        ({"Sid", "FriendlyName", "DateCreated", "DateUpdated"}, "one, two")
    ]


async def test_a_page_for_people_has_links(api: Api) -> None:
    """Elements become divisions with dashed classes; what leads on is a link."""
    page = (await api.get("~.html")).text
    assert f'<div class="account"><div class="auth-token">{api.password}</div><div class="sid">{api.sid}</div>' in page
    assert f'<a href="{V2010}/Accounts/{api.sid}/Messages.html">' in page


# -- paging --


async def test_pages_lead_to_each_other_and_stay_whole(api: Api) -> None:
    """Rows that arrive meanwhile do not shift what the next page has, nor what the previous one had."""
    sids = [(await api.post(KEYS, FriendlyName=str(n))).json["sid"] for n in range(5)][::-1]
    first = (await api.get(KEYS, PageSize="2")).json
    assert [row["sid"] for row in first["keys"]] == sids[:2]
    assert first["next_page_uri"].endswith(f"/Keys.json?PageSize=2&Page=1&PageToken=PA{sids[1]}")
    await api.post(KEYS)
    second = (await api.get(first["next_page_uri"])).json
    assert [row["sid"] for row in second["keys"]] == sids[2:4]
    assert (second["page"], second["start"], second["end"], second["total"]) == (1, 2, 3, 6)
    assert second["previous_page_uri"].endswith(f"/Keys.json?PageSize=2&Page=0&PageToken=PB{sids[2]}")
    assert [row["sid"] for row in (await api.get(second["previous_page_uri"])).json["keys"]] == sids[:2]
    third = (await api.get(second["next_page_uri"])).json
    assert ([row["sid"] for row in third["keys"]], third["next_page_uri"]) == (sids[4:], None)


async def test_pages_can_be_counted_without_token(api: Api) -> None:
    """As clients of 2010 do: Page=0, 1, … until an error, which is 20006."""
    for _ in range(3):
        await api.post(KEYS)
    sizes = [len((await api.get(KEYS, Page=str(page), PageSize="2")).json["keys"]) for page in (0, 1)]
    past = await api.get(KEYS, Page="2", PageSize="2")
    assert (sizes, past.status, past.code) == ([2, 1], 404, Code.PAGE_OUT_OF_RANGE.number)


async def test_links_of_pages_keep_the_filters(api: Api) -> None:
    """In the order of the request; `+` as %2B, `>` as %3E, a space as +."""
    query = [("DateSent>", "2020-01-01"), ("To", "+12025550143"), ("From", "a b"), ("PageSize", "5"), ("Page", "0")]
    listed = (await api.ask("GET", "~/Messages.json", query=query)).json
    assert listed["first_page_uri"].endswith(
        "/Messages.json?DateSent%3E=2020-01-01&To=%2B12025550143&From=a+b&PageSize=5&Page=0"
    )
    assert set(listed) == {
        "first_page_uri",
        "next_page_uri",
        "previous_page_uri",
        "last_page_uri",
        "uri",
        "page",
        "page_size",
        "num_pages",
        "total",
        "start",
        "end",
        "messages",
    }


async def test_an_empty_list_has_one_page(api: Api) -> None:
    """start and end are 0, no page follows."""
    listed = (await api.get("~/Applications.json")).json
    assert (listed["start"], listed["end"], listed["next_page_uri"], listed["previous_page_uri"]) == (0, 0, None, None)


async def test_dates_filter_from_both_sides(api: Api) -> None:
    """`DateSent<` and `DateSent>` include the day; a value that is no date fits nothing."""
    number = str(api.server.ready["numbers"][0])  # type: ignore[index]
    await api.post("~/Messages.json", To="+12025550143", From=number, Body="hi")
    listed = (await api.get("~/Messages.json", To="(202) 555-0143")).json["messages"]
    assert [message["to"] for message in listed] == ["+12025550143"]
    for query in ([("DateSent>", "2999-01-01")], [("DateSent<", "1999-01-01")], [("DateSent", "no date")]):
        assert (await api.ask("GET", "~/Messages.json", query=query)).json["messages"] == []


# -- methods --


async def test_methods_can_be_overridden_in_the_query(api: Api) -> None:
    """`_method=DELETE` of a POST deletes; in the body, in lower case or of a GET it means nothing."""
    made = (await api.post("~/Applications.json", FriendlyName="x")).json
    assert (await api.post(made["uri"], _method="DELETE")).status == 200
    assert (await api.post(made["uri"] + "?_method=delete")).status == 200
    assert (await api.get(made["uri"], _method="DELETE")).status == 200
    assert (await api.ask("POST", made["uri"] + "?_method=PUT", form={"FriendlyName": "y"})).json[
        "friendly_name"
    ] == "y"
    assert (await api.ask("PUT", made["uri"], form={"FriendlyName": "z"})).json["friendly_name"] == "z"
    assert (await api.post(made["uri"] + "?_method=DELETE")).status == 204
    assert (await api.get(made["uri"])).status == 404


async def test_head_answers_as_get_without_body(api: Api) -> None:
    """Status and headers are those of the GET."""
    head, get = await api.ask("HEAD", KEYS), await api.get(KEYS)
    assert (head.status, head.text, head.headers["content-length"]) == (200, "", get.headers["content-length"])


async def test_options_needs_no_credentials(api: Api) -> None:
    """The CORS set, without body."""
    reply = await api.signed_in("", "", api.sid).ask("OPTIONS", KEYS)
    assert (reply.status, reply.text, reply.headers["access-control-allow-methods"]) == (
        204,
        "",
        "GET, POST, DELETE, OPTIONS",
    )


async def test_other_methods_are_refused(api: Api) -> None:
    """405 with 20004."""
    assert {(await api.ask(method, KEYS)).code for method in ("PATCH", "DELETE")} == {20004}


# -- refusals --


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Authentication Error - No credentials provided"),
        ({"Authorization": "Basic " + "QUM6eA=="}, "Authentication Error - invalid username"),
        ({"Authorization": "Basic !!!"}, "Authentication Error - invalid username"),
        ({"Authorization": "Basic QUM="}, "Authentication Error - invalid username"),
        ({"Authorization": "Bearer x"}, "Authentication Error - No credentials provided"),
    ],
)
async def test_who_does_not_sign_in_is_told_how(api: Api, headers: dict[str, str], message: str) -> None:
    """401 with the challenge that old clients wait for; unknown paths tell strangers nothing either."""
    for path in (KEYS, "~/No/Such/Thing.json"):
        refused = await api.signed_in("", "", api.sid).ask("GET", path, headers=headers)
        assert refused.headers["www-authenticate"] == 'Basic realm="Twilio API"'
        assert refused.json == {
            "code": 20003,
            "message": message,
            "more_info": f"{api.server.exchange.public_url}/docs/errors/20003",
            "status": 401,
        }


async def test_a_wrong_token_in_xml_has_the_body_of_old(api: Api) -> None:
    """Elements in alphabetical order with Detail, single quotes in the declaration."""
    refused = await api.signed_in(api.sid, "wrong").get("~")
    assert (refused.status, refused.text) == (
        401,
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
        "<Detail>Your AccountSid or AuthToken was incorrect.</Detail><Message>Authenticate</Message>"
        f"<MoreInfo>{api.server.exchange.public_url}/docs/errors/20003</MoreInfo><Status>401</Status>"
        "</RestException></TwilioResponse>",
    )


async def test_test_credentials_reach_nothing_else(api: Api) -> None:
    """Their own SID in the path: 403 with 20008; the live account's: 401."""
    assert [
        ((await api.test.get(path)).status, (await api.test.get(path)).code) for path in ("~/Keys.json", "~.json")
    ] == [
        (403, 20008),
        (403, 20008),
    ]
    assert (await api.test.get(f"{V2010}/Accounts.json")).code == 20008
    assert (await api.test.get(f"{V2010}/Accounts/{api.sid}/Messages.json")).status == 401
    assert (await api.get(f"{V2010}/Accounts/{api.test.sid}/Messages.json")).status == 404


@pytest.mark.parametrize("raw", [b"To=%FF", b"\xff=1", b"&".join(b"a=1" for _ in range(1001))])
async def test_malformed_parameters_are_refused(api: Api, raw: bytes) -> None:
    """Not UTF-8, or too many: 400."""
    refused = await api.ask("POST", "~/Messages.json", form=raw)
    assert (refused.status, refused.code) == (400, Code.MALFORMED_REQUEST.number)


async def test_unknown_parameters_are_ignored(api: Api) -> None:
    """So are known names in another case."""
    made = await api.post("~/Applications.json", friendlyname="no", Nonsense="1", FriendlyName="yes")
    assert (made.status, made.json["friendly_name"]) == (201, "yes")


async def test_requests_beyond_the_limit_are_refused(api: Api) -> None:
    """429 with 20429 while as many as the setting allows are under way; then it goes on."""
    gate = Gate()
    edge = SideEdge(api, gate.handler, concurrent_requests=1)
    async with gate.held_by(edge.ask()):
        refused = await edge.ask()
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    assert refused.json["message"] == "Too Many Requests"
    assert (await edge.ask()).status == 204


async def test_a_bug_says_where_the_log_has_it(api: Api) -> None:
    """The answer names the request, and nothing of what went wrong."""

    async def broken(request: ApiRequest) -> Answer:
        raise RuntimeError("the secret is ossifrage")

    reply = await SideEdge(api, broken).ask()
    assert reply.headers["twilio-request-id"] in reply.json["message"]
    assert "ossifrage" not in reply.text


# -- headers and hosts --


async def test_every_answer_has_the_headers(api: Api) -> None:
    """The request's id is RQ and 32 digits; that of a new message has the digits of its SID."""
    headers = (await api.get(KEYS)).headers
    assert re.fullmatch(r"RQ[0-9a-f]{32}", headers["twilio-request-id"])
    assert re.fullmatch(r"\d+\.\d{3}", headers["twilio-request-duration"])
    assert headers["twilio-concurrent-requests"] == "1"
    assert (headers["x-api-domain"], headers["access-control-allow-origin"]) == ("api.twilio.com", "*")
    number = str(api.server.ready["numbers"][0])  # type: ignore[index]
    sent = await api.post("~/Messages.json", To="+12025550143", From=number, Body="hi")
    assert sent.headers["twilio-request-id"][2:] == sent.json["sid"][2:]


async def test_products_are_found_by_host_and_by_prefix(api: Api) -> None:
    """Region and edge names too; links lead back the way the request came; unknown products are a 404 in JSON."""
    base = api.server.ready["api"]
    prefixed = await api.post("/accounts/v1/AuthTokens/Secondary")
    assert prefixed.json["url"] == f"{base}/accounts/v1/AuthTokens/Secondary"
    for host in ("api.twilio.com", "api.dublin.ie1.twilio.com", "api.ie1.twilio.com"):
        assert (await api.at(host).get(KEYS)).status == 200
    listed = (await api.get(f"/api{V2010}/Accounts/{api.sid}/Keys.json")).json
    assert listed["first_page_uri"] == f"{V2010}/Accounts/{api.sid}/Keys.json?PageSize=50&Page=0"
    unknown = await api.at("nothing.twilio.com").get("/v1/Things")
    assert (unknown.status, unknown.json["message"]) == (404, "The requested resource /Things was not found")
    assert (await api.at("accounts.twilio.com").post("/v1/AuthTokens/Secondary.json")).status == 201
