"""The figures of calls, each beside its floor and what is to be reached."""

from collections.abc import Callable

from benchmarks import answering, audio, callers, conference, programs
from benchmarks.answering import OVERLOAD, Answering
from benchmarks.audio import Audio, Delay

SWITCH_RATE = 2_500.0  #: calls a second that the switch is to answer
SERVER_RATE = 300.0  #: and the whole server, by webhook and TwiML
IVR = 200  #: calls
MANY = 1_000
RELAYED = 100
ROOM = 300


def measure() -> None:
    """Print each figure as it is measured."""
    programs.build()
    floor = audio.measure("floor", IVR)
    print(f"{'audio':<34}{'% / 100':>8}{'floor':>8}{'ratio':>7}{'p50 ms':>8}{'p99 ms':>8}{'late %':>8}{'kB/leg':>8}")
    _show_audio("a bare echo", floor, floor.share)
    _show_audio(f"prompt, {IVR} calls", audio.measure("ivr", IVR), floor.share)
    _show_audio(f"prompt, {MANY:,} calls", audio.measure("ivr", MANY), floor.share)
    _show_audio(f"bridge, {RELAYED} calls (2 legs each)", audio.measure("relay", 2 * RELAYED), 2 * floor.share)
    _show_audio(f"one room, all {ROOM} talk", audio.measure("mix", ROOM), floor.share)
    _show_audio(f"<Conference>, all {conference.MOST} talk", conference.measure(), floor.share)
    delays = audio.delays()
    _show_delay("end of a key until it is told", delays["key"])
    _show_delay("voice from phone to phone by a room", delays["room"])
    if not callers.is_installed():
        print("SIPp is not installed: no figures of answering")
        return
    print(f"{'answer and hang up':<34}{'ms/call':>8}{'floor':>8}{'ratio':>7}{'calls/s':>8}{'goodput':>8}{'kB/call':>8}")
    _show_answering("the switch alone", lambda: answering.switch_alone(asked=SWITCH_RATE))
    _show_answering("INVITE, webhook, TwiML, answer", lambda: answering.whole_path(asked=SERVER_RATE))


def _show_audio(name: str, figure: Audio, floor: float) -> None:
    ratio = figure.share / floor
    delays = f"{figure.p50:>8.1f}{figure.p99:>8.1f}" if figure.p50 else " " * 16  # what is mixed or played has no marks
    rest = f"{figure.late:>8.3f}{figure.memory:>8.1f}"
    print(f"{name:<34}{figure.share:>8.2f}{floor:>8.2f}{ratio:>7.1f}{delays}{rest}", flush=True)


def _show_delay(name: str, delay: Delay) -> None:
    print(f"{name:<57}{delay.p50:>8.1f}{delay.p99:>8.1f}", flush=True)


def _show_answering(name: str, measured: Callable[[], Answering]) -> None:
    figure = measured()
    ratio = figure.cpu / figure.floor
    rates = f"{figure.carried:>8,.0f}{figure.goodput:>8.0%}{figure.memory:>8.1f}"
    print(f"{name:<34}{figure.cpu:>8.2f}{figure.floor:>8.2f}{ratio:>7.1f}{rates}", flush=True)
    seen = figure.overloaded
    print(
        f"    at {OVERLOAD} times that: {seen.answered:,} answered, {seen.away:,} turned away, {seen.failed:,} failed"
    )
