"""The channels: which verbs a document may have, by what it answers. Adding a verb is a file and a line here."""

from hookflash.twiml.declaration import NotHere
from hookflash.twiml.document import channel
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.dial import Dial
from hookflash.twiml.verbs.gather import Gather
from hookflash.twiml.verbs.hangup import Hangup
from hookflash.twiml.verbs.message import Message
from hookflash.twiml.verbs.pause import Pause
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.record import Record
from hookflash.twiml.verbs.redirect import Redirect
from hookflash.twiml.verbs.redirect_call import RedirectCall
from hookflash.twiml.verbs.reject import Reject
from hookflash.twiml.verbs.say import Say
from hookflash.twiml.verbs.sms import Sms
from hookflash.twiml.verbs.text_in_call import MessageInCall, SmsInCall

MESSAGING = channel(
    "messaging",
    Message,
    Redirect,
    Sms,
    unknown_verb=TwimlCode.VERB_NOT_ALLOWED,
    plain_text=Message,
)


def _later(verb: str, what: str, code: TwimlCode = TwimlCode.VERB_NOT_HERE) -> NotHere:
    return NotHere(code, f"<{verb}> is not here yet: {what} with a later version; it is passed over.")


VOICE = channel(
    "voice",
    Say,
    Play,
    Pause,
    Gather,
    Record,
    Dial,
    RedirectCall,
    Reject,
    Hangup,
    SmsInCall,
    MessageInCall,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
    not_here={
        "Connect": _later("Connect", "streams and conversations come"),
        "Echo": _later("Echo", "it comes"),
        "Enqueue": _later("Enqueue", "queues come"),
        "Leave": _later("Leave", "queues come"),
        "Pay": _later("Pay", "payments come"),
        "Prompt": _later("Prompt", "payments come"),
        "Queue": _later("Queue", "queues come"),
        "Refer": _later("Refer", "transfers come", TwimlCode.REFER),
        "Start": _later("Start", "streams and transcriptions come"),
        "Stop": _later("Stop", "streams and transcriptions come"),
    },
)

#: What who answers a `<Dial>` may hear before the two are joined.
WHISPER = channel(
    "whisper",
    Say,
    Play,
    Pause,
    Gather,
    RedirectCall,
    Hangup,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
    not_here={
        "Dial": NotHere(
            TwimlCode.DIAL_IN_WHISPER,
            "<Dial> cannot stand in a document for who answers a <Dial>; it is passed over.",
        )
    },
)
