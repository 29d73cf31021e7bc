"""Lists that are there, as applications ask for them, of things that nothing makes here."""

from hookflash.api.paging import Page, check_in_range, envelope_2010, read_paging
from hookflash.api.represent import Content, camel
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation


def nothing_yet(path: str, name: str, collection: str) -> Operation:
    """A list at `path` that is empty."""

    async def handler(request: ApiRequest) -> Answer:
        paging = read_paging(request)
        check_in_range(paging, [])
        tree = envelope_2010(request, collection, Page(paging, [], "", "", more=False, total=0))
        return Answer(200, Content(tree, name, [], camel(collection), collection))

    return Operation("GET", path, handler, "list")
