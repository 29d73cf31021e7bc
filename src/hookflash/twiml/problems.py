"""What can be wrong with a document, and where: an error ends it, a warning costs one verb or attribute."""

from dataclasses import dataclass
from enum import IntEnum


class TwimlCode(IntEnum):
    """Numbers of the public error dictionary that reading or running a document leads to."""

    INVALID_URL = 11100
    BODY_TOO_LARGE = 11750
    NOT_PARSABLE = 12100
    WRONG_XML_VERSION = 12101
    WRONG_ROOT = 12102
    SCHEMA = 12200
    CONTENT_TYPE = 12300
    MESSAGE_TO = 14101
    MESSAGE_FROM = 14102
    MESSAGE_BODY = 14103
    MESSAGE_METHOD = 14104
    MESSAGE_STATUS_CALLBACK = 14105
    TOO_MANY_DOCUMENTS = 14106
    TOO_MANY_REPLIES = 14109
    VERB_NOT_ALLOWED = 14110
    INVALID_MEDIA_URL = 21620
    TOO_MANY_MEDIA = 21623


@dataclass(frozen=True, slots=True)
class TwimlWarning:
    """Something in a document that is passed over; the rest of it runs."""

    code: TwimlCode
    sentence: str
    line: int  #: from 1
    column: int  #: from 1


class TwimlError(Exception):
    """A document that cannot run at all. `line` and `column` count from 1; both are 0 when no place is to blame."""

    def __init__(self, code: TwimlCode, sentence: str, line: int = 0, column: int = 0) -> None:
        self.code = code
        self.sentence = sentence
        self.line = line
        self.column = column
        place = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{code.value}: {sentence}{place}")
