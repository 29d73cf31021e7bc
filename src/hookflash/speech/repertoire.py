"""What may be heard on a call, so that it can be recognised in the audio that a handset received."""

from collections import deque
from pathlib import Path

import msgspec

REMEMBERED = 200  # things said or played


class Piece(msgspec.Struct, frozen=True):
    """Audio that the platform has played somewhere."""

    text: str  #: what was said, or the URL of the file
    path: Path  #: wav at 8 kHz, once it is there


class Repertoire:
    """The pieces played last. They are candidates only: whether one was heard, the audio says."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque(maxlen=REMEMBERED)

    def add(self, text: str, path: Path) -> None:
        """Something is being played."""
        piece = Piece(text, path)
        if piece in self._pieces:
            self._pieces.remove(piece)
        self._pieces.append(piece)

    def forget(self) -> None:
        """Nothing has been played."""
        self._pieces.clear()

    def all(self) -> list[Piece]:
        """Those whose audio is there, the latest first."""
        return [piece for piece in reversed(self._pieces) if piece.path.exists()]

    def with_text(self, text: str) -> list[Piece]:
        """Those that say `text`, in any case and spacing, or are played from a URL with it."""
        wanted = _plain(text)
        return [piece for piece in self.all() if wanted in _plain(piece.text)]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
