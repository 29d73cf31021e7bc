"""Media of a message: a picture, a sound, a card, kept as a file under its digest."""

import msgspec


class Media(msgspec.Struct):
    """A row of `media`."""

    account_sid: str
    parent_sid: str
    sid: str
    content_type: str
    size: int  #: bytes
    digest: str  #: SHA-256 of the bytes, in hexadecimal: their name in the data directory
    date_created: int
    date_updated: int

    @property
    def path(self) -> str:
        """Where the API serves it."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.parent_sid}/Media/{self.sid}"
