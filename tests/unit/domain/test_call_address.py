"""Whom a call goes to and whom it comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.call_address import (
    Callee,
    CalleeKind,
    HeaderProblem,
    is_emergency,
    is_premium,
    parse_callee,
    parse_caller,
)


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("+14155551212", CalleeKind.PHONE, "+14155551212"),
        ("(415) 555-1212", CalleeKind.PHONE, "+14155551212"),
        ("sip:bob@b.example", CalleeKind.SIP, "sip:bob@b.example"),
        ("SIPS:bob@b.example:5061", CalleeKind.SIP, "sips:bob@b.example:5061"),
        ("sip:[2001:db8::1]", CalleeKind.SIP, "sip:[2001:db8::1]"),
        ("sip:bob@b.example;transport=tcp", CalleeKind.SIP, "sip:bob@b.example;transport=tcp"),
        ("client:anne.b", CalleeKind.CLIENT, "client:anne.b"),
    ],
)
def test_who_can_be_called(text: str, kind: CalleeKind, kept: str) -> None:
    """Numbers as people write them, SIP addresses, clients."""
    assert parse_callee(text) == Callee(kind, kept)


@pytest.mark.parametrize(
    "text", ["", "sip:", "sip:@", "sip:a b@c", "sip:a\0@b", "sip:é@b", "client:", "tel:+14155551212", "+1415", "411"]
)
def test_who_cannot(text: str) -> None:
    """What names nobody."""
    assert parse_callee(text) is None


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("X-Order=7&User-to-User=00", None),
        ("Contact=x", HeaderProblem.NAME),
        ("X-=1", HeaderProblem.NAME),
        ("X-a=%00", HeaderProblem.VALUE),
        ("X-a=" + "x" * 1_024, HeaderProblem.TOO_LONG),
    ],
)
def test_only_harmless_headers_go_into_the_invite(query: str, problem: HeaderProblem | None) -> None:
    """Ours are not set from outside, and a value has no line of its own."""
    callee = parse_callee(f"sip:a@b.example?{query}")
    assert callee is not None
    assert callee.problem is problem


@given(st.text(max_size=80))
def test_no_address_has_a_line_break(text: str) -> None:
    """Whatever is written, what is kept can stand in a header."""
    callee = parse_callee("sip:" + text)
    if callee is not None and callee.problem is None:
        assert callee.text.isprintable()
        assert all((name + value).isprintable() for name, value in callee.headers.items())


def test_names_call_where_names_are_known() -> None:
    """A bare name or a client calls SIP and clients, not the telephone network."""
    assert parse_caller("shop", names=True) == "shop"
    assert parse_caller("client:anne", names=True) == "client:anne"
    assert parse_caller("shop", names=False) is None
    assert parse_caller("415 555 1212", names=False) == "+14155551212"
    assert parse_caller("a b\r\nc", names=True) is None


@pytest.mark.parametrize("text", ["911", "+1911", "112", "999", "000"])
def test_emergency_numbers_are_known(text: str) -> None:
    """Of the countries that our numbers are from, with or without their code."""
    assert is_emergency(text)


@pytest.mark.parametrize("text", ["+14155551212", "411", "91", "sip:911@b.example"])
def test_other_numbers_are_no_emergency(text: str) -> None:
    """A number that only begins or ends alike is none."""
    assert not is_emergency(text)


def test_premium_numbers_are_known() -> None:
    """By the range of their country, assigned or not."""
    assert is_premium("+19005551212")
    assert is_premium("+449098790000")
    assert not is_premium("+14155551212")


@pytest.mark.parametrize(("text", "digits"), [("911", "911"), (" 112 ", "112"), ("+1911", "911"), ("999", "999")])
def test_emergency_numbers_are_whom_a_trunk_may_call(text: str, digits: str) -> None:
    """They stay as short as they are."""
    assert parse_callee(text) == Callee(CalleeKind.PHONE, digits)
