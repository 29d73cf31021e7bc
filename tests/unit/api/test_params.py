"""Parameters: which values each rule takes, and that it refuses all others with a code."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.api.params import (
    Form,
    Param,
    Rule,
    boolean,
    choice,
    friendly_name,
    http_method,
    integer,
    moment,
    parse_moment,
    read_params,
    sid_of,
    text,
    web_url,
)
from hookflash.errors import ApiError, Code

DAY = 86_400_000


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        (text(), "any ☎", "any ☎"),
        (friendly_name, "x" * 64, "x" * 64),
        (web_url, "", None),
        (web_url, "http://[::1]:8080/a?b", "http://[::1]:8080/a?b"),
        (http_method, "get", "GET"),
        (boolean, "True", True),
        (boolean, "1", True),
        (boolean, "0", False),
        (boolean, "", False),
        (integer(-5, 5), "-5", -5),
        (choice("a", "b"), "b", "b"),
        (sid_of("AP"), "AP" + "0" * 32, "AP" + "0" * 32),
        (sid_of("AP"), "", None),
        (moment, "2015-07-30T20:12:31Z", 1_438_287_151_000),
    ],
)
def test_a_rule_reads_what_it_is_for(rule: Rule, written: str, value: object) -> None:
    """The value on the wire, as the field gets it."""
    assert rule("Name", written) == value


@pytest.mark.parametrize(
    ("rule", "written", "code"),
    [
        (text(3), "four", Code.INVALID_PARAMETER),
        (friendly_name, "x" * 65, Code.INVALID_FRIENDLY_NAME),
        (web_url, "ftp://example.com", Code.INVALID_URL),
        (web_url, "https://", Code.INVALID_URL),
        (web_url, "https://example.com/" + "x" * 4_000, Code.INVALID_URL),
        (http_method, "PUT", Code.INVALID_METHOD),
        (boolean, "yes", Code.INVALID_PARAMETER),
        (integer(1, 5), "6", Code.INVALID_PARAMETER),
        (integer(-5, 5), "--5", Code.INVALID_PARAMETER),
        (integer(0, 10**9), "٣", Code.INVALID_PARAMETER),
        (choice("a", refuse=Code.INVALID_ACCOUNT_STATUS), "A", Code.INVALID_ACCOUNT_STATUS),
        (sid_of("AP"), "AC" + "0" * 32, Code.INVALID_PARAMETER),
        (moment, "tomorrow", Code.INVALID_PARAMETER),
    ],
)
def test_a_rule_refuses_the_rest_with_its_code(rule: Rule, written: str, code: Code) -> None:
    """Nothing is guessed."""
    with pytest.raises(ApiError) as refused:
        rule("Name", written)
    assert refused.value.code is code


RULES = [
    text(),
    friendly_name,
    web_url,
    http_method,
    boolean,
    integer(-(10**9), 10**9),
    choice("a"),
    sid_of("AP"),
    moment,
]


@given(st.sampled_from(RULES), st.text() | st.from_regex(r"[-+0-9:/. TZ]{0,30}"))
def test_a_rule_reads_or_refuses_whatever_comes(rule: Rule, written: str) -> None:
    """No text makes a rule break: a refusal is the only way out."""
    with suppress(ApiError):
        rule("Name", written)


@pytest.mark.parametrize(
    ("written", "start", "span"),
    [
        ("2015-07-30", "2015-07-30T00:00:00", DAY),
        ("2015-07-30T20:12:31Z", "2015-07-30T20:12:31", 1000),
        ("2015-07-30T22:12:31+02:00", "2015-07-30T20:12:31", 1000),
        ("2019-06-11 22:05:25.000", "2019-06-11T22:05:25", 1000),
        ("Thu, 30 Jul 2015 20:12:31 +0000", "2015-07-30T20:12:31", 1000),
        ("06/11/2019 22:05:25 MST", "2019-06-11T22:05:25", 1000),
    ],
)
def test_dates_are_read_in_every_form_of_the_sheet(written: str, start: str, span: int) -> None:
    """A bare date is the whole UTC day, all else a second."""
    first = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp() * 1000)
    assert parse_moment(written) == (first, first + span - 1)


@given(st.text() | st.datetimes(timezones=st.timezones()).map(str))
def test_any_text_is_a_date_or_none(written: str) -> None:
    """The span begins before it ends, or there is none."""
    found = parse_moment(written)
    assert found is None or found[0] < found[1]


PARAMS = (
    Param("To", "to", text(), required=Code.MISSING_PARAMETER),
    Param("Media", "media", text(), repeated=True),
)


def test_fields_are_those_that_were_given() -> None:
    """Absent ones stay absent, the first of several counts, a repeated one is a list, unknown ones do not matter."""
    form = Form([("To", "a"), ("To", "b"), ("Media", "1"), ("Media", "2"), ("to", "x")])
    assert read_params(form, PARAMS, creating=True) == {"to": "a", "media": ["1", "2"]}
    assert read_params(Form([]), PARAMS, creating=False) == {}
    with pytest.raises(ApiError, match="20001: Parameter To is required"):
        read_params(Form([]), PARAMS, creating=True)
