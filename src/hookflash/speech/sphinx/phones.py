"""Pronunciations of words that the dictionary lacks: espeak-ng says how it would speak them.

The phones are those of the CMU dictionary, which the model was made with (http://www.speech.cs.cmu.edu/cgi-bin/cmudict);
the mnemonics those of espeak-ng's American English (espeak-ng, docs/phonemes.md).
"""

import re
import subprocess

SECONDS = 5.0  # that espeak-ng may take
MOST_AT_ONCE = 200  # words of one question

_PHONES = {
    "a": "AE", "aa": "AE", "A:": "AA", "A@": "AA R", "A": "AA", "0": "AA", "O": "AO", "O:": "AO", "O2": "AO",
    "o@": "AO R", "O@": "AO R", "V": "AH", "@": "AH", "a#": "AH", "@2": "AH", "@5": "UH", "I2": "IH", "I#": "IH",
    "I": "IH", "i": "IY", "i:": "IY", "E": "EH", "e@": "EH R", "i@": "IH R", "i@3": "IH R", "U@": "UH R", "3": "ER",
    "3:": "ER", "aI": "AY", "aI@": "AY AH", "aI3": "AY ER", "aU": "AW", "aU@": "AW ER", "eI": "EY", "oU": "OW",
    "oU#": "OW", "OI": "OY", "U": "UH", "u:": "UW", "u": "UW", "@L": "AH L", "n-": "AH N", "IR": "IH R", "VR": "ER",
    "b": "B", "tS": "CH", "d": "D", "D": "DH", "f": "F", "g": "G", "h": "HH", "dZ": "JH", "k": "K", "l": "L",
    "m": "M", "n": "N", "N": "NG", "p": "P", "r": "R", "r-": "R", "s": "S", "S": "SH", "t": "T", "t#": "T", "t2": "T",
    "?": "T", "T": "TH", "v": "V", "w": "W", "j": "Y", "z": "Z", "z#": "Z", "Z": "ZH", "x": "K", "C": "HH", "l#": "L",
}  # fmt: skip
#: The names of the letters, as the grammars write them.
LETTERS = {
    "a.": "EY", "b.": "B IY", "c.": "S IY", "d.": "D IY", "e.": "IY", "f.": "EH F", "g.": "JH IY", "h.": "EY CH",
    "i.": "AY", "j.": "JH EY", "k.": "K EY", "l.": "EH L", "m.": "EH M", "n.": "EH N", "o.": "OW", "p.": "P IY",
    "q.": "K Y UW", "r.": "AA R", "s.": "EH S", "t.": "T IY", "u.": "Y UW", "v.": "V IY", "w.": "D AH B AH L Y UW",
    "x.": "EH K S", "y.": "W AY", "z.": "Z IY",
}  # fmt: skip


def phones_of(words: tuple[str, ...]) -> dict[str, str]:
    """Phones by word, for those of `words` that can be known: without espeak-ng, the names of letters only."""
    known = {word: LETTERS[word] for word in words if word in LETTERS}
    asked = [word for word in words if word not in known][:MOST_AT_ONCE]
    if not asked:
        return known
    arguments = ["espeak-ng", "-q", "-v", "en-us", "-x", "--sep=_", "--stdin"]
    try:
        said = subprocess.run(  # noqa: S603 - the words go in as text
            arguments, input="\n\n".join(asked), capture_output=True, text=True, timeout=SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return known
    lines = [line for line in said.splitlines() if line.strip()]
    if len(lines) != len(asked):
        return known
    known |= {word: phones for word, line in zip(asked, lines, strict=True) if (phones := _phones(line))}
    return known


def _phones(mnemonics: str) -> str:
    found = (_PHONES.get(name.strip("',%=;|")) for name in re.split(r"[_\s]+", mnemonics))
    return " ".join(phone for phone in found if phone)
