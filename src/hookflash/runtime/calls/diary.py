"""What is told about a call, or a conference: notes and attempts in its timeline, alerts to the debugger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from hookflash.actions.answer_message import record_attempts
from hookflash.actions.load_call import load_call
from hookflash.actions.move_conference import load_conference
from hookflash.actions.raise_alert import raise_alert
from hookflash.domain.clock import Clock
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.twiml.problems import ERRORS, TwimlCode, TwimlWarning
from hookflash.webhooks.outcome import Attempt

from .ledger import Ledger

log = structlog.get_logger()


class Diary:
    """The diary of one call or conference; nobody waits for what is written."""

    def __init__(self, ledger: Ledger, clock: Clock, account_sid: str, sid: str) -> None:
        self._ledger = ledger
        self._clock = clock
        self._account_sid = account_sid
        self._sid = sid
        self._hushes = 0
        self._codes: set[int] = set()  #: of the alerts so far

    @contextmanager
    def hushed(self) -> Iterator[None]:
        """Take down no notes, no attempts, and no alert of a kind that there was: what goes on for a day repeats."""
        self._hushes += 1
        try:
            yield
        finally:
            self._hushes -= 1

    def note(self, sentence: str, *, kind: str = "twiml", data: Any = None) -> None:
        if self._hushes:
            return
        self._ledger.add(
            timeline.record,
            self._sid,
            kind,
            sentence,
            account_sid=self._account_sid,
            now=self._clock.now(),
            data=data,
        )

    def aside(self, sentence: str, *, kind: str, data: Any = None) -> None:
        """A note of which there are many: written along with the next one."""
        self._ledger.later(
            timeline.record,
            self._sid,
            kind,
            sentence,
            account_sid=self._account_sid,
            now=self._clock.now(),
            data=data,
        )

    def attempts(self, attempts: tuple[Attempt, ...]) -> None:
        if attempts and not self._hushes:
            self._ledger.add(record_attempts, self._sid, self._account_sid, attempts, now=self._clock.now())

    def alert(self, code: int, sentence: str, *, level: str = "error", attempt: Attempt | None = None) -> None:
        """Something that the developer should see."""
        if self._hushes and code in self._codes:
            return
        self._codes.add(code)
        self._ledger.add(
            _alert,
            self._account_sid,
            self._sid,
            level=level,
            code=code,
            sentence=sentence,
            now=self._clock.now(),
            attempt=attempt,
        )

    def broke(self, what: str, error: Exception) -> None:
        """`what` has failed, by no fault of the application."""
        log.error(what, sid=self._sid, exc_info=error)
        self.alert(TwimlCode.INTERNAL, "Something of this platform failed; its log says what")

    def warn(self, warning: TwimlWarning) -> None:
        """Something of a document is passed over."""
        place = f"line {warning.line}, column {warning.column}: " if warning.line else ""
        self.alert(int(warning.code), place + warning.sentence, level=level_of(warning.code))


def level_of(code: TwimlCode) -> str:
    """What the dictionary counts a code of a document as."""
    return "error" if code in ERRORS else "warning"


async def _alert(
    tx: Tx, account_sid: str, sid: str, *, level: str, code: int, sentence: str, now: int, attempt: Attempt | None
) -> None:
    about = await (load_conference if sid.startswith("CF") else load_call)(tx, account_sid, sid)
    if about is not None:
        await raise_alert(tx, about, level=level, code=code, sentence=sentence, now=now, attempt=attempt)
