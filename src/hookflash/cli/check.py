"""`hookflash check`: all that is wrong with documents of TwiML, in files or at URLs, before a call finds out."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from rich.console import Console
from rich.text import Text

from hookflash.cli.connect import complaints, printable
from hookflash.domain.clock import VirtualClock
from hookflash.settings import Mode, read_settings
from hookflash.twiml.channels import CHANNELS
from hookflash.twiml.document import Channel
from hookflash.twiml.lint import Finding, Level, lint, of_error
from hookflash.twiml.parse import PLAIN_TYPE
from hookflash.twiml.problems import TwimlError
from hookflash.twiml.xml import read_xml
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.request import SOUNDS, VOICE_DOCUMENTS, WebhookRequest, media_type

NOBODY = "0" * 32  # of the SIDs in a request that is about no call
_COLOURS = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.NOTE: "bold cyan"}


@dataclass(frozen=True)
class Checked:
    """A document, and what was found in it."""

    source: str  #: as it was named
    body: bytes
    findings: tuple[Finding, ...]


def check_command(documents: Sequence[str], *, channel: str, inline: bool, method: str, as_json: bool) -> int:
    """Check each of `documents` and print what was found; returns the exit code: 1 for an error or a warning."""
    with complaints("check", ValueError):
        if channel and channel not in CHANNELS:
            raise ValueError(f"documents are for {', '.join(CHANNELS)}, not for {printable(channel)}")
        if method.upper() not in ("GET", "POST"):
            raise ValueError(f"a document is asked for with GET or POST, not {printable(method)}")
        checked = [
            _checked(source, CHANNELS.get(channel), inline=inline, method=method.upper()) for source in documents
        ]
    if as_json:
        print(json.dumps([row for each in checked for row in _rows(each)], indent=2))
    else:
        _show(checked)
    return int(any(finding.level is not Level.NOTE for each in checked for finding in each.findings))


def _checked(source: str, channel: Channel | None, *, inline: bool, method: str) -> Checked:
    """Raises OSError for a file that cannot be read."""
    if source.startswith(("http://", "https://")):
        return asyncio.run(_fetched(source, channel, method=method))
    body = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    return Checked(source, body, lint(body, channel, is_inline=inline))


async def _fetched(url: str, channel: Channel | None, *, method: str) -> Checked:
    """The document at `url`, asked for as a call would, but for its parameters."""
    settings = read_settings({})
    egress = EgressPolicy(
        allow_private=settings.mode is Mode.DEVELOPMENT,
        allowed=tuple(ip_network(text) for text in settings.webhook_allow),
    )
    request = WebhookRequest(
        url=url,
        method=method,
        account_sid=f"AC{NOBODY}",
        auth_token="",  # of no account: the signature means nothing
        resource_sid=f"CA{NOBODY}",
        idempotency_token=NOBODY,
        kind="check",
        accepts=VOICE_DOCUMENTS,
    )
    async with WebhookClient(egress=egress, clock=VirtualClock(), ca_bundle=settings.webhook_ca) as client:
        outcome = await client.fetch(request)
    if outcome.error is not None:
        return Checked(url, b"", (of_error(outcome.error.code.number, outcome.error.sentence),))
    kind = media_type(outcome.content_type)
    is_heard = kind in SOUNDS or (kind == PLAIN_TYPE and not _is_xml(outcome.body))
    return Checked(url, outcome.body, () if is_heard else lint(outcome.body, channel))


def _is_xml(body: bytes) -> bool:
    """Whether an answer of plain text is TwiML all the same; other text is spoken."""
    try:
        read_xml(body)
    except TwimlError:
        return False
    return True


def _rows(checked: Checked) -> Iterable[dict[str, object]]:
    for each in checked.findings:
        yield {
            "source": checked.source,
            "line": each.line,
            "column": each.column,
            "level": each.level,
            "code": each.code,
            "sentence": each.sentence,
            "cure": each.cure,
        }


# -- for people --


def _show(checked: Sequence[Checked]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for each in checked:
        lines = each.body.decode("utf-8", "replace").splitlines()
        for finding in each.findings:
            show_finding(console, each.source, finding, lines)
    counts = Counter(finding.level for each in checked for finding in each.findings)
    found = [f"{count} {level}{'s' if count > 1 else ''}" for level in Level if (count := counts[level])]
    number = f"{len(checked)} document{'s' if len(checked) > 1 else ''}"
    console.print(f"{', '.join(found) or 'Nothing wrong'} in {number}.")


def show_finding(console: Console, source: str, finding: Finding, lines: Sequence[str]) -> None:
    """Print what was found in a document of these `lines`, with the place and the cure."""
    place = f":{finding.line}:{finding.column}" if finding.line else ""
    kind = f"{finding.level} {finding.code}" if finding.code else str(finding.level)
    console.print(
        Text.assemble(
            printable(source), place, ": ", (kind, _COLOURS[finding.level]), ": ", printable(finding.sentence)
        )
    )
    if 0 < finding.line <= len(lines):
        line = printable(lines[finding.line - 1].expandtabs(1))
        console.print(f"{finding.line:>5} | {line}")
        console.print(f"      | {' ' * (finding.column - 1)}^", style=_COLOURS[finding.level])
    if finding.cure:
        console.print(f"      = {finding.cure}")
