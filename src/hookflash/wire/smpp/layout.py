"""How the mandatory fields of PDUs lie on the wire, declared once for reading and printing.

From a layout come one regular expression that reads all fields at once and one format that prints them: both work on
the frame as Latin-1 text, in which a byte is a character, and cost about a microsecond. What is read is held to the
sizes of the standard (SMPP 3.4 §5.2), so that nothing larger reaches the application.
"""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar

import msgspec

from hookflash.wire.smpp.status import CommandStatus

HEADER_BYTES = 16


class PduError(ValueError):
    """A frame broke the rules; `status` is what its sender should be told."""

    def __init__(self, status: CommandStatus, reason: str, *, command: int = 0, sequence: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.command = command  #: command_id of the frame
        self.sequence = sequence  #: sequence_number of the frame


class Text(msgspec.Struct, frozen=True):
    """A C-octet string of at most `size` bytes, its NUL among them."""

    name: str
    size: int
    status: CommandStatus = CommandStatus.ESME_RINVCMDLEN  #: the answer to one that is too long


class Byte(msgspec.Struct, frozen=True):
    """An integer of one byte."""

    name: str
    size: ClassVar[int] = 1


class Layout:
    """The mandatory fields of a PDU in the order of the wire, and how they are read and printed."""

    def __init__(self, *fields: Text | Byte) -> None:
        self.fields = fields
        self._patterns = [
            re.compile(f"([^\0]{{0,{field.size - 1}}})\0" if isinstance(field, Text) else "(.)", re.DOTALL)
            for field in fields
        ]
        self._pattern = re.compile("".join(pattern.pattern for pattern in self._patterns), re.DOTALL)
        self._format = "".join("%s\0" if isinstance(field, Text) else "%c" for field in fields)
        self._bytes = [index for index, field in enumerate(fields) if isinstance(field, Byte)]
        self._values: Callable[[Any], Any] = attrgetter(*(field.name for field in fields)) if fields else lambda _: ()
        self._texts = [index for index, field in enumerate(fields) if isinstance(field, Text)]

    def read(self, text: str) -> tuple[list[Any], int]:
        """The values of the frame `text` (Latin-1) and where they end. Raises PduError."""
        match = self._pattern.match(text, HEADER_BYTES)
        if match is None:
            raise self._complaint(text)
        values: list[Any] = list(match.groups())
        for index in self._bytes:
            values[index] = ord(values[index])
        return values, match.end()

    def write(self, body: Any) -> str:
        """The fields of `body` as Latin-1 text. Raises ValueError if one does not fit its place."""
        values = self._values(body)
        if len(self.fields) == 1:
            values = (values,)
        text: str = self._format % values
        match = self._pattern.fullmatch(text)
        # A NUL inside a string would shift what follows into other fields.
        if match is None or "\0" in "".join([values[index] for index in self._texts]):
            raise ValueError(f"{type(body).__name__} has a field that is too long or contains a NUL")
        return text

    def _complaint(self, text: str) -> PduError:
        at = HEADER_BYTES
        for field, pattern in zip(self.fields, self._patterns, strict=True):
            match = pattern.match(text, at)
            if match is None:
                if isinstance(field, Text) and "\0" in text[at:]:
                    return PduError(field.status, f"{field.name} is too long")
                return PduError(CommandStatus.ESME_RINVCMDLEN, f"{field.name} is cut off")
            at = match.end()
        raise AssertionError("every field is good by itself, but not all of them together")
