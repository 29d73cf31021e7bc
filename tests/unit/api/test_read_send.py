"""The parameters of a message, as requests write them."""

import pytest

from hookflash.api.api_v2010.messages import read_legacy_send, read_send
from hookflash.api.params import Form
from hookflash.errors import ApiError, Code

PLAIN = [("To", "+14155551212"), ("From", "+14155550100"), ("Body", "Hello")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ValidityPeriod", "0", Code.INVALID_VALIDITY),
        ("ValidityPeriod", "36001", Code.INVALID_VALIDITY),
        ("ValidityPeriod", "soon", Code.INVALID_VALIDITY),
        ("MaxPrice", "0", Code.INVALID_MAX_PRICE),
        ("MaxPrice", "nan", Code.INVALID_MAX_PRICE),
        ("MaxPrice", "inf", Code.INVALID_MAX_PRICE),
        ("ContentRetention", "keep", Code.INVALID_CONTENT_RETENTION),
        ("AddressRetention", "keep", Code.INVALID_ADDRESS_RETENTION),
        ("SendAt", "tomorrow", Code.SCHEDULE_OUTSIDE_WINDOW),
        ("SmartEncoded", "perhaps", Code.INVALID_PARAMETER),
    ],
)
def test_what_cannot_be_read_is_refused_after_what_is_missing(name: str, value: str, code: Code) -> None:
    """21604 goes before every option (messages.md, section 4)."""
    for pairs, refusal in ((PLAIN, code), (PLAIN[1:], Code.TO_REQUIRED)):
        with pytest.raises(ApiError) as refused:
            read_send(Form([*pairs, (name, value)]))
        assert refused.value.code is refusal


def test_media_may_be_many_and_empty_ones_are_none() -> None:
    """In their order."""
    pairs = [("MediaUrl", "https://a.example/1"), ("MediaUrl", ""), ("MediaUrl", "https://a.example/2")]
    assert read_send(Form([*PLAIN, *pairs])).media_urls == ("https://a.example/1", "https://a.example/2")


def test_the_legacy_resource_knows_few_parameters() -> None:
    """What came later is ignored there."""
    pairs = [*PLAIN, ("MediaUrl", "nowhere"), ("ValidityPeriod", "0"), ("MessagingServiceSid", "MG")]
    assert read_legacy_send(Form(pairs)) == read_send(Form(PLAIN))
