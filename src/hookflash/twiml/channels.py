"""The channels: which verbs a document may have, by what it answers. Adding a verb is a file and a line here."""

from hookflash.twiml.declaration import NotHere
from hookflash.twiml.document import channel
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.connect import Connect
from hookflash.twiml.verbs.dial import Dial
from hookflash.twiml.verbs.echo import Echo
from hookflash.twiml.verbs.enqueue import Enqueue
from hookflash.twiml.verbs.gather import Gather
from hookflash.twiml.verbs.hangup import Hangup
from hookflash.twiml.verbs.leave import Leave
from hookflash.twiml.verbs.message import Message
from hookflash.twiml.verbs.pause import Pause
from hookflash.twiml.verbs.pay import Pay
from hookflash.twiml.verbs.play import Play
from hookflash.twiml.verbs.record import Record
from hookflash.twiml.verbs.redirect import Redirect
from hookflash.twiml.verbs.redirect_call import RedirectCall
from hookflash.twiml.verbs.refer import Refer
from hookflash.twiml.verbs.reject import Reject
from hookflash.twiml.verbs.say import Say
from hookflash.twiml.verbs.sms import Sms
from hookflash.twiml.verbs.start import Start
from hookflash.twiml.verbs.stop import Stop
from hookflash.twiml.verbs.text_in_call import MessageInCall, SmsInCall

MESSAGING = channel(
    "messaging",
    Message,
    Redirect,
    Sms,
    unknown_verb=TwimlCode.VERB_NOT_ALLOWED,
    plain_text=Message,
)


VOICE = channel(
    "voice",
    Say,
    Play,
    Pause,
    Gather,
    Record,
    Dial,
    Enqueue,
    RedirectCall,
    Reject,
    Hangup,
    SmsInCall,
    MessageInCall,
    Connect,
    Echo,
    Pay,
    Refer,
    Start,
    Stop,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
    not_here={
        "Leave": NotHere(
            TwimlCode.SCHEMA, "<Leave> stands inside a document for who waits in a queue; here it is passed over."
        ),
        "Prompt": NotHere(TwimlCode.SCHEMA, "<Prompt> stands inside <Pay>; here it is passed over."),
        "Queue": NotHere(TwimlCode.SCHEMA, "<Queue> stands inside <Dial>; here it is passed over."),
    },
)

_MEANWHILE = (Say, Play, Pause, RedirectCall)

#: What somebody hears in a conference who waits or is on hold, and what is announced there.
MEANWHILE = channel(
    "meanwhile",
    *_MEANWHILE,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
    not_here={
        name: NotHere(
            TwimlCode.CONFERENCE_VERB,
            f"<{name}> cannot stand in what somebody hears who waits or is on hold; it is passed over.",
        )
        for name, kind in VOICE.verbs.items()
        if kind not in _MEANWHILE
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

#: What who waits in a queue hears.
QUEUE_WAIT = channel(
    "queue-wait",
    Say,
    Play,
    Pause,
    Gather,
    RedirectCall,
    Leave,
    Hangup,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
)

#: What who has waited in a queue hears before they are joined with somebody.
QUEUE_WHISPER = channel(
    "queue-whisper",
    Say,
    Play,
    Pause,
    RedirectCall,
    unknown_verb=TwimlCode.SCHEMA,
    plain_text=Say,
    not_here={
        "Dial": NotHere(
            TwimlCode.DIAL_IN_WHISPER,
            "<Dial> cannot stand in a document for who comes from a queue; it is passed over.",
        )
    },
)

#: All of them, by their names.
CHANNELS = {each.name: each for each in (MESSAGING, VOICE, MEANWHILE, WHISPER, QUEUE_WAIT, QUEUE_WHISPER)}
