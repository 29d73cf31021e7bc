"""`hookflash check`, as its users see it."""

import io
import json
import sys
from pathlib import Path

import pytest
from tests.scenarios.plugin_support import running_app

from hookflash.cli.check import check_command


def check(*documents: str | Path, **options: object) -> int:
    usual = {"channel": "", "inline": False, "method": "POST", "as_json": False}
    return check_command([str(document) for document in documents], **{**usual, **options})  # type: ignore[arg-type]


def written(path: Path, verbs: str) -> Path:
    path.write_text(f"<Response>\n  {verbs}\n</Response>")
    return path


def test_the_place_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and column, level and code, the line itself with a caret, and the cure."""
    bad = written(tmp_path / "bad.xml", '<Pause length="0"/>')
    assert check(bad) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{bad}:2:3: warning 13910: length of <Pause> must be")
    assert lines[1:] == [
        '    2 |   <Pause length="0"/>',
        "      |   ^",
        "      = Write a whole number of seconds of at least 1.",
        "1 warning in 1 document.",
    ]


def test_several_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All are checked; a note alone is nothing wrong."""
    good = written(tmp_path / "good.xml", "<Say>Hi</Say>")
    noted = written(tmp_path / "noted.xml", "<Hangup/><Say>Hi</Say>")
    assert check(good, noted) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 note in 2 documents."
    assert check(good) == 0
    assert capsys.readouterr().out == "Nothing wrong in 1 document.\n"


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of everything, for programs."""
    bad = written(tmp_path / "bad.xml", "<Say/>")
    assert check(bad, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "source": str(bad),
            "line": 2,
            "column": 3,
            "level": "warning",
            "code": 13520,
            "sentence": "<Say> has no text; the verb is skipped.",
            "cure": "Put the text between the tags.",
        }
    ]


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`-` reads it; its channel holds it against what texts may be answered with."""
    document = b"<Response><Say>Hi</Say></Response>"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(document)))
    assert check("-", channel="messaging") == 1
    assert "-:1:11: warning 14110" in capsys.readouterr().out


def test_a_url_is_asked_as_a_call_would(capsys: pytest.CaptureFixture[str]) -> None:
    """With POST; what its answer says is checked."""
    with running_app() as app:
        app.document = "<Response><Say/></Response>"
        assert check(app.url) == 1
        assert [asked.method for asked in app.requests] == ["POST"]
    assert f"{app.url}:1:11: warning 13520" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "status"), [("<Response><Say/></Response>", 1), ("Press < 5 & wait", 0)])
def test_plain_text_is_spoken_unless_it_is_twiml(answer: str, status: int) -> None:
    """As on a call: text that is no document is nothing wrong."""
    with running_app() as app:
        app.document, app.content_type = answer, "text/plain"
        assert check(app.url) == status


def test_a_url_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """The code and the sentence of a failed webhook."""
    with running_app() as app:
        url = app.url
    assert check(url) == 1
    assert f"{url}: error 11202: " in capsys.readouterr().out


def test_a_document_is_held_against_its_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What who answers a `<Dial>` hears may not dial itself."""
    dials = written(tmp_path / "dials.xml", "<Dial>+14155550100</Dial>")
    assert check(dials, channel="voice") == 0
    assert check(dials, channel="whisper") == 1
    assert ":2:3: error 13201" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="1"):
        check(dials, channel="radio")
    assert "documents are for messaging, voice, " in capsys.readouterr().err


def test_a_method_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is asked with it."""
    with pytest.raises(SystemExit, match="1"):
        check("http://127.0.0.1:1/", method="DELETE")
    assert "GET or POST" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence and the exit code 1."""
    with pytest.raises(SystemExit, match="1"):
        check(tmp_path / "none.xml")
    assert "No such file" in capsys.readouterr().err
