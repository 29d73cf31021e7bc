"""The codes of documents, held against the public error dictionary: which there are, how bad they are, which are ours.

From <https://www.twilio.com/docs/api/errors>, those that reading or running a document for a call may lead to.
"""

import pytest

from hookflash.catalogue import catalogue
from hookflash.twiml.problems import ERRORS, TwimlCode

ERROR_LEVEL = (
    "11100 11200-11203 11205 11206 11251 11210 11215-11217 11220 11235-11237 11240-11243 11300 11310 11320 11750 11770 "
    "11751 12100-12102 12300 12301 12400 13201 13224 13225 13227 13231 13238-13240 13247 13257 13258 13325 13337 13338 "
    "13340 13342 13343 13420 13621 13750 13801-13804 13806 13807 14201-14206 14210-14219 14220-14223 14226 14230-14240 "
    "14300 15000 15002 15004 16001-16003 16010 16011 16020-16028 16030 16099 16108 16114 32018 32600-32605 64001 64002 "
    "64009 64011-64012 64014-64019 64022-64024"
)
WARNING_LEVEL = (
    "11321 11322 12200 13000 13210-13223 13226 13230 13232-13237 13241-13246 13248-13256 13310-13314 13320-13322 "
    "13326-13335 13410 13430 13510-13513 13520 13521 13610-13620 13622 13699 13710 13805 13810 13910 14207 15003 16101 "
    "16102 16113 32014 32015 32019"
)

#: Told as errors by themselves: nothing of the document runs.
ENDS_THE_DOCUMENT = {
    TwimlCode.BODY_TOO_LARGE,
    TwimlCode.NOT_PARSABLE,
    TwimlCode.WRONG_XML_VERSION,
    TwimlCode.WRONG_ROOT,
    TwimlCode.CONTENT_TYPE,
}

#: Those that nothing here leads to, and why.
NOT_OURS = {
    "another code tells it: 11200 a status, 11206 what is not HTTP": "11217 11251",
    "webhooks have no URL templates": "11300 11310 11320",
    "a wrong URL or method is refused where it is set, and not told later": "11321 11322",
    "it is about media of messages, and what is uploaded": "11751 12301",
    "an attribute that documents have no more": "13211",
    "13224 tells every number that cannot be dialled": "13223 13226",
    "a conference goes by its name": "13236",
    "keys are sent to numbers alone": "13242",
    "SIP is there for every account and version": "13244-13246",
    "13214 tells every caller id that cannot be shown": "13247 13248",
    "13253 tells headers that are too many": "13251",
    "the action of the Dial is told what became of a call to a host": "13254 13255",
    "13310 tells a finishOnKey of more than one key, too": "13311",
    "a nested Say is told as one that stands alone": "13321 13322",
    "there is no mode for payments that asks for https": "13337",
    "every account may have its recordings transcribed": "13619",
    "there are no regions": "13803 13804",
    "calls of trial accounts are as long as others": "13805",
    "browser phones are not woken by a URL": "13806 13807",
    "there is no TaskRouter": "14214 14216 14217 14219 14222 14223 14226 14230-14240",
    "what goes wrong inside is told as 12400": "15000 16010 16099",
    "a wait has no limit of its own": "15002",
    "what conferences and participants REST cannot find or do is answered to the request": "16001-16003 16030",
    "an account may have as many conferences as it likes": "16021",
    "recordings are kept however short or silent": "16101 16102",
    "the request is answered with it": "16114",
    "the request is refused, and no call is made": "32018",
    "there are no virtual agents": "32600-32605",
    "it is about gateways of payment that are no connectors here": (
        "64001 64002 64009 64011-64012 64014-64019 64022-64024"
    ),
}


def numbers(text: str) -> set[int]:
    """Those of a list with spans, such as `1 3-5`."""
    spans = [each.partition("-") for each in text.split()]
    return {number for first, _, last in spans for number in range(int(first), int(last or first) + 1)}


def test_every_code_of_the_dictionary_is_used_or_is_not_ours() -> None:
    """A code that is in neither is forgotten; one that is in both has a reason that does not hold any more."""
    listed = numbers(ERROR_LEVEL) | numbers(WARNING_LEVEL)
    not_ours = set().union(*map(numbers, NOT_OURS.values()))
    used = {*catalogue()}
    assert sorted(listed - used - not_ours) == []
    assert sorted(not_ours & used) == []
    assert sorted(not_ours - listed) == []


@pytest.mark.parametrize("code", TwimlCode, ids=lambda code: code.name)
def test_a_code_is_as_bad_as_the_dictionary_says(code: TwimlCode) -> None:
    """Its level is what the debugger shows, and what a linter of a build goes by."""
    if code in numbers(ERROR_LEVEL):
        assert code in ERRORS | ENDS_THE_DOCUMENT
    if code in numbers(WARNING_LEVEL):
        assert code not in ERRORS | ENDS_THE_DOCUMENT
