"""`hookflash timeline SID`: what happened to a message, step by step."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from hookflash.cli.connect import complaints, connect, printable

_STYLES = {"move": "bold", "carrier": "cyan", "webhook": "magenta", "note": "yellow"}


def timeline_command(sid: str, ready_file: Path | None, *, details: bool) -> None:
    """Print the timeline of `sid`; with `details`, what each step recorded."""
    with complaints("timeline"):
        client, _ = connect(ready_file)
        answer = client.get("timeline", sid)
        console = Console(highlight=False, soft_wrap=True)
        for line in lines(answer["events"], details=details):
            console.print(line)


def lines(events: list[dict[str, Any]], *, details: bool) -> Iterable[Text]:
    """A line for each event: the time of the first, and how much later each other came."""
    start = events[0]["at"]
    for event in events:
        since = event["at"] - start
        when = f"+{since / 1000:.3f} s" if since else _clock_time(start)
        text = Text(f"{when:>14}  ", style="dim")
        text.append(f"{event['kind']:<8}", style=f"not dim {_STYLES.get(event['kind'], '')}".strip())
        text.append(printable(event["sentence"]), style="not dim")
        yield text
        if event["kind"] == "webhook" and event["data"]:
            yield Text(f"{'':24}{printable(event['data']['url'])}", style="dim")
        if details and event["data"]:
            yield from _details(event["data"])


def _details(data: dict[str, Any]) -> Iterable[Text]:
    for name, value in data.items():
        if value not in (None, "", [], {}):
            yield Text(f"{'':24}{name}: {printable(str(value))}", style="dim")


def _clock_time(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000).astimezone().strftime("%H:%M:%S.%f")[:-3]
