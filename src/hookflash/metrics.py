"""What `/metrics` shows, in Prometheus' text format: counted as it happens, or looked at when it is asked for.

The hot path pays one dictionary entry a move; the counters themselves are raised once for each commit.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from hookflash.domain.clock import SECOND
from hookflash.switch.metrics import SwitchCollector
from hookflash.switch.protocol import AnyEvent, Quality, Refused
from hookflash.webhooks.outcome import Attempt

if TYPE_CHECKING:
    from hookflash.carriers.carrier import MessageCarrier
    from hookflash.trunks.live_trunk import LiveTrunk

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COMMIT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)  #: seconds
ANSWERS = ("1xx", "2xx", "3xx", "4xx", "5xx", "cached", "none")  #: none: no answer that could be read
MOS_BUCKETS = (1.0, 2.0, 2.5, 3.0, 3.3, 3.6, 3.8, 4.0, 4.1, 4.2, 4.3, 4.4)  #: G.711 without loss has 4.4
WEBHOOK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)  #: seconds; none may take longer


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._moves = {
            what: Counter(
                f"hookflash_{what}_moves", f"Moves of {what}s, by the status reached", ["status"], registry=registry
            )
            for what in ("message", "call")
        }
        self._commits = Histogram(
            "hookflash_store_commit_seconds",
            "How long groups of actions took to be on disk",
            buckets=COMMIT_BUCKETS,
            registry=registry,
        )
        attempts = Counter(
            "hookflash_webhook_attempts",
            "Requests to applications, by the class of the answer",
            ["answer"],
            registry=registry,
        )
        self._attempts = {answer: attempts.labels(answer) for answer in ANSWERS}
        durations = Histogram(
            "hookflash_webhook_seconds",
            "How long requests to applications took, by what they were about",
            ["about"],
            buckets=WEBHOOK_BUCKETS,
            registry=registry,
        )
        self._durations = {about: durations.labels(about) for about in ("call", "message")}
        self._outbox = Gauge(
            "hookflash_outbox_rows", "Work that is still to be done, by queue", ["queue"], registry=registry
        )
        self._carriers = Gauge(
            "hookflash_carrier", "Numbers of the state of each carrier", ["carrier", "what"], registry=registry
        )
        self._trunks = Gauge(
            "hookflash_trunk_up",
            "Whether a gateway of a trunk, or our registration with it, is up; absent while that is not known",
            ["trunk", "gateway"],
            registry=registry,
        )
        self._mos = Histogram(
            "hookflash_leg_mos", "Estimated quality of the audio of each leg", buckets=MOS_BUCKETS, registry=registry
        )
        self._packets = Counter(
            "hookflash_leg_packets", "Packets of audio of legs that have ended", ["what"], registry=registry
        )

        self._refused = Counter(
            "hookflash_sip_refused", "SIP requests that were refused, by status", ["status"], registry=registry
        )
        self._switch = SwitchCollector()
        registry.register(self._switch)

    def committed(self, seconds: float, tallies: Mapping[tuple[str, str], int]) -> None:
        """A group of actions is on disk; `tallies` are what they counted with `Tx.tally`."""
        self._commits.observe(seconds)
        for (what, label), count in tallies.items():
            self._moves[what].labels(label).inc(count)

    def attempted(self, attempt: Attempt) -> None:
        """A request to an application ended."""
        self._attempts[_answer_class(attempt)].inc()
        about = "call" if "CallSid" in attempt.params else "message"
        self._durations[about].observe(attempt.duration / SECOND)

    def hear(self, event: AnyEvent) -> None:
        """Take an event of the switch."""
        if isinstance(event, Quality):
            if event.received:
                self._mos.observe(event.mos)
            for what in ("sent", "received", "lost", "late"):
                self._packets.labels(what).inc(getattr(event, what))
        elif isinstance(event, Refused):
            self._refused.labels(event.status).inc(event.count)

    def render(
        self,
        *,
        depths: Mapping[str, int],
        carriers: Mapping[str, "MessageCarrier"],
        trunks: Iterable["LiveTrunk"],
        switch: Mapping[str, float],
        calls: int,
    ) -> bytes:
        """The page: what was counted, the rows of each queue of the outbox, how carriers, trunks and the switch are.

        `switch` is what `Switch.stats` says, `calls` how many calls live.
        """
        self._outbox.clear()
        for queue, depth in depths.items():
            self._outbox.labels(queue).set(depth)
        self._carriers.clear()
        for name, carrier in carriers.items():
            for what, value in carrier.state().items():
                if isinstance(value, int | float):
                    self._carriers.labels(name, what).set(value)
        self._trunks.clear()
        for trunk in trunks:
            for gateway, state in trunk.states().items():
                if state.up is not None:
                    self._trunks.labels(trunk.name, gateway).set(state.up)
        self._switch.stats, self._switch.calls = switch, calls
        return generate_latest(self.registry)


def _answer_class(attempt: Attempt) -> str:
    if attempt.cached:
        return "cached"
    answer = f"{(attempt.status or 0) // 100}xx"
    return answer if answer in ANSWERS else "none"
