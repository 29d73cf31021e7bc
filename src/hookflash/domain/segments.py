"""The parts a text is sent in: which alphabet it takes, how many parts that makes, and where the cuts lie.

The alphabet is that of 3GPP TS 23.038 §6.2.1 (formerly GSM 03.38), its extension table §6.2.1.1, and the room in a part
that of TS 23.040 §9.2.3.24.1: a part of many gives 6 bytes to a header, which is 7 septets or 3 UTF-16 units less.
"""

# ruff: noqa: RUF001 - ambiguous characters are what this file is about

import re
from enum import StrEnum

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67  # of UTF-16; a character beyond U+FFFF takes two

ESCAPE = 0x1B
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"

# Indexed by septet; the escape has no character of its own and is shown as a space (§6.2.1, note 1).
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_SEPTETS = {char: bytes([code]) for code, char in enumerate(_BASIC) if code != ESCAPE}
_SEPTETS |= {char: bytes([ESCAPE, code]) for code, char in _EXTENSION.items()}

# Searching for a character outside a set is the quickest way to learn that there is none: 0.3 us for 60 characters.
_NOT_ONE_SEPTET = re.compile(f"[^{re.escape(''.join(c for c, s in _SEPTETS.items() if len(s) == 1))}]")
_NOT_GSM = re.compile(f"[^{re.escape(''.join(_SEPTETS))}]")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")

# Characters that people do not tell from a GSM-7 one, as word processors and telephones put them into texts.
_LOOK_ALIKES = {
    "'": "‘’‚‛′‵ʹʻʼʽˈ´`՚ꞌ＇",
    '"': "“”„‟″‶«»ʺ˝〝〞＂",
    "-": "‐‑‒–—―−﹣－⁃",
    "...": "…",
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
    "": "\u00ad\u200b\u200c\u2060\ufeff",
    "\n": "\u0085\u2028\u2029\v",
    "*": "•●∗⁎﹡＊·∙",
    "/": "⁄∕÷／",
    "\\": "⧵＼",
    "_": "‗＿",
    "~": "˜∼～",
    "^": "ˆ＾",
    "|": "ǀ∣｜",
    "<": "‹＜",
    ">": "›＞",
    "!": "ǃ！",
    "?": "？",
    ",": "¸，",
    ".": "․．",
    ":": "∶：",
    ";": ";；",
    "#": "＃",
    "%": "％",
    "&": "＆",
    "+": "＋",
    "=": "＝",
    "@": "＠",
    "$": "＄",
    "(": "❨（",
    ")": "❩）",
    "[": "［",
    "]": "］",
    "{": "｛",
    "}": "｝",
    "!!": "‼",
    "1/4": "¼",
    "1/2": "½",
    "3/4": "¾",
}
_SMART = str.maketrans({char: plain for plain, chars in _LOOK_ALIKES.items() for char in chars})


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


def encoding_of(body: str) -> Encoding:
    """The alphabet `body` takes: GSM-7 when every character is in it, else UCS-2 for the whole text."""
    return Encoding.UCS2 if _NOT_GSM.search(body) else Encoding.GSM7


def utf16_length(body: str) -> int:
    """The UTF-16 code units of `body`: the unit in which limits of a body's length are given."""
    if _BEYOND_BMP.search(body) is None:
        return len(body)
    return len(body) + len(_BEYOND_BMP.findall(body))


def count(body: str) -> int:
    """How many parts `body` is sent in; an empty body (with media, or redacted) is one."""
    if _NOT_ONE_SEPTET.search(body) is None:
        length, single, part = len(body), SINGLE_SEPTETS, PART_SEPTETS
    elif _BEYOND_BMP.search(body) is None and _NOT_GSM.search(body):
        length, single, part = len(body), SINGLE_UNITS, PART_UNITS
    else:
        return len(split(body))
    return 1 if length <= single else -(-length // part)


def split(body: str) -> list[str]:
    """The parts of `body` as texts, in order, which joined give it back; no character is cut in two.

    An escape pair or a surrogate pair that would straddle two parts goes to the second whole, so that the first may
    stay one unit short and the number of parts may be greater than the length suggests.
    """
    if encoding_of(body) is Encoding.GSM7:
        costs = [len(_SEPTETS[char]) for char in body]
        single, part = SINGLE_SEPTETS, PART_SEPTETS
    else:
        costs = [1 if char <= "\uffff" else 2 for char in body]
        single, part = SINGLE_UNITS, PART_UNITS
    return [body] if sum(costs) <= single else _cut(body, costs, part)


def _cut(body: str, costs: list[int], room: int) -> list[str]:
    parts, start, left = [], 0, room
    for at, cost in enumerate(costs):
        if cost > left:
            parts.append(body[start:at])
            start, left = at, room
        left -= cost
    return [*parts, body[start:]]


def to_gsm7(text: str) -> bytes:
    """`text` as septets, one to a byte, a character of the extension table as a pair that begins with 0x1B.

    Raises UnicodeEncodeError, naming the first such character, when one is not in the alphabet.
    """
    if stranger := _NOT_GSM.search(text):
        raise UnicodeEncodeError("gsm-7", text, stranger.start(), stranger.end(), "not in the GSM 7-bit alphabet")
    return b"".join([_SEPTETS[char] for char in text])


def from_gsm7(septets: bytes) -> str:
    """The text of `septets`, one to a byte; never fails.

    An escape before a code that the extension table lacks is passed over and the code read in the basic table; an
    escape that ends the text, or precedes another, is a space (3GPP TS 23.038 §6.2.1.1). A byte above 0x7F becomes
    U+FFFD.
    """
    if ESCAPE not in septets and septets.isascii():
        return "".join([_BASIC[code] for code in septets])
    text = []
    codes = iter(septets)
    for code in codes:
        if code == ESCAPE:
            following = next(codes, ESCAPE)
            text.append(_EXTENSION.get(following) or _basic(following))
        else:
            text.append(_basic(code))
    return "".join(text)


def _basic(code: int) -> str:
    return _BASIC[code] if code < len(_BASIC) else _UNKNOWN


def smart_encode(body: str) -> str:
    """`body` with characters outside GSM-7 replaced by look-alikes from it, where there are such.

    Curly quotes become straight ones, dashes hyphens, an ellipsis three stops, exotic spaces plain ones; invisible
    joiners vanish. Characters with no look-alike stay, and so may keep the text in UCS-2.
    """
    return body.translate(_SMART) if _NOT_GSM.search(body) else body
