"""The blanks of TwiML Bins."""

import pytest

from hookflash.domain.twiml_bin import filled_by


@pytest.mark.parametrize(
    ("document", "filled"),
    [
        ("<Say>{{From}}</Say>", "<Say>+1415</Say>"),
        ("<Say>{{ From }}, {{From}}</Say>", "<Say>+1415, +1415</Say>"),
        ("<Say>{{Nothing}}</Say>", "<Say></Say>"),
        ("<Say>{{Body}}</Say>", "<Say>&lt;Hangup/&gt; &amp; &quot;&apos;</Say>"),
        ("<Say>{{{Body}}}</Say>", "<Say>&lt;Hangup/&gt; &amp; &quot;&apos;</Say>"),
        ("<Dial action='/a?from={{From}}'/>", "<Dial action='/a?from=+1415'/>"),
        ("<Say>{From} {{#if}} {{ a b }} {{}}</Say>", "<Say>{From} {{#if}} {{ a b }} {{}}</Say>"),
        ("<Say>{{Blank}}</Say>", "<Say>{{From}}</Say>"),
        ("<Say>{{Odd}}</Say>", "<Say>ab</Say>"),
    ],
)
def test_blanks_are_filled_with_text(document: str, filled: str) -> None:
    """What a request brings can add no element and no blank, and nothing that XML cannot hold."""
    params = {"From": "+1415", "Body": "<Hangup/> & \"'", "Blank": "{{From}}", "Odd": "a\x00\ud800b"}
    assert filled_by(document, params) == filled
