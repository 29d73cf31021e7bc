"""`<Refer>`: the caller's phone is asked to call another address, and leaves."""

from collections.abc import Iterator
from dataclasses import dataclass

from hookflash.domain.call_address import Callee
from hookflash.switch.leg import Referral
from hookflash.twiml.declaration import URL, attribute, verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.nouns import METHOD, BadTargetError
from hookflash.twiml.verbs.sip import Sip
from hookflash.twiml.voice import FALL_THROUGH, GoTo, Next, SoundError, VoiceCall, VoiceVerb


@verb("Refer", children=(Sip,))
@dataclass(frozen=True, kw_only=True, slots=True)
class Refer(VoiceVerb):
    """Asks the caller's SIP phone to call the one `<Sip>` inside instead (REFER, RFC 3515); its headers go along."""

    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told how it ended. Default: the next verb runs"
    )
    method: str = attribute("method", METHOD, default="POST", summary="how `action` is requested")

    @property
    def is_last(self) -> bool:
        return self.action is not None

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        try:
            _ = self._callee
        except BadTargetError as reason:
            yield self.skipped(reason.code, f"<Sip> in <Refer> {reason}")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        callee = self._callee
        try:
            referral = await call.leg.refer(callee.text, callee.headers)
        except OSError as error:
            sentence = f"<Refer> is for callers that came by SIP, whose phones can be asked: {error}"
            call.fail(self, SoundError(int(TwimlCode.REFER), sentence))
            return FALL_THROUGH
        call.note(f"<Refer> ended as {_status(referral)}")
        if self.action is None:
            return FALL_THROUGH
        return GoTo(self.action, self.method, _params(referral))

    @property
    def _callee(self) -> Callee:
        """Where the phone is to call. Raises BadTargetError."""
        phones = [part for part in self.content if isinstance(part, Sip)]
        if len(phones) != 1:
            raise BadTargetError(TwimlCode.SIP_URI, "must stand there once")
        return phones[0].callee

    @property
    def sentence(self) -> str:
        return "<Refer> asks the phone to call elsewhere"


def _status(referral: Referral) -> str:
    """`ReferCallStatus`: canceled when the phone left without a word of how it went on."""
    if not referral.status and referral.answer < 300:
        return "canceled"
    return "completed" if 200 <= referral.status < 300 else "failed"


def _params(referral: Referral) -> dict[str, str]:
    params = {"ReferCallStatus": _status(referral)}
    if referral.answer:
        params["ReferSipResponseCode"] = str(referral.answer)
    if referral.status:
        params["NotifySipResponseCode"] = str(referral.status)
    return params
