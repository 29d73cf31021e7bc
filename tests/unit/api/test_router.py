"""From a path to its operation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.api.registry import OPERATIONS
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation
from hookflash.api.router import Router


async def handler(request: ApiRequest) -> Answer:
    return Answer()


def operation(method: str, path: str) -> Operation:
    return Operation(method, path, handler)


ROUTER = Router(
    [
        operation("GET", "/v1/Things"),
        operation("GET", "/v1/Things/{Sid}"),
        operation("DELETE", "/v1/Things/{Sid}"),
        operation("GET", "/v1/Things/Special"),
        operation("GET", "/v1/Things/{ThingSid}/Parts/{Sid}"),
    ]
)


@pytest.mark.parametrize(
    ("path", "leads_to", "sids"),
    [
        ("/v1/Things", "/v1/Things", {}),
        ("/v1/Things/TH1", "/v1/Things/{Sid}", {"Sid": "TH1"}),
        ("/v1/Things/Special", "/v1/Things/Special", {}),
        ("/v1/Things/TH1/Parts/PT1", "/v1/Things/{ThingSid}/Parts/{Sid}", {"ThingSid": "TH1", "Sid": "PT1"}),
        ("/v1/Things/{}", "/v1/Things/{Sid}", {"Sid": "{}"}),
    ],
)
def test_a_path_leads_to_its_operation(path: str, leads_to: str, sids: dict[str, str]) -> None:
    """Each operation names its own parameters; a literal segment goes before a parameter."""
    match = ROUTER.match("GET", path)
    assert match is not None
    assert match.operation is not None
    assert (match.operation.path, match.sids) == (leads_to, sids)


@pytest.mark.parametrize(
    "path", ["", "/", "/v1", "/v2/Things", "/v1/Things//Parts/1", "/v1/Things/TH1/Parts", "/v1/things"]
)
def test_other_paths_lead_nowhere(path: str) -> None:
    """Names are case-sensitive, segments are not empty."""
    assert ROUTER.match("GET", path) is None


def test_a_path_without_the_method_is_told_from_no_path() -> None:
    """405 is not 404."""
    match = ROUTER.match("PATCH", "/v1/Things/TH1")
    assert match is not None
    assert match.operation is None


def test_an_operation_is_declared_once() -> None:
    """A second one would never be reached."""
    with pytest.raises(ValueError, match="GET /v1/Things is declared twice"):
        Router([operation("GET", "/v1/Things"), operation("GET", "/v1/Things")])


@given(st.text(), st.text())
def test_any_path_is_found_or_not(method: str, path: str) -> None:
    """No path makes it break."""
    ROUTER.match(method, path)


def test_every_declared_operation_is_reachable() -> None:
    """The path of a declaration, taken as a path, leads to that operation."""
    for product, operations in OPERATIONS.items():
        router = Router(operations)
        for declared in operations:
            match = router.match(declared.method, declared.path)
            assert match is not None, (product, declared.path)
            assert match.operation is declared, (product, declared.path)
