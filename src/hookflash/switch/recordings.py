"""Recordings whose writer did not come to its end."""

from pathlib import Path

from hookflash import _switch


def repair_recording(path: Path) -> int:
    """Make a recording whole whose writer was killed or ran out of room; its length in ms.

    Raises OSError when there is nothing of it.
    """
    return _switch.repair_wav(str(path))
