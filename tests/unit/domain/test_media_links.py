"""Links to media: open on a laptop, signed elsewhere."""

from urllib.parse import urlsplit

from hypothesis import given
from hypothesis.strategies import text

from hookflash.domain.media_links import LIFETIME, MediaLinks

PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
NOW = 1_700_000_000_000
SIGNED = MediaLinks(base=lambda: "https://here.example", key=b"key")
OPEN = MediaLinks(base=lambda: "https://here.example", key=None)


def test_a_signed_link_opens_its_own_medium_for_a_while() -> None:
    """No other path, and not for ever."""
    query = urlsplit(SIGNED.link(PATH, NOW)).query
    assert SIGNED.opens(PATH, query, NOW)
    assert not SIGNED.opens(PATH + "2", query, NOW)
    assert SIGNED.opens(PATH, query, NOW + LIFETIME - 1_000)
    assert not SIGNED.opens(PATH, query, NOW + LIFETIME)
    assert not MediaLinks(base=str, key=b"other").opens(PATH, query, NOW)


@given(text())
def test_nothing_else_opens_one(query: str) -> None:
    """Whatever the query is."""
    assert not SIGNED.opens(PATH, query, NOW)
    assert not SIGNED.opens(PATH, f"Expires={NOW}&Signature={query}", NOW)


def test_our_own_links_are_known_as_such() -> None:
    """A link of another server is not, nor one of ours that opens nothing: its medium may be someone else's."""
    for links in (SIGNED, OPEN):
        assert links.path_of(links.link(PATH, NOW), NOW) == PATH
        assert links.path_of("https://there.example" + PATH, NOW) is None
    assert SIGNED.path_of("https://here.example" + PATH, NOW) is None
    assert OPEN.link(PATH, NOW) == "https://here.example" + PATH
