"""`<Refer>`: the caller's phone is asked to call another address, and leaves."""

from dataclasses import dataclass

from hookflash.switch.leg import Referral
from hookflash.twiml.declaration import URL, attribute, verb
from hookflash.twiml.problems import TwimlCode
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

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        try:
            referral = await self._refer(call)
        except BadTargetError as reason:
            call.warn(self.warning(reason.code, f"<Sip> in <Refer> {reason}; nobody is asked."))
            return FALL_THROUGH
        except OSError as error:
            sentence = f"<Refer> is for callers that came by SIP, whose phones can be asked: {error}"
            call.fail(self, SoundError(int(TwimlCode.REFER), sentence))
            return FALL_THROUGH
        call.note(f"<Refer> ended as {_status(referral)}")
        if self.action is None:
            return FALL_THROUGH
        return GoTo(self.action, self.method, _params(referral))

    async def _refer(self, call: VoiceCall) -> Referral:
        phones = [part for part in self.content if isinstance(part, Sip)]
        if len(phones) != 1:
            raise BadTargetError(TwimlCode.SIP_URI, "must stand there once")
        callee = phones[0].callee
        return await call.leg.refer(callee.text, callee.headers)

    @property
    def sentence(self) -> str:
        return "<Refer> asks the phone to call elsewhere"


def _status(referral: Referral) -> str:
    """`ReferCallStatus`: canceled when the phone left without a word of how it went on."""
    if referral.status < 300 and referral.status == referral.answer:
        return "canceled"
    return "completed" if 200 <= referral.status < 300 else "failed"


def _params(referral: Referral) -> dict[str, str]:
    params = {"ReferCallStatus": _status(referral)}
    if referral.answer:
        params["ReferSipResponseCode"] = str(referral.answer)
    if referral.status != referral.answer:
        params["NotifySipResponseCode"] = str(referral.status)
    return params
