"""The channels: which verbs a document may have, by what it answers. Adding a verb is a file and a line here."""

from hookflash.twiml.document import channel
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.message import Message
from hookflash.twiml.verbs.redirect import Redirect
from hookflash.twiml.verbs.sms import Sms

MESSAGING = channel(
    "messaging",
    Message,
    Redirect,
    Sms,
    unknown_verb=TwimlCode.VERB_NOT_ALLOWED,
    plain_text=Message,
)
