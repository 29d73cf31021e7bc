"""Lists in pages: which rows a request asks for, and what a page says of itself and its neighbours.

The token is what counts: it names the row after which a page begins, so that pages stay whole while new rows arrive.
`Page` alone still works, for clients from before there were tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code
from hookflash.store.tables import Cursor

from .params import Form
from .request import ApiRequest, encoded

DEFAULT_SIZE = 50
LARGEST_SIZE = 1_000
_STATE = ("Page", "PageSize", "PageToken", "AfterSid")


@dataclass(frozen=True)
class Paging:
    """Which page a request asks for."""

    page: int
    size: int
    token: str

    @property
    def cursor(self) -> Cursor:
        if self.token:
            key = self.token[2:]
            return Cursor(after=key) if self.token[:2] == "PA" else Cursor(before=key)
        return Cursor(skip=self.page * self.size)

    @property
    def forwards(self) -> bool:
        return not self.token.startswith("PB")


@dataclass(frozen=True)
class Page:
    """One page of rows, as `key`s and trees."""

    paging: Paging
    items: list[dict[str, Any]]
    first_key: str  #: of the first row; "" when there is none
    last_key: str
    more: bool  #: whether another page follows
    total: int | None  #: how many rows the whole list has, where it is known


def read_paging(request: ApiRequest, default: int = DEFAULT_SIZE) -> Paging:
    """The page that `request` asks for. Raises ApiError (20007, 21481)."""
    query = request.query
    token = query.get("PageToken")
    if token and not (token[:2] in ("PA", "PB") and is_sid(token[2:])):
        raise ApiError(Code.INVALID_PAGE_TOKEN)
    page = query.get("Page", "0")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 0
    return Paging(number, read_size(query, default), token)


def read_size(query: Form, default: int = DEFAULT_SIZE) -> int:
    """How many rows a page shall have. Raises ApiError (20007)."""
    text = query.get("PageSize")
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= LARGEST_SIZE:
        return int(text)
    raise ApiError(Code.PAGE_SIZE_TOO_LARGE, size=text[:20])


def check_in_range(paging: Paging, rows: Sequence[object]) -> None:
    """A page past the end is an error: clients that count pages stop at it. Raises ApiError (20006)."""
    if paging.page > 0 and not rows:
        raise ApiError(Code.PAGE_OUT_OF_RANGE, page=paging.page)


def envelope_2010(request: ApiRequest, key: str, page: Page) -> dict[str, Any]:
    """The members around a list of the 2010 API; `total` and its kin only where the list was counted."""
    paging, number = page.paging, page.paging.page
    path = request.path
    start = number * paging.size if page.items else 0
    tree: dict[str, Any] = {
        "page": number,
        "page_size": paging.size,
        "start": start,
        "end": start + len(page.items) - 1 if page.items else 0,
        "uri": _link(request, path, _state(number, paging)) if _has_query(request) else path,
        "first_page_uri": _link(request, path, _state(0, paging)),
        "previous_page_uri": _previous(request, path, page),
        "next_page_uri": _next(request, path, page),
    }
    if page.total is not None:
        pages = max(1, -(-page.total // paging.size))
        tree["num_pages"] = pages
        tree["total"] = page.total
        tree["last_page_uri"] = _link(request, path, _state(pages - 1, paging))
    tree[key] = page.items
    return tree


def envelope_meta(request: ApiRequest, key: str, page: Page) -> dict[str, Any]:
    """The `meta` object and the list of the newer products; links are absolute."""
    paging = page.paging
    path = request.base + request.path
    meta = {
        "page": paging.page,
        "page_size": paging.size,
        "first_page_url": _link(request, path, _state(0, paging)),
        "previous_page_url": _previous(request, path, page),
        "url": _link(request, path, _state(paging.page, paging)),
        "next_page_url": _next(request, path, page),
        "key": key,
    }
    return {"meta": meta, key: page.items}


def _has_query(request: ApiRequest) -> bool:
    return bool(request.query.pairs)


def _state(page: int, paging: Paging, token: str = "") -> dict[str, str]:
    state = {"PageSize": str(paging.size), "Page": str(page)}
    return {**state, "PageToken": token} if token else state


def _previous(request: ApiRequest, path: str, page: Page) -> str | None:
    number = page.paging.page
    if number <= 0:
        return None
    return _link(request, path, _state(number - 1, page.paging, f"PB{page.first_key}"))


def _next(request: ApiRequest, path: str, page: Page) -> str | None:
    if not page.more:
        return None
    return _link(request, path, _state(page.paging.page + 1, page.paging, f"PA{page.last_key}"))


def _link(request: ApiRequest, path: str, state: dict[str, str]) -> str:
    filters = [(name, value) for name, value in request.query.pairs if name not in _STATE]
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in [*filters, *state.items()])
    return f"{path}?{query}"
