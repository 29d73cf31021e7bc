"""What may be heard on a call."""

from pathlib import Path

from hookflash.speech.repertoire import REMEMBERED, Repertoire


def test_the_latest_comes_first(tmp_path: Path) -> None:
    """What is said again is the latest again, once; what has no audio yet is no candidate."""
    repertoire = Repertoire()
    for name in ("a", "b"):
        (tmp_path / name).touch()
    for name in ("a", "b", "a", "c"):
        repertoire.add(name, tmp_path / name)
    assert [piece.text for piece in repertoire.all()] == ["a", "b"]


def test_a_text_is_found_by_a_part_of_it(tmp_path: Path) -> None:
    """In any case and spacing; a file by a part of its URL."""
    repertoire = Repertoire()
    (tmp_path / "x").touch()
    repertoire.add("Welcome to  our\nshop.", tmp_path / "x")
    repertoire.add("https://example.com/a/Tune.mp3", tmp_path / "x")
    assert [piece.text for piece in repertoire.with_text("TO OUR shop")] == ["Welcome to  our\nshop."]
    assert [piece.text for piece in repertoire.with_text("tune.mp3")] == ["https://example.com/a/Tune.mp3"]
    assert repertoire.with_text("goodbye") == []


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    """The oldest are forgotten."""
    repertoire = Repertoire()
    (tmp_path / "x").touch()
    for number in range(REMEMBERED + 10):
        repertoire.add(str(number), tmp_path / "x")
    found = repertoire.all()
    assert (len(found), found[-1].text) == (REMEMBERED, "10")
