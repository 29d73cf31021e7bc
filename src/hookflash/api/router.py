"""From method and path to the operation: a tree of path segments."""

from dataclasses import dataclass, field

from .resource import Operation

_ANY = "{}"


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """What a path leads to: its operation for the method (None: the path has others), and its parameters."""

    operation: Operation | None
    sids: dict[str, str]


class Router:
    """The operations of one product. A literal segment goes before a parameter."""

    def __init__(self, operations: list[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node, names = self._root, []
        for segment in operation.path.strip("/").split("/"):
            key = segment
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                key = _ANY
            node = node.children.setdefault(key, _Node())
        if operation.method in node.operations:
            raise ValueError(f"{operation.method} {operation.path} is declared twice")
        node.operations[operation.method] = (operation, tuple(names))

    def match(self, method: str, path: str) -> Match | None:
        """Where `path` (without suffix) leads, or None when nowhere."""
        values: list[str] = []
        node = self._root
        for segment in path.strip("/").split("/"):
            following = node.children.get(segment)
            if following is None or segment == _ANY:
                following = node.children.get(_ANY)
                if following is None or not segment:
                    return None
                values.append(segment)
            node = following
        if not node.operations:
            return None
        found = node.operations.get(method)
        if found is None:
            return Match(None, {})
        operation, names = found
        return Match(operation, dict(zip(names, values, strict=True)))
