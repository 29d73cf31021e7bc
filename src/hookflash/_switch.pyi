"""The switch's border to Python, built from `switch/python`. What crosses it stands in `hookflash.switch.protocol`."""

class Switch:
    """A running switch: its threads live until `close`. Every method may be called from any thread, and none blocks
    on the network or the disk."""

    def __init__(self, config: bytes) -> None:
        """Bind the sockets and start the threads; `config` is a `SwitchConfig` in JSON.

        Raises OSError when an address is taken, ValueError when the configuration makes no sense.
        """

    def fileno(self) -> int:
        """A descriptor that is readable while events wait."""

    def addresses(self) -> dict[str, str]:
        """Where it listens: `host:port` by transport (`udp`, `tcp`, `tls`, `ws`)."""

    def command(self, command: bytes) -> None:
        """Hand over a command in JSON. Raises ValueError when it is none."""

    def drain(self) -> bytes:
        """Take all events that wait, as a JSON array."""

    def step(self, until: int) -> int:
        """Let the simulated legs live on to `until` (ms since the epoch), or to the first event before that.

        Returns how far it came, in ms since the epoch. Time never goes back: an earlier `until` changes nothing.
        """

    def simulated(self) -> int:
        """How many simulated legs there are."""

    def feed(self, stream: int, pcm: bytes) -> None:
        """Append 16-bit mono PCM at 8 kHz to a stream; nothing at all ends it."""

    def heard(self, leg: int) -> bytes:
        """What a leg that was told to `Listen` has heard so far, as 16-bit mono PCM at 8 kHz."""

    def take_audio(self, leg: int, op: int) -> bytes:
        """Take what a `Hear` has heard since it was last asked, as 16-bit mono PCM at 8 kHz.

        At most half a minute: what was not taken in time is lost, and counted in `stats`.
        """

    def hears(self, leg: int, wanted: bytes, after: int) -> tuple[int, int, float] | None:
        """Where in what a listening leg has heard, from `after` (ms) on, the audio `wanted` lies.

        Start and end in ms and a score from 0 to 1; None when it was not heard.
        """

    def refuse_calls(self, refuse: bool) -> None:
        """Answer new calls 503 from now on, or take them again."""

    def stats(self) -> dict[str, float]:
        """Counters and gauges since the start, by name."""

    def close(self) -> None:
        """End every leg and stop the threads; events that this brings can still be drained."""

def repair_wav(path: str) -> int:
    """Make the header of a recording whose writer was killed agree with its length; returns that in ms.

    Raises OSError when the file cannot be read or written, or is no wav file of ours.
    """

def read_sound(path: str, raw: bool = False) -> bytes:
    """A sound file as 16-bit mono PCM at 8 kHz. Raises OSError, or ValueError with what is wrong with it."""

def who_answered(pcm: bytes, until_end: bool = False) -> tuple[str, int] | None:
    """What detection with its usual limits finds in what is said after an answer (16-bit mono PCM at 8 kHz).

    A name as in `protocol.Done.found`, and after how many ms that was certain; None when it is not by the end of `pcm`.
    With `until_end`, the end of a machine's greeting is waited for.
    """

class Resampler:
    """Audio at another rate, piece by piece."""

    def __init__(self, source: int, target: int) -> None:
        """From `source` to `target` Hz. Raises ValueError for rates that it cannot do."""

    def process(self, pcm: bytes) -> bytes:
        """16-bit mono PCM in and out; a few samples are held back until more comes."""
