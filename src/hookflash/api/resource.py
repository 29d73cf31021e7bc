"""A resource is a declaration: properties, parameters, filters. From it come its routes, its validation, its
representations, its paging and its page of the reference. What it does beyond that are actions, named in it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hookflash.domain.phone_numbers import parse_recipient
from hookflash.domain.sids import is_sid, make_sid
from hookflash.store.store import Tx
from hookflash.store.tables import Condition, Cursor, Table, equal

from .paging import Page, check_in_range, envelope_2010, envelope_meta, read_paging
from .params import Param, parse_moment, read_params
from .product import Product, iso_8601, rfc_2822
from .represent import Content, camel
from .request import Answer, ApiRequest

if TYPE_CHECKING:
    from hookflash.app import Exchange

R = TypeVar("R")
Handler = Callable[[ApiRequest], Awaitable[Answer]]


# -- properties --


@dataclass(frozen=True)
class Property:
    """One member of the answer: its name, and how it comes from the row."""

    name: str
    of: Callable[[Any], Any] | None = None  #: the attribute of that name when None
    is_date: bool = False

    def value(self, row: Any) -> Any:
        return getattr(row, self.name) if self.of is None else self.of(row)


def props(*names: str) -> tuple[Property, ...]:
    """Properties that are attributes of the row; `date_…` ones are dates."""
    return tuple(Property(name, is_date=name.startswith("date_")) for name in names)


# -- filters --


@dataclass(frozen=True)
class Filter:
    """A parameter of a list, and the conditions that its value makes; None where nothing can fit."""

    name: str
    conditions: Callable[[str], list[Condition] | None]


def exact(name: str, column: str) -> Filter:
    """The value as it is written."""
    return Filter(name, lambda value: [Condition(column, "=", value)])


def number(name: str, column: str) -> Filter:
    """A phone number, in any way people write it."""

    def conditions(value: str) -> list[Condition]:
        address = parse_recipient(value)
        return [Condition(column, "=", address.text if address else value)]

    return Filter(name, conditions)


def pattern(name: str, column: str) -> Filter:
    """Any part of the text; `*` stands for anything."""

    def conditions(value: str) -> list[Condition]:
        plain = value.strip().replace("%", "").replace("_", "")
        return [Condition(column, "LIKE", f"%{plain.replace('*', '%')}%")]

    return Filter(name, conditions)


def dates(name: str, column: str) -> tuple[Filter, ...]:
    """`Name=`, `Name<=` and `Name>=`: the day or second, up to its end, from its start on."""

    def between(value: str) -> list[Condition] | None:
        span = parse_moment(value)
        return [Condition(column, ">=", span[0]), Condition(column, "<=", span[1])] if span else None

    def until(value: str) -> list[Condition] | None:
        span = parse_moment(value)
        return [Condition(column, "<=", span[1])] if span else None

    def since(value: str) -> list[Condition] | None:
        span = parse_moment(value)
        return [Condition(column, ">=", span[0])] if span else None

    return Filter(name, between), Filter(name + "<", until), Filter(name + ">", since)


# -- the resource --


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[R]):
    """What a kind of thing looks like and answers to.

    `path` is that of the list, from the version on, with `{AccountSid}` and the like; an instance adds `/{Sid}`.
    `scope` maps further path parameters to columns. `params` are those of create and update. The five actions default
    to nothing: a resource has the operations it names.
    """

    product: Product
    path: str
    name: str  #: the XML element, and its name in the reference
    collection: str  #: the name of a list in JSON; camel-cased in XML
    sid: str  #: the prefix of its SIDs
    table: Table[R]
    properties: tuple[Property, ...]
    params: tuple[Param, ...] = ()
    filters: tuple[Filter, ...] = ()
    scope: dict[str, str] = field(default_factory=dict)
    children: dict[str, str] = field(default_factory=dict)  #: name of the link -> path below an instance
    condition: tuple[Condition, ...] = ()  #: which rows of the table are of this resource
    item: str = "{Sid}"
    xml_uri_suffix: str = ""
    summary: str = ""
    xml_collection: str = ""
    has_uri: bool = True

    # -- representation --

    def tree(self, request: ApiRequest, row: R) -> dict[str, Any]:
        """The row as the members of the answer."""
        date = rfc_2822 if self.product.is_2010 else iso_8601
        tree: dict[str, Any] = {}
        for prop in self.properties:
            value = prop.value(row)
            if prop.is_date and value is not None:
                value = date(value // 1000)
            tree[prop.name] = value
        if self.has_uri:
            self._add_links(request, row, tree)
        return tree

    def content(self, request: ApiRequest, row: R) -> Content:
        return Content(self.tree(request, row), self.name)

    def answer(self, request: ApiRequest, row: R, status: int = 200) -> Answer:
        return Answer(status, self.content(request, row))

    def list_content(self, request: ApiRequest, page: Page) -> Content:
        envelope = envelope_2010 if self.product.is_2010 else envelope_meta
        tree = envelope(request, self.collection, page)
        return Content(tree, self.name, page.items, self.xml_collection or camel(self.collection), self.collection)

    def _add_links(self, request: ApiRequest, row: R, tree: dict[str, Any]) -> None:
        path = self.instance_path(request, row)
        if self.product.is_2010:
            suffix = request.suffix_of_links
            tree["uri"] = path + (suffix or self.xml_uri_suffix)
            if self.children:
                tree["subresource_uris"] = {name: f"{path}/{below}{suffix}" for name, below in self.children.items()}
        else:
            tree["url"] = request.base + path
            if self.children:
                tree["links"] = {name: f"{request.base}{path}/{below}" for name, below in self.children.items()}

    def instance_path(self, request: ApiRequest, row: R) -> str:
        """The path of one row, without suffix."""
        path = self.path.replace("{AccountSid}", getattr(row, "account_sid", request.account.sid))
        for name, value in request.sids.items():
            if name in self.scope:
                path = path.replace(f"{{{name}}}", value)
        return f"{path}/{self._item_of(row)}" if self.item else path

    def _item_of(self, row: R) -> str:
        return str(row.sid)  # type: ignore[attr-defined]

    # -- rows --

    def scope_conditions(self, request: ApiRequest) -> list[Condition]:
        """The conditions that the path sets: the account, and the parents."""
        conditions = equal(account_sid=request.account.sid) if self.table.has("account_sid") else []
        conditions += [Condition(column, "=", request.sids[name]) for name, column in self.scope.items()]
        return [*conditions, *self.condition]

    def item_conditions(self, request: ApiRequest) -> list[Condition]:
        sid = request.sids[self.item.strip("{}")]
        if self.sid and not is_sid(sid, *self.sid.split("|")):
            raise request.not_found()
        key = sid[2:] if self.table.key == "id" else sid
        return [*self.scope_conditions(request), Condition(self.table.key, "=", key)]

    async def row(self, tx: Tx, request: ApiRequest) -> R:
        """The row that the path names. Raises ApiError (20404)."""
        row = await self.table.fetch(tx, self.item_conditions(request))
        if row is None:
            raise request.not_found()
        return row

    async def page(self, request: ApiRequest, *narrower: Condition) -> Page:
        """The page of rows that `request` asks for, of those that fit `narrower` too. Raises ApiError."""
        paging = read_paging(request)
        conditions = [*self.scope_conditions(request), *narrower]
        for filter_ in self.filters:
            if filter_.name in request.query and (value := request.query.get(filter_.name)):
                found = filter_.conditions(value)
                if found is None:
                    check_in_range(paging, [])
                    return Page(paging, [], "", "", more=False, total=0)
                conditions += found
        rows, more, total = await request.exchange.store.read(self._read_page, conditions, paging)
        check_in_range(paging, rows)
        items = [self.tree(request, row) for row in rows]
        first, last = (self._token_of(rows[0]), self._token_of(rows[-1])) if rows else ("", "")
        return Page(paging, items, first, last, more=more, total=total)

    async def _read_page(self, tx: Tx, conditions: list[Condition], paging: Any) -> tuple[list[R], bool, int | None]:
        cursor = paging.cursor
        if self.table.key == "id":
            cursor = type(cursor)(cursor.after and cursor.after[2:], cursor.before and cursor.before[2:], cursor.skip)
        return await self._read_from(tx, conditions, paging, cursor)

    async def _read_from(
        self, tx: Tx, conditions: list[Condition], paging: Any, cursor: Cursor
    ) -> tuple[list[R], bool, int | None]:
        rows = await self.table.page(tx, conditions, cursor, paging.size + 1)
        more = len(rows) > paging.size
        if more and paging.forwards:
            rows = rows[: paging.size]
        elif more:
            rows = rows[-paging.size :]
        total = await self.table.count(tx, conditions) if self.product.is_2010 else None
        return rows, more or not paging.forwards, total

    def _token_of(self, row: R) -> str:
        return str(row.sid)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Operation:
    """One method on one path, and what does it."""

    method: str
    path: str
    handler: Handler
    name: str = ""  #: for the reference, such as "create"
    needs_main: bool = False  #: an API key must be a main one
    test_credentials: bool = False  #: whether test credentials may ask
    of_inactive: bool = False  #: whether it may be about a suspended or closed subaccount
    is_open: Callable[["Exchange", str, str], bool] | None = None  #: whether (path, query) needs no credentials


# -- the operations that need no action of their own --


def lists(resource: Resource[Any], *, needs_main: bool = False) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        return Answer(200, resource.list_content(request, await resource.page(request)))

    return Operation("GET", resource.path, handler, "list", needs_main=needs_main)


def fetches(resource: Resource[Any], *, needs_main: bool = False) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        return resource.answer(request, await request.exchange.store.read(resource.row, request))

    return Operation("GET", f"{resource.path}/{resource.item}", handler, "fetch", needs_main=needs_main)


def creates(resource: Resource[Any]) -> Operation:
    """Create a row from the parameters; what was not given has the default of the row's type."""

    async def handler(request: ApiRequest) -> Answer:
        values = read_params(request.form, resource.params, creating=True)
        parents = {column: request.sids[name] for name, column in resource.scope.items()}
        row = resource.table.row(
            account_sid=request.account.sid,
            sid=make_sid(resource.sid, request.now),
            date_created=request.now,
            date_updated=request.now,
            **parents,
            **values,
        )
        await request.exchange.store.write(resource.table.insert, row)
        return resource.answer(request, row, 201)

    return Operation("POST", resource.path, handler, "create")


def updates(resource: Resource[Any], *, needs_main: bool = False) -> Operation:
    """Set the columns of the parameters that were given."""

    async def change(tx: Tx, request: ApiRequest, values: dict[str, Any]) -> Any:
        row = await resource.row(tx, request)
        values = {**values, "date_updated": request.now}
        await resource.table.update(tx, resource.item_conditions(request), values)
        for name, value in values.items():
            setattr(row, name, value)
        return row

    async def handler(request: ApiRequest) -> Answer:
        values = read_params(request.form, resource.params, creating=False)
        return resource.answer(request, await request.exchange.store.write(change, request, values))

    return Operation("POST", f"{resource.path}/{resource.item}", handler, "update", needs_main=needs_main)


def deletes(resource: Resource[Any], *, needs_main: bool = False) -> Operation:
    async def drop(tx: Tx, request: ApiRequest) -> None:
        if not await resource.table.delete(tx, resource.item_conditions(request)):
            raise request.not_found()

    async def handler(request: ApiRequest) -> Answer:
        await request.exchange.store.write(drop, request)
        return Answer(204)

    return Operation("DELETE", f"{resource.path}/{resource.item}", handler, "delete", needs_main=needs_main)
