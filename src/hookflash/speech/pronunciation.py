# ruff: noqa: RUF001 - these letters are what is meant
"""Pronunciations in the International Phonetic Alphabet or X-SAMPA, as the phoneme mnemonics of espeak-ng.

Its mnemonics are those of its English voices, which its other voices mostly share (espeak-ng, docs/phonemes.md).
"""

_IPA = {
    "tʃ": "tS", "dʒ": "dZ", "t͡ʃ": "tS", "d͡ʒ": "dZ",
    "aɪ": "aI", "aʊ": "aU", "eɪ": "eI", "oʊ": "oU", "əʊ": "oU", "ɔɪ": "OI", "ɪə": "i@", "eə": "e@", "ʊə": "U@",
    "iː": "i:", "uː": "u:", "ɑː": "A:", "ɔː": "O:", "ɜː": "3:", "ɝ": "3:", "ɚ": "3",
    "i": "i", "ɪ": "I", "e": "e", "ɛ": "E", "æ": "a", "a": "a", "ɑ": "A:", "ɒ": "0", "ɔ": "O:", "o": "o", "ʊ": "U",
    "u": "u:", "ʌ": "V", "ə": "@", "ɜ": "3:", "y": "y", "ø": "Y", "œ": "W",
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "g": "g", "ɡ": "g", "f": "f", "v": "v", "θ": "T", "ð": "D",
    "s": "s", "z": "z", "ʃ": "S", "ʒ": "Z", "h": "h", "m": "m", "n": "n", "ŋ": "N", "l": "l", "ɫ": "l", "r": "r",
    "ɹ": "r", "ɾ": "t#", "j": "j", "w": "w", "x": "x", "ç": "C", "ʔ": "?",
    "ˈ": "'", "ˌ": ",", ".": "", "‿": "", " ": " ", "ː": ":",
}  # fmt: skip
_X_SAMPA = {
    "tS": "tS", "dZ": "dZ", "aI": "aI", "aU": "aU", "eI": "eI", "oU": "oU", "@U": "oU", "OI": "OI", "I@": "i@",
    "e@": "e@", "U@": "U@", "i:": "i:", "u:": "u:", "A:": "A:", "O:": "O:", "3:": "3:", "3`": "3:", "@`": "3",
    "i": "i", "I": "I", "e": "e", "E": "E", "{": "a", "a": "a", "A": "A:", "Q": "0", "O": "O:", "o": "o", "U": "U",
    "u": "u:", "V": "V", "@": "@", "3": "3:", "y": "y", "2": "Y", "9": "W",
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "g": "g", "f": "f", "v": "v", "T": "T", "D": "D", "s": "s",
    "z": "z", "S": "S", "Z": "Z", "h": "h", "m": "m", "n": "n", "N": "N", "l": "l", "5": "l", "r\\": "r", "r": "r",
    "4": "t#", "j": "j", "w": "w", "x": "x", "C": "C", "?": "?",
    '"': "'", "%": ",", ".": "", "-": "", " ": " ", ":": ":",
}  # fmt: skip
_ALPHABETS = {"ipa": _IPA, "x-sampa": _X_SAMPA}
_LONGEST = 3  # characters of a symbol


def mnemonics(alphabet: str, pronunciation: str) -> str:
    """`pronunciation` for espeak-ng; empty for an alphabet, or with a symbol, that is not known here."""
    symbols = _ALPHABETS.get(alphabet, {})
    found = []
    at = 0
    while at < len(pronunciation):
        size = next((size for size in range(_LONGEST, 0, -1) if pronunciation[at : at + size] in symbols), 0)
        if not size:
            return ""
        found.append(symbols[pronunciation[at : at + size]])
        at += size
    return "".join(found)
