"""Bad words, of which only the first letter is told when an application wants them filtered, as it does by default.

The list is short and of English: the swear words that whoever filters is expected to know. Who needs more, or another
language, plugs in an engine that does it.
"""

import re

_WORDS = """
    arsehole arseholes asshole assholes bastard bastards bitch bitches bullshit cock cocks cunt cunts dickhead
    dickheads fuck fucked fucker fuckers fucking fucks motherfucker motherfuckers motherfucking piss pissed prick pricks
    shit shits shitting shitty slut sluts twat twats wanker wankers whore whores
"""
_BAD = re.compile(rf"\b(?:{'|'.join(_WORDS.split())})\b", re.IGNORECASE)


def without_profanity(text: str) -> str:
    """`text` with an asterisk for every letter but the first of each bad word."""
    return _BAD.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), text)
