"""Answering-machine detection, judged on 124 made greetings.

Thresholds were tuned on the first half. Measured: 98 % right in either mode, there and in the second half, which shares
neither sentence nor voice with it. What is wrong is a person in each who says more than the 2.4 s that the REST API
grants to people.
"""

from collections import Counter

import pytest
from tests.scenarios.speech.greetings import FIRST, SECOND, Half, answerers

from hookflash import _switch


@pytest.mark.parametrize("half", [FIRST, SECOND], ids=["tuned on", "held out"])
def test_nine_of_ten_are_told_right(half: Half) -> None:
    """At least 90 % of people, machines and faxes are told as what they are, at most 3 % of people as machines."""
    counts: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for answerer in answerers(half):
        for wanted, until_end in ((answerer.enable, False), (answerer.message_end, True)):
            found, ms = _switch.who_answered(answerer.pcm, until_end) or ("nothing", 0)
            mode = "until its end" if until_end else "at once"
            counts[mode, "all"] += 1
            counts[mode, "right"] += found == wanted
            counts[mode, "people"] += wanted == "human"
            counts[mode, "people called machines"] += wanted == "human" and found.startswith("machine")
            if found != wanted:
                wrong.append(f"{mode}: {found} after {ms} ms, not {wanted}: {answerer.name}")
    told = "\n".join(wrong)
    for mode in ("at once", "until its end"):
        assert counts[mode, "all"] >= 60
        assert counts[mode, "right"] >= 0.9 * counts[mode, "all"], told
        assert counts[mode, "people called machines"] <= 0.03 * counts[mode, "people"], told
