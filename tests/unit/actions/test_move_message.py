"""No sequence of events moves a message where the table has no move, or loses a final status."""

import asyncio
import contextlib
from typing import Any

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import integers, sampled_from
from tests.unit.actions.world import World

from hookflash.actions.submit_message import Submit
from hookflash.actions.update_message import cancel_message, delete_message, redact_message
from hookflash.domain.clock import MINUTE, SECOND
from hookflash.domain.message import FINAL_STATUSES, MESSAGE_MOVES, MessageStatus
from hookflash.errors import ApiError

_SETTLED = {status for status in MessageStatus if status not in MESSAGE_MOVES}


class Messages(RuleBasedStateMachine):
    """Messages of a number and of a service; carriers answer late, twice, or early; the application interferes."""

    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.world: World = self.run(World().open())
        number = self.run(self.world.number("+14155550120"))
        self.service = self.run(self.world.service(number))
        self.last: dict[str, MessageStatus] = {}
        self.submits: list[Submit] = []

    def run(self, step: Any) -> Any:
        return self.runner.run(step)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.run(self.world.close())
            self.runner.close()

    @rule(by_service=sampled_from([True, False]), length=sampled_from([10, 200]))
    def send(self, by_service: bool, length: int) -> None:
        more = {"service_sid": self.service.sid} if by_service else {}
        message = self.run(self.world.send(body="x" * length, status_callback="https://app.example/s", **more))
        self.last[message.sid] = message.status

    @rule()
    def release(self) -> None:
        self.run(self.world.release())

    @rule()
    def lease(self) -> None:
        self.submits += self.run(self.world.leaving())

    @rule(span=sampled_from([SECOND, 3 * MINUTE]))
    def wait(self, span: int) -> None:
        self.world.now += span

    @precondition(lambda self: self.submits)
    @rule(which=integers(0, 99), how=sampled_from(["taken", "busy", "refused"]), keep=sampled_from([True, False]))
    def answer(self, which: int, how: str, keep: bool) -> None:
        """Answers to one submit may come more than once, and differ."""
        index = which % len(self.submits)
        submit = self.submits[index] if keep else self.submits.pop(index)
        fresh = Submit(submit.job, self.copy(submit), submit.on_net, submit.media_urls)
        ids = [f"{submit.message.sid}-{part}" for part in range(submit.message.num_segments)]
        match how:
            case "taken":
                self.run(self.world.taken(fresh, *ids))
            case "busy":
                self.run(self.world.busy(fresh))
            case _:
                self.run(self.world.refused(fresh))

    def copy(self, submit: Submit) -> Any:
        return type(submit.message)(**{f: getattr(submit.message, f) for f in submit.message.__struct_fields__})

    @precondition(lambda self: self.last)
    @rule(
        which=integers(0, 99), part=integers(0, 1), status=sampled_from(["delivered", "undelivered", "failed", "sent"])
    )
    def receipt(self, which: int, part: int, status: str) -> None:
        sid = sorted(self.last)[which % len(self.last)]
        self.run(self.world.receipt(f"{sid}-{part}", status))

    @precondition(lambda self: self.last)
    @rule(which=integers(0, 99), action=sampled_from([cancel_message, delete_message, redact_message]))
    def interfere(self, which: int, action: Any) -> None:
        sid = sorted(self.last)[which % len(self.last)]
        message = self.run(self.world.message(sid))
        if message is not None:
            with contextlib.suppress(ApiError):
                self.run(self.world.do(action, message, now=self.world.now))

    @invariant()
    def every_move_is_in_the_table(self) -> None:
        """Between two steps a message may have made several moves, each of the table; what is final stays."""
        for sid, before in list(self.last.items()):
            message = self.run(self.world.message(sid))
            if message is None:
                assert before in FINAL_STATUSES
                del self.last[sid]
                continue
            assert message.status in _reachable(before)
            assert before not in _SETTLED or message.status is before
            assert (message.error_code is not None) == (message.status.value in ("failed", "undelivered"))
            self.last[sid] = message.status


def _reachable(status: MessageStatus) -> set[MessageStatus]:
    found, new = {status}, {status}
    while new:
        new = {to for one in new for to in MESSAGE_MOVES.get(one, ())} - found
        found |= new
    return found


TestMessages = Messages.TestCase
TestMessages.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
