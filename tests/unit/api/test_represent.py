"""Representations: what is written can be read back, whatever the values hold."""

import csv
import io
import json
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.api.represent import CSV, HTML, JSON, XML, Content, camel, split_suffix

ANY = st.text(st.characters(exclude_categories=["Cs"]))


def instance(**tree: Any) -> Content:
    return Content(tree, "Thing")


def listed(*items: dict[str, Any], **envelope: Any) -> Content:
    return Content({**envelope, "things": list(items)}, "Thing", list(items), "Things", "things")


def written(xml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(xml)[0]


def test_xml_writes_each_kind_of_value() -> None:
    """Null is an empty element, booleans are words, maps and lists nest; the declaration has single quotes."""
    content = instance(
        sid="TH1", nothing=None, yes=True, size=3, subresource_uris={"sms_things": "/a"}, tags=["x", "y"]
    )
    assert XML.write(content) == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b"<TwilioResponse><Thing><Sid>TH1</Sid><Nothing/><Yes>true</Yes><Size>3</Size>"
        b"<SubresourceUris><SmsThings>/a</SmsThings></SubresourceUris><Tags><Tag>x</Tag><Tag>y</Tag></Tags>"
        b"</Thing></TwilioResponse>"
    )


@given(ANY)
def test_xml_brings_every_text_back(value: str) -> None:
    """Markup is escaped, a carriage return survives; what XML 1.0 cannot write becomes the replacement character."""
    found = written(XML.write(instance(body=value))).findtext("Body") or ""
    assert len(found) == len(value)
    for was, now in zip(value, found, strict=True):
        assert now == was or (now == "\ufffd" and (was < " " or was in "\ufffe\uffff"))


@given(ANY)
def test_xml_attributes_are_escaped(value: str) -> None:
    """A filter in a link of a list is somebody's input too; links are percent-encoded, so that no control is in it."""
    uri = "/a?b=" + "".join(char for char in value if char >= " " and char not in "\x7f\ufffe\uffff")
    assert written(XML.write(listed(first_page_uri=uri))).get("firstpageuri") == uri


@given(ANY, ANY)
def test_csv_brings_every_text_back(one: str, two: str) -> None:
    """Commas, quotes and line ends included; what a spreadsheet would run as a formula gets a quote in front."""
    text = CSV.write(listed({"a_b": one, "c": two})).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["AB", "C"]
    assert rows[1] == ["'" + value if value[:1] in ("=", "@", "\t", "\r") else value for value in (one, two)]


class Texts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@given(ANY)
def test_a_page_shows_markup_as_text(value: str) -> None:
    """No value can add an element to the page."""
    plain = Texts(HTML.write(instance(body="x")).decode()).tags
    assert Texts(HTML.write(instance(body=value)).decode()).tags in (plain, [*plain, "a"])


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_page_links_to_web_addresses_only(link: str) -> None:
    """Anything else stays text."""
    assert "<a " not in HTML.write(instance(url=link)).decode()


def test_json_is_the_tree() -> None:
    """Slashes are not escaped, members keep their order."""
    assert JSON.write(instance(uri="/a/b", body="é")) == '{"uri":"/a/b","body":"é"}'.encode()
    assert json.loads(JSON.write(listed({"sid": "TH1"}, page=0))) == {"page": 0, "things": [{"sid": "TH1"}]}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/Accounts/AC1.Json", ("/Accounts/AC1", ".json")),
        ("/Accounts/AC1", ("/Accounts/AC1", "")),
        ("/Accounts/AC1.exe", ("/Accounts/AC1.exe", "")),
        ("/2010-04-01.xml/Accounts", ("/2010-04-01.xml/Accounts", "")),
        ("/a.b.CSV", ("/a.b", ".csv")),
        (".html", ("", ".html")),
    ],
)
def test_a_suffix_is_one_of_ours_at_the_end(path: str, parts: tuple[str, str]) -> None:
    """In any case; what follows another dot belongs to the name."""
    assert split_suffix(path) == parts


def test_products_with_json_only_keep_other_suffixes() -> None:
    """A name that ends in .csv is a name there."""
    assert split_suffix("/v1/Documents/my.csv", (".json",)) == ("/v1/Documents/my.csv", "")


def test_names_are_camel_cased() -> None:
    """As XML and CSV have them."""
    assert [camel(name) for name in ("date_created", "sid", "SMS")] == ["DateCreated", "Sid", "SMS"]
