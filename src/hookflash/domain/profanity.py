"""Swear words of English in what was understood: each keeps its first letter, and the rest becomes asterisks."""

import re

_STEMS = (
    "arsehole", "asshole", "bastard", "bitch", "bollocks", "bullshit", "cock", "crap", "cunt", "damn", "dick", "fuck",
    "goddamn", "motherfuck", "piss", "prick", "pussy", "shit", "slut", "twat", "wank", "whore",
)  # fmt: skip
_ENDINGS = "s|es|ed|er|ers|in|ing|y|head|heads|face"
_WORD = re.compile(rf"\b({'|'.join(_STEMS)})({_ENDINGS})?\b", re.I)


def without_swearing(text: str) -> str:
    """`text` as it is told where swear words are filtered."""
    return _WORD.sub(lambda word: word[0][0] + "*" * (len(word[0]) - 1), text)
