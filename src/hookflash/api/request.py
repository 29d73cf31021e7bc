"""What a handler gets and gives: one request of the API, authenticated and taken apart, and its answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hookflash.domain.account import Account
from hookflash.errors import ApiError, Code

from .auth import Principal
from .params import Form
from .product import Product
from .represent import Content, Format

if TYPE_CHECKING:
    from hookflash.app import Exchange


@dataclass(slots=True)
class ApiRequest:
    """One request.

    `account` is the one whose resources the path is about: the caller's own, or a subaccount of it. `path` is as it was
    asked for, suffix included; `suffix` is what links of a list carry on. `base` is scheme and host as the client
    used them, so that it finds its way back through the same proxy or prefix.
    """

    exchange: "Exchange"
    principal: Principal
    account: Account
    product: Product
    method: str
    path: str
    base: str
    suffix: str
    format: Format
    sids: dict[str, str]  #: the parameters of the path by name
    query: Form
    form: Form  #: of the body; of the query where a GET filters
    now: int  #: ms since the epoch
    request_id: str
    range: bytes | None = None  #: the Range header

    @property
    def scope(self) -> dict[str, str]:
        """The columns that the path fixes: the account's SID and those of parents, such as `service_sid`."""
        return {"account_sid": self.account.sid}

    def not_found(self) -> ApiError:
        """The 404 of this request's path."""
        path = self.path
        if not self.product.is_2010:
            path = path.removeprefix(f"/{self.product.version}")
        return ApiError(Code.NOT_FOUND, path=path)

    def link(self, path: str) -> str:
        """`path` (from the version on, without suffix) as this request's product links to it."""
        if self.product.is_2010:
            return f"{path}{self.suffix_of_links}"
        return f"{self.base}{path}"

    @property
    def suffix_of_links(self) -> str:
        """XML links to no suffix, all others to their own."""
        return "" if self.format.suffix == ".xml" else self.format.suffix


@dataclass(slots=True)
class Stream:
    """A body that is read while it is sent."""

    size: int  #: bytes
    chunks: AsyncIterator[bytes]


@dataclass(slots=True)
class Answer:
    """What goes back: a status, and a content to represent, or bytes as they are, or nothing."""

    status: int = 200
    content: Content | None = None
    body: bytes = b""
    stream: Stream | None = None
    content_type: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def error_content(error: ApiError, docs: str) -> tuple[int, Content]:
    """The status and the error object of `error`; `docs` is the base of our pages about codes."""
    code = error.code
    status = code.status or 500
    tree: dict[str, Any] = {
        "code": code.number,
        "message": error.message,
        "more_info": f"{docs}/docs/errors/{code.number}",
        "status": status,
    }
    return status, Content(tree, "RestException")


def encoded(text: str) -> str:
    """A query value as the original encodes it: `+` as %2B, space as +."""
    return quote(text, safe="").replace("%20", "+")
