"""What `hookflash doctor` has found out."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    said: str
    cure: str = ""  #: how to mend it; empty: it is as it should be

    @property
    def is_well(self) -> bool:
        return not self.cure
