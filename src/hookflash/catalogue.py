"""One view of every code this program can answer with or record, wherever it is declared.

The pages at `/docs/errors/{code}` and the reference tables are made from it.
"""

from enum import StrEnum
from functools import cache

import msgspec

from hookflash.errors import Code
from hookflash.twiml.cures import CURES
from hookflash.twiml.problems import TwimlCode
from hookflash.webhooks.codes import WebhookCode


class Where(StrEnum):
    """Where a code is met."""

    REFUSAL = "the answer to a REST request"
    OUTCOME = "a message's ErrorCode"
    WEBHOOK = "the debugger, about a request to your application"
    TWIML = "the debugger, about the document of your application"


class Meaning(msgspec.Struct, frozen=True):
    """One thing that a code can say."""

    name: str  #: in words, such as "body too long"
    where: Where
    sentence: str  #: with {blanks}
    status: int | None = None  #: of HTTP, for a refusal
    cure: str = ""  #: what to do about it, where the sentence leaves that open


class Entry(msgspec.Struct, frozen=True):
    """A code with all that it can say."""

    number: int
    meanings: tuple[Meaning, ...]

    @property
    def title(self) -> str:
        """The name of its first meaning, as a heading."""
        name = self.meanings[0].name
        return name[0].upper() + name[1:]


@cache
def catalogue() -> dict[int, Entry]:
    """Every code, by number, in order."""
    found: dict[int, list[Meaning]] = {}
    for code in Code:
        where = Where.OUTCOME if code.status is None else Where.REFUSAL
        found.setdefault(code.number, []).append(Meaning(_words(code.name), where, code.sentence, code.status))
    for webhook in WebhookCode:
        found.setdefault(webhook.number, []).append(Meaning(_words(webhook.name), Where.WEBHOOK, webhook.sentence))
    for twiml in TwimlCode:
        meaning = Meaning(_words(twiml.name), Where.TWIML, TWIML_SENTENCES[twiml], cure=CURES.get(twiml, ""))
        found.setdefault(twiml.value, []).append(meaning)
    return {number: Entry(number, tuple(found[number])) for number in sorted(found)}


def _words(name: str) -> str:
    return name.lower().replace("_", " ").replace("twiml", "TwiML").replace("url", "URL").replace("xml", "XML")


#: What each code about a document means; where one is recorded, a sentence about that very document goes with it.
TWIML_SENTENCES = {
    TwimlCode.INVALID_URL: "A URL in the document cannot be used.",
    TwimlCode.BODY_TOO_LARGE: "The document is larger than 64 KB.",
    TwimlCode.NOT_PARSABLE: "The document is not well-formed XML, or has a DOCTYPE.",
    TwimlCode.WRONG_XML_VERSION: "The document names an XML version other than 1.0.",
    TwimlCode.WRONG_ROOT: "The document's root is not <Response>; names are case-sensitive.",
    TwimlCode.SCHEMA: "An element or attribute is not one of TwiML; it was passed over.",
    TwimlCode.CONTENT_TYPE: "The answer is of none of the types text/xml, application/xml, text/html and text/plain.",
    TwimlCode.INTERNAL: "Something of this platform failed during a call; its log says what.",
    TwimlCode.DIAL_MIXED: "A noun that stands alone in <Dial>, such as <Conference>, was mixed with others.",
    TwimlCode.ENQUEUE_METHOD: "The `method` of an <Enqueue> is neither GET nor POST.",
    TwimlCode.ENQUEUE_WAIT_URL: "The `waitUrl` of an <Enqueue> is not a valid URL.",
    TwimlCode.ENQUEUE_ACTION: "The `action` of an <Enqueue> is not a valid URL.",
    TwimlCode.ENQUEUE_NAME_SHORT: "An <Enqueue> names no queue.",
    TwimlCode.ENQUEUE_NAME_LONG: "The name of the queue in an <Enqueue> is longer than 64 characters.",
    TwimlCode.ENQUEUE_WAIT_METHOD: "The `waitUrlMethod` of an <Enqueue> is neither GET nor POST.",
    TwimlCode.QUEUE_FULL: "The queue of an <Enqueue> is full: the caller does not wait.",
    TwimlCode.QUEUE_METHOD: "The `method` of a <Queue> is neither GET nor POST.",
    TwimlCode.QUEUE_URL: "The `url` of a <Queue> is not a valid URL.",
    TwimlCode.QUEUE_NAME_SHORT: "A <Queue> has no name.",
    TwimlCode.QUEUE_NAME_LONG: "The name of a <Queue> is longer than 64 characters.",
    TwimlCode.QUEUE_RESERVATION: "The `reservationSid` of a <Queue> is of tasks, which come with a later version.",
    TwimlCode.QUEUE_WORKER: "The `postWorkActivitySid` of a <Queue> is of tasks, which come with a later version.",
    TwimlCode.TASK_WORKFLOW: "The `workflowSid` of an <Enqueue> is of tasks, which come with a later version.",
    TwimlCode.TASK_ATTRIBUTES: "A <Task> is passed over: tasks come with a later version.",
    TwimlCode.DIAL_IN_WHISPER: "A document for who answers a <Dial> cannot have a <Dial> itself.",
    TwimlCode.DIAL_METHOD: "The `method` of a <Dial> is neither GET nor POST.",
    TwimlCode.DIAL_TIMEOUT: "The `timeout` of a <Dial> is not a number of seconds from 5 to 600.",
    TwimlCode.DIAL_HANGUP_ON_STAR: "The `hangupOnStar` of a <Dial> is neither true nor false.",
    TwimlCode.DIAL_CALLER_ID: "The `callerId` of a <Dial> is no number of the call, of the account or verified.",
    TwimlCode.DIAL_ELEMENT: "An element inside a <Dial> cannot be dialled.",
    TwimlCode.DIAL_TIME_LIMIT: "The `timeLimit` of a <Dial> is not a number of seconds up to 14,400.",
    TwimlCode.DIAL_RECORD: "The `record` of a <Dial> is none of its modes.",
    TwimlCode.DIAL_SEQUENTIAL: "The `sequential` of a <Dial> is neither true nor false.",
    TwimlCode.DIAL_ANSWER_ON_BRIDGE: "The `answerOnBridge` of a <Dial> is neither true nor false.",
    TwimlCode.DIAL_RING_TONE: "The `ringTone` of a <Dial> is no country whose ringing is known.",
    TwimlCode.NUMBER_METHOD: "The `method` of a <Number> is neither GET nor POST.",
    TwimlCode.NUMBER_SEND_DIGITS: "The `sendDigits` of a <Number> has more than keys and w and W for pauses.",
    TwimlCode.NUMBER_INVALID: "What a <Dial> or <Number> names is not a phone number.",
    TwimlCode.NUMBER_BLOCKED: "The account may not call what a <Dial> names.",
    TwimlCode.NUMBER_COUNTRY: "The account may not call the country of what a <Dial> names.",
    TwimlCode.CONFERENCE_MUTED: "The `muted` of a <Conference> is neither true nor false.",
    TwimlCode.CONFERENCE_ENDS: "The `endConferenceOnExit` of a <Conference> is neither true nor false.",
    TwimlCode.CONFERENCE_STARTS: "The `startConferenceOnEnter` of a <Conference> is neither true nor false.",
    TwimlCode.CONFERENCE_WAIT_URL: "The `waitUrl` of a <Conference> is not a URL.",
    TwimlCode.CONFERENCE_WAIT_METHOD: "The `waitMethod` of a <Conference> is neither GET nor POST.",
    TwimlCode.CONFERENCE_BEEP: "The `beep` of a <Conference> is none of true, false, onEnter and onExit.",
    TwimlCode.CONFERENCE_NAME: "The name of a <Conference> is empty, or has more than 128 characters.",
    TwimlCode.CONFERENCE_VERB: "A document for who waits, is on hold or hears an announcement may hold <Say>, <Play>, "
    "<Pause> and <Redirect>, nothing else.",
    TwimlCode.CONFERENCE_TRIM: "The `trim` of a <Conference> is neither trim-silence nor do-not-trim.",
    TwimlCode.CONFERENCE_COACH: "The `coach` of a <Conference> is not the SID of a call.",
    TwimlCode.CONFERENCE_FULL: "As many take part in the conference as may.",
    TwimlCode.CONFERENCE_GONE: "The conference that a call was made for is over.",
    TwimlCode.CONFERENCE_LABEL: "The `participantLabel` of a <Conference> has more than 128 characters or a /, is "
    "empty, or is the SID of a call.",
    TwimlCode.CONFERENCE_LABEL_USED: "Another in the conference has this `participantLabel`.",
    TwimlCode.COACHED_ON_HOLD: "Who is to be coached is on hold.",
    TwimlCode.COACHED_ABSENT: "Who is to be coached is not in the conference.",
    TwimlCode.SIP_METHOD: "The `method` of a <Sip> is neither GET nor POST.",
    TwimlCode.SIP_URI: "What a <Sip> names is not a SIP address.",
    TwimlCode.SIP_CREDENTIALS: "The `username` or `password` of a <Sip> is longer than 255 characters.",
    TwimlCode.DIAL_TOO_MANY: "A <Dial> may ring 10 phones; those after the tenth were not rung.",
    TwimlCode.SIP_HEADER_NAME: "A header of a <Sip> does not begin with X-, or its value cannot be sent.",
    TwimlCode.SIP_HEADER_LENGTH: "The headers of a <Sip> have more than 1,024 characters.",
    TwimlCode.RECORDING_CALLBACK: "A `recordingStatusCallback` is not a URL.",
    TwimlCode.TRANSCRIBE_CALLBACK: "The `transcribeCallback` of a <Record> is not a URL.",
    TwimlCode.SIM_UNSUPPORTED: "A <Sim> cannot be dialled here.",
    TwimlCode.GATHER_FINISH_KEY: "The `finishOnKey` of a <Gather> is not one key or empty.",
    TwimlCode.GATHER_METHOD: "The `method` of a <Gather> is neither GET nor POST.",
    TwimlCode.GATHER_TIMEOUT: "The `timeout` of a <Gather> is not a number of seconds.",
    TwimlCode.GATHER_NUM_DIGITS: "The `numDigits` of a <Gather> is not a number of at least 1.",
    TwimlCode.GATHER_ELEMENT: "A <Gather> may hold <Say>, <Play> and <Pause>, nothing else.",
    TwimlCode.GATHER_PLAY: "A <Play> inside a <Gather> cannot send keys.",
    TwimlCode.GATHER_INPUT: "The `input` of a <Gather> is neither dtmf nor speech, nor both.",
    TwimlCode.GATHER_SPEECH_TIMEOUT: "The `speechTimeout` of a <Gather> cannot be used.",
    TwimlCode.GATHER_MAX_SPEECH_TIME: "The `maxSpeechTime` of a <Gather> is not a number of seconds.",
    TwimlCode.GATHER_PARTIAL_METHOD: "The `partialResultCallbackMethod` of a <Gather> is neither GET nor POST.",
    TwimlCode.GATHER_HINTS: "The `hints` of a <Gather> are more than 500 phrases, or one has more than 100 characters.",
    TwimlCode.GATHER_LANGUAGE: "The `language` of a <Gather> cannot be used.",
    TwimlCode.GATHER_BARGE_IN: "The `bargeIn` of a <Gather> is neither true nor false.",
    TwimlCode.GATHER_PROFANITY: "The `profanityFilter` of a <Gather> is neither true nor false.",
    TwimlCode.GATHER_MODEL: "The `speechModel` or `enhanced` of a <Gather> cannot be used.",
    TwimlCode.GATHER_AUTO: "The `speechTimeout` auto of a <Gather> is not for its `speechModel`.",
    TwimlCode.GATHER_ON_EMPTY: "The `actionOnEmptyResult` of a <Gather> is neither true nor false.",
    TwimlCode.SPEECH_DEGRADED: "A speech engine that should have understood a caller has failed.",
    TwimlCode.SPEECH_CONFIGURATION: "No speech engine here can do what a <Gather> asks of a googlev2 model.",
    TwimlCode.SPEECH_PROVIDER: "No speech engine here can do what a <Gather> asks for; the sentence says why.",
    TwimlCode.PLAY_LOOP: "The `loop` of a <Play> is not a number.",
    TwimlCode.PLAY_CONTENT: "A sound is of a kind that cannot be played.",
    TwimlCode.PLAY_DIGITS: "The `digits` of a <Play> have more than keys and w and W for pauses.",
    TwimlCode.SAY_LOOP: "The `loop` of a <Say> is not a number.",
    TwimlCode.SAY_VOICE: "The `voice` of a <Say> is unknown, or does not speak its language.",
    TwimlCode.SAY_LANGUAGE: "The `language` of a <Say> is not one that is spoken.",
    TwimlCode.SAY_RATE: "The `rate` of a <prosody> is neither a word such as slow nor a percentage.",
    TwimlCode.SAY_TEXT: "A <Say> has no text.",
    TwimlCode.SAY_LENGTH: "The text of a <Say> is longer than its voice may speak.",
    TwimlCode.RECORD_METHOD: "The `method` of a <Record> is neither GET nor POST.",
    TwimlCode.RECORD_TIMEOUT: "The `timeout` of a <Record> is not a number of seconds.",
    TwimlCode.RECORD_MAX_LENGTH: "The `maxLength` of a <Record> is not a number of seconds from 2 to 14,400.",
    TwimlCode.RECORD_FINISH_KEY: "The `finishOnKey` of a <Record> has more than keys.",
    TwimlCode.RECORD_TRANSCRIBE: "The `transcribe` of a <Record> is neither true nor false.",
    TwimlCode.RECORD_TOO_LONG: "A <Record> that is transcribed asks for more than 120 s, and was cut there.",
    TwimlCode.RECORD_BEEP: "The `playBeep` of a <Record> is neither true nor false.",
    TwimlCode.RECORD_LENGTH: "A recording of less than 2 s or more than 120 s was not transcribed.",
    TwimlCode.RECORD_GONE: "A recording was deleted before a text of it was made.",
    TwimlCode.RECORD_UNAVAILABLE: "No speech engine here could make a text of a recording; the sentence says why.",
    TwimlCode.RECORD_EVENTS: "The `recordingStatusCallbackEvent` of a <Record> names an event that there is not.",
    TwimlCode.RECORD_TRACK: "The `track` of a <Recording> is not inbound, outbound or both.",
    TwimlCode.RECORD_TRIM: "The `trim` of a <Record> is neither trim-silence nor do-not-trim.",
    TwimlCode.REDIRECT_METHOD: "The `method` of a <Redirect> in a call is neither GET nor POST.",
    TwimlCode.VERB_NOT_HERE: "A verb of TwiML that comes with a later version; it was passed over.",
    TwimlCode.RELATIVE_URL_IN_UPDATE: "A document that REST gave a live call has a relative URL, and none of its own.",
    TwimlCode.REFER_WITHOUT_URL: "A phone asked for a transfer (REFER), and no <Dial> with a `referUrl` went on.",
    TwimlCode.REFER: "A <Refer> cannot be done here.",
    TwimlCode.REJECT_REASON: "The `reason` of a <Reject> is neither rejected nor busy.",
    TwimlCode.PAUSE_LENGTH: "The `length` of a <Pause> is not a number of at least 1.",
    TwimlCode.MESSAGE_TO: "The `to` of a <Message> is not a number or address.",
    TwimlCode.MESSAGE_FROM: "The `from` of a <Message> is not one that the account can send from.",
    TwimlCode.MESSAGE_BODY: "A <Message> has neither text nor media, or more than 1,600 characters.",
    TwimlCode.MESSAGE_METHOD: "The `method` of a <Message> is neither GET nor POST.",
    TwimlCode.MESSAGE_STATUS_CALLBACK: "The `statusCallback` of a <Message> is not a URL.",
    TwimlCode.TOO_MANY_DOCUMENTS: "An incoming message may lead to 50 documents; a <Redirect> asked for one more.",
    TwimlCode.TOO_MANY_REPLIES: "A document may have 10 replies; those after the tenth were not sent.",
    TwimlCode.VERB_NOT_ALLOWED: "Documents that answer texts may have <Message>, <Redirect> and <Sms>, nothing else.",
    TwimlCode.START_NOUN: "A <Start> or <Stop> has an element that it cannot have here; it was passed over.",
    TwimlCode.RECORDINGS_AT_ONCE: "A <Recording> of that name goes on already, or as many as may in one call.",
    TwimlCode.INVALID_MEDIA_URL: "The URL of a <Media> cannot be used.",
    TwimlCode.TOO_MANY_MEDIA: "A <Message> may have 10 <Media> at most.",
    TwimlCode.NO_AUDIO: "No audio came from the other side of a call any more, and it was ended.",
    TwimlCode.CALL_TOO_LONG: "A call was as long as it may be, and was ended.",
    TwimlCode.TWIML_BESIDE_URL: "A call was made with Url and Twiml: the document of Url runs, Twiml does not.",
    TwimlCode.PAY_AMOUNT: "chargeAmount of <Pay> must be from 0 to 1,000,000, with the decimals of its currency.",
    TwimlCode.PAY_CONNECTOR: "<Pay> names a payment connector that this platform does not have.",
    TwimlCode.PAY_NO_TOKENS: "The payment connector makes no tokens: <Pay> needs a chargeAmount.",
    TwimlCode.PAY_TOKEN_TYPE: "The payment connector makes no tokens of this tokenType.",
    TwimlCode.PAY_NO_CHARGES: "The payment connector only makes tokens: <Pay> must have no chargeAmount.",
    TwimlCode.PAY_CHARGE_REFUSED: "The payment connector refused the charge.",
    TwimlCode.PAY_TOKEN_REFUSED: "The payment connector refused to make a token.",
    TwimlCode.PAY_METHOD: "paymentMethod of <Pay> is none that the connector takes.",
    TwimlCode.PAY_PARAMETER: "An attribute or parameter of a payment has a value that cannot be used.",
    TwimlCode.PAY_OPERATION: "A payment was asked for what cannot be done now.",
    TwimlCode.TRANSCRIPTION_CONFIGURATION: "Something of a <Transcription> cannot be; the sentence says what.",
    TwimlCode.TRANSCRIPTION_PROVIDER: "No speech engine can go on with a live transcription; the sentence says why.",
    TwimlCode.TRANSCRIPTION_CONFIG: "A <Config> or <Parameter> of a <Transcription> means nothing to any engine here.",
}
