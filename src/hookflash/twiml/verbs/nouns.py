"""What the nouns of `<Dial>` have in common: those that ring a phone, and those that stand alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hookflash.domain.call_address import Callee
from hookflash.twiml.declaration import URL, Verb, attribute, one_of
from hookflash.twiml.kinds import whole, words_of
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import Dialled, DialPlan, MachineDetection, StatusCallback, Target, VoiceCall

CALL_EVENTS = words_of("initiated", "ringing", "answered", "completed")
METHOD = one_of("GET", "POST")


@dataclass(frozen=True, kw_only=True, slots=True)
class Noun(Verb):
    """Somebody whom `<Dial>` rings."""

    def target(self) -> Target:
        """Whom it rings, and how. Raises BadTargetError."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone(Noun):
    """A phone that `<Dial>` rings."""

    url: str | None = attribute(
        "url", URL, refuse=TwimlCode.INVALID_URL, summary="a document for who answers, run before the two are joined"
    )
    status_callback: str | None = attribute(
        "statusCallback", URL, warn=TwimlCode.INVALID_URL, summary="told of the call's events"
    )
    status_callback_event: tuple[str, ...] = attribute(
        "statusCallbackEvent", CALL_EVENTS, default=("completed",), summary="of which events"
    )
    status_callback_method: str = attribute(
        "statusCallbackMethod", METHOD, default="POST", summary="how `statusCallback` is requested"
    )

    def rung(self, callee: Callee) -> Target:
        """The phone of `callee`, rung as the attributes say."""
        return Target(
            callee=callee,
            callback=StatusCallback(
                url=self.status_callback or "",
                method=self.status_callback_method,
                events=self.status_callback_event,
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Line(Phone):
    """A phone beyond this platform, where a machine may answer."""

    machine_detection: str | None = attribute(
        "machineDetection",
        one_of("Enable", "DetectMessageEnd"),
        summary="tell people from answering machines, and from the end of their greeting",
    )
    machine_detection_timeout: int = attribute(
        "machineDetectionTimeout", whole(3, 60, unit="seconds"), default=30, summary="how long it may take"
    )
    machine_detection_speech_threshold: int = attribute(
        "machineDetectionSpeechThreshold", whole(1_000, 6_000, unit="ms"), default=2_400, summary="a greeting is longer"
    )
    machine_detection_speech_end_threshold: int = attribute(
        "machineDetectionSpeechEndThreshold",
        whole(500, 5_000, unit="ms"),
        default=1_200,
        summary="silence after which speech has ended",
    )
    machine_detection_silence_timeout: int = attribute(
        "machineDetectionSilenceTimeout",
        whole(2_000, 10_000, unit="ms"),
        default=5_000,
        summary="silence at the start after which it is given up",
    )
    amd_status_callback: str | None = attribute(
        "amdStatusCallback", URL, warn=TwimlCode.INVALID_URL, summary="told what answered"
    )
    amd_status_callback_method: str = attribute(
        "amdStatusCallbackMethod", METHOD, default="POST", summary="how `amdStatusCallback` is requested"
    )

    def rung(self, callee: Callee) -> Target:
        target = Phone.rung(self, callee)
        return replace(target, machine_detection=self._detection)

    @property
    def _detection(self) -> MachineDetection | None:
        if self.machine_detection is None:
            return None
        return MachineDetection(
            until_end=self.machine_detection == "DetectMessageEnd",
            timeout_ms=self.machine_detection_timeout * 1_000,
            speech_ms=self.machine_detection_speech_threshold,
            speech_end_ms=self.machine_detection_speech_end_threshold,
            silence_ms=self.machine_detection_silence_timeout,
            callback=StatusCallback(url=self.amd_status_callback or "", method=self.amd_status_callback_method),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LoneNoun(Verb):
    """What `<Dial>` joins the caller with instead of phones: it stands alone there."""

    def problems(self) -> Iterable[TwimlWarning]:
        """What is wrong with it that its attributes do not tell."""
        return ()

    async def join(self, call: VoiceCall, plan: DialPlan) -> Dialled | None:
        """Join the caller with it, until something parts them; `plan` has no targets.

        None: it is passed over, and the `<Dial>` with it.
        """
        raise NotImplementedError


class BadTargetError(ValueError):
    """A noun that cannot be rung: the code of the warning, and what is wrong as a phrase."""

    def __init__(self, code: TwimlCode, reason: str) -> None:
        self.code = code
        super().__init__(reason)
