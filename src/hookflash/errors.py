"""The one catalogue of error codes: number, HTTP status, sentence.

Codes with an HTTP status refuse a REST request, as `ApiError`. Those without one describe what became of a message
(`error_code`) or what the debugger saw. The numbers and most titles are those of Twilio's public error dictionary; the
sentences are ours where no published answer shows theirs. `docs/reference/errors.md` is made from this table.
"""

from enum import Enum
from typing import Any


class Code(Enum):
    """A number, the HTTP status of the refusal (None: not a refusal), and the sentence with its {blanks}."""

    def __init__(self, number: int, status: int | None, sentence: str) -> None:
        self.number = number
        self.status = status
        self.sentence = sentence

    # -- the platform --
    NOT_FOUND = 20404, 404, "The requested resource {path} was not found"
    METHOD_NOT_ALLOWED = 20004, 405, "Method {method} is not allowed on this resource"


class ApiError(Exception):
    """A REST request is refused with a code of the catalogue.

    `blanks` fill the sentence; `message` replaces it where one code has several sentences.
    """

    def __init__(self, code: Code, message: str | None = None, /, **blanks: Any) -> None:
        self.code = code
        self.message = message if message is not None else code.sentence.format(**blanks)
        super().__init__(f"{code.number}: {self.message}")
