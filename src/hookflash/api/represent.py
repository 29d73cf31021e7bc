"""Representations: one tree of plain values as JSON, XML, CSV or a page for people."""

import csv
import io
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

import msgspec

Tree = dict[str, Any]

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RETURN = {"\r": "&#13;"}  # a bare one would be read back as a line feed (section 2.11)


@dataclass(frozen=True)
class Content:
    """An instance, a page of a list, or an error, ready to be written in any representation.

    `name` is the XML element of an instance ("Call"), `collection` the name of the list in XML ("Calls"); `envelope`
    holds what a list says of itself, and `key` is the list's name in JSON.
    """

    tree: Tree
    name: str
    items: list[Tree] | None = None
    collection: str = ""
    key: str = ""


@dataclass(frozen=True)
class Format:
    """A representation: the suffix that asks for it, its content type, and how it is written."""

    suffix: str
    content_type: bytes
    write: Callable[[Content], bytes]


def _json(content: Content) -> bytes:
    return msgspec.json.encode(content.tree)


def camel(name: str) -> str:
    """`date_created` -> `DateCreated`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _xml(content: Content) -> bytes:
    if content.items is None:
        inner = _xml_element(content.name, content.tree)
    else:
        attributes = "".join(
            f" {name.replace('_', '')}={quoteattr(_text(value))}"
            for name, value in content.tree.items()
            if name != content.key and not isinstance(value, dict | list)
        )
        items = "".join(_xml_element(content.name, item) for item in content.items)
        inner = f"<{content.collection}{attributes}>{items}</{content.collection}>"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>{inner}</TwilioResponse>".encode()


def _xml_element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        children = "".join(_xml_element(camel(key), child) for key, child in value.items())
        return f"<{name}>{children}</{name}>"
    if isinstance(value, list):
        singular = name.removesuffix("s") or "Item"
        return f"<{name}>{''.join(_xml_element(singular, child) for child in value)}</{name}>"
    text = _text(value)
    return f"<{name}>{xml_escape(_printable(text), _RETURN)}</{name}>" if text else f"<{name}/>"


def _printable(text: str) -> str:
    """XML 1.0 has no way to write most control characters (section 2.2)."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _csv(content: Content) -> bytes:
    rows = content.items if content.items is not None else [content.tree]
    out = io.StringIO()
    writer = csv.writer(out)
    if rows:
        writer.writerow([camel(name) for name in rows[0]])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    text = msgspec.json.encode(value).decode() if isinstance(value, dict | list) else _text(value)
    # A spreadsheet would run a cell that begins like a formula; E.164 numbers begin with "+" and stay.
    return "'" + text if text[:1] in ("=", "@", "\t", "\r") else text


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>
body{{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
body>div{{border-top:1px solid #8884;padding:1rem 0}}div div{{overflow-wrap:anywhere}}
div div::before{{content:attr(class);display:inline-block;min-width:14rem;color:#777}}</style></head>
<body class="twilio-response"><h1>{title}</h1>{body}</body></html>"""


def _html(content: Content) -> bytes:
    if content.items is None:
        title, body = content.name, _html_item(content.name, content.tree)
    else:
        title = content.collection
        links = {key: value for key, value in content.tree.items() if key != content.key}
        body = _html_item("page", links) + "".join(_html_item(content.name, item) for item in content.items)
    return _PAGE.format(title=escape(title), body=body).encode()


def _html_item(name: str, tree: Tree) -> str:
    """Each member as a division whose class is its name; the style sheet shows the class."""
    rows = "".join(f'<div class="{escape(_dashed(key))}">{_html_value(value)}</div>' for key, value in tree.items())
    return f'<div class="{escape(_dashed(name))}">{rows}</div>'


def _dashed(name: str) -> str:
    return camel(name)[:1].lower() + "".join(f"-{c.lower()}" if c.isupper() else c for c in camel(name)[1:])


def _html_value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(
            f'<div class="{escape(_dashed(key))}">{_html_value(child)}</div>' for key, child in value.items()
        )
    if isinstance(value, list):
        return ", ".join(_html_value(entry) for entry in value)
    text = _text(value)
    if text.startswith(("/2010-04-01/", "http://", "https://")):
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    return escape(text)


JSON = Format(".json", b"application/json", _json)
XML = Format(".xml", b"application/xml", _xml)
CSV = Format(".csv", b"text/csv; charset=utf-8", _csv)
HTML = Format(".html", b"text/html; charset=utf-8", _html)
BY_SUFFIX = {form.suffix: form for form in (JSON, XML, CSV, HTML)}


def split_suffix(path: str, suffixes: Container[str] = BY_SUFFIX) -> tuple[str, str]:
    """`/Accounts/AC1.Json` -> (`/Accounts/AC1`, `.json`); the suffix is "" when there is none of `suffixes`."""
    dot = path.rfind(".", path.rfind("/") + 1)
    if dot < 0 or (suffix := path[dot:].lower()) not in suffixes:
        return path, ""
    return path[:dot], suffix
