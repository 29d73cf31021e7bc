"""Named SQL: `"messages.by_sid"` is the block under `-- by_sid --` in `queries/messages.sql`."""

import re
from importlib import resources

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def load_queries() -> dict[str, str]:
    """Every query of the package by its dotted name. Raises ValueError when two blocks of a file share a name."""
    queries: dict[str, str] = {}
    for file in resources.files("hookflash.store").joinpath("queries").iterdir():
        if file.name.endswith(".sql"):
            group = file.name.removesuffix(".sql")
            for name, text in _blocks(file.read_text(encoding="utf-8")):
                if f"{group}.{name}" in queries:
                    raise ValueError(f"query {group}.{name} stands twice")
                queries[f"{group}.{name}"] = text
    return queries


def _blocks(text: str) -> list[tuple[str, str]]:
    parts = _NAME.split(text)[1:]
    return [(name, body.strip()) for name, body in zip(parts[::2], parts[1::2], strict=True)]
