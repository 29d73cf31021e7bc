"""What can be wrong with a document, and where: an error ends it, a warning costs one verb or attribute."""

from dataclasses import dataclass
from enum import IntEnum


class TwimlCode(IntEnum):
    """Numbers of the public error dictionary that reading or running a document leads to."""

    INVALID_URL = 11100
    BODY_TOO_LARGE = 11750
    NOT_PARSABLE = 12100
    WRONG_XML_VERSION = 12101
    WRONG_ROOT = 12102
    SCHEMA = 12200
    CONTENT_TYPE = 12300
    INTERNAL = 12400
    DIAL_MIXED = 13000
    DIAL_IN_WHISPER = 13201
    DIAL_METHOD = 13210
    DIAL_TIMEOUT = 13212
    DIAL_HANGUP_ON_STAR = 13213
    DIAL_CALLER_ID = 13214
    DIAL_ELEMENT = 13215
    DIAL_TIME_LIMIT = 13216
    DIAL_RECORD = 13217
    DIAL_SEQUENTIAL = 13218
    DIAL_ANSWER_ON_BRIDGE = 13219
    DIAL_RING_TONE = 13220
    NUMBER_METHOD = 13221
    NUMBER_SEND_DIGITS = 13222
    NUMBER_INVALID = 13224
    NUMBER_BLOCKED = 13225
    NUMBER_COUNTRY = 13227
    CONFERENCE_MUTED = 13230
    CONFERENCE_ENDS = 13231
    CONFERENCE_STARTS = 13232
    CONFERENCE_WAIT_URL = 13233
    CONFERENCE_WAIT_METHOD = 13234
    CONFERENCE_BEEP = 13235
    CONFERENCE_NAME = 13237
    CONFERENCE_VERB = 13238
    CONFERENCE_TRIM = 13239
    CONFERENCE_COACH = 13240
    SIP_METHOD = 13241
    SIP_URI = 13243
    SIP_CREDENTIALS = 13249
    DIAL_TOO_MANY = 13250
    SIP_HEADER_NAME = 13252
    SIP_HEADER_LENGTH = 13253
    RECORDING_CALLBACK = 13256
    SIM_UNSUPPORTED = 13258
    GATHER_FINISH_KEY = 13310
    GATHER_METHOD = 13312
    GATHER_TIMEOUT = 13313
    GATHER_NUM_DIGITS = 13314
    GATHER_ELEMENT = 13320
    GATHER_PLAY = 13325
    GATHER_INPUT = 13326
    GATHER_SPEECH_TIMEOUT = 13327
    GATHER_MAX_SPEECH_TIME = 13328
    GATHER_PARTIAL_METHOD = 13329
    GATHER_HINTS = 13330
    GATHER_LANGUAGE = 13331
    GATHER_BARGE_IN = 13332
    GATHER_PROFANITY = 13333
    GATHER_MODEL = 13334
    GATHER_ON_EMPTY = 13338
    PLAY_LOOP = 13410
    PLAY_CONTENT = 13420
    PLAY_DIGITS = 13430
    SAY_LOOP = 13510
    SAY_VOICE = 13511
    SAY_LANGUAGE = 13512
    SAY_RATE = 13513
    SAY_TEXT = 13520
    SAY_LENGTH = 13521
    RECORD_METHOD = 13610
    RECORD_TIMEOUT = 13611
    RECORD_MAX_LENGTH = 13612
    RECORD_FINISH_KEY = 13613
    RECORD_TRANSCRIBE = 13614
    RECORD_BEEP = 13616
    RECORD_TRANSCRIPTION = 13618
    RECORD_EVENTS = 13621
    RECORD_TRIM = 13699
    REDIRECT_METHOD = 13710
    VERB_NOT_HERE = 13750
    REFER = 13801
    REFER_WITHOUT_URL = 13802
    REJECT_REASON = 13810
    PAUSE_LENGTH = 13910
    MESSAGE_TO = 14101
    MESSAGE_FROM = 14102
    MESSAGE_BODY = 14103
    MESSAGE_METHOD = 14104
    MESSAGE_STATUS_CALLBACK = 14105
    TOO_MANY_DOCUMENTS = 14106
    TOO_MANY_REPLIES = 14109
    VERB_NOT_ALLOWED = 14110
    CONFERENCE_FULL = 16020
    CONFERENCE_GONE = 16022
    CONFERENCE_LABEL = 16023
    CONFERENCE_LABEL_USED = 16025
    COACHED_ON_HOLD = 16027
    COACHED_ABSENT = 16028
    ENQUEUE_METHOD = 14201
    ENQUEUE_WAIT_URL = 14202
    ENQUEUE_ACTION = 14203
    ENQUEUE_NAME_SHORT = 14204
    ENQUEUE_NAME_LONG = 14205
    ENQUEUE_WAIT_METHOD = 14206
    QUEUE_FULL = 14207
    QUEUE_METHOD = 14210
    QUEUE_URL = 14211
    QUEUE_NAME_SHORT = 14212
    QUEUE_NAME_LONG = 14213
    QUEUE_RESERVATION = 14215
    QUEUE_WORKER = 14218
    TASK_WORKFLOW = 14220
    TASK_ATTRIBUTES = 14221
    INVALID_MEDIA_URL = 21620
    TOO_MANY_MEDIA = 21623
    NO_AUDIO = 32014
    CALL_TOO_LONG = 32015
    TWIML_BESIDE_URL = 32019
    PAY_AMOUNT = 64003
    PAY_CONNECTOR = 64004
    PAY_NO_TOKENS = 64005
    PAY_TOKEN_TYPE = 64006
    PAY_NO_CHARGES = 64007
    PAY_CHARGE_REFUSED = 64008
    PAY_TOKEN_REFUSED = 64010
    PAY_METHOD = 64013
    PAY_PARAMETER = 64020
    PAY_OPERATION = 64021


#: What the dictionary counts as an error, though the rest of the document of a call runs all the same.
ERRORS = frozenset({
    TwimlCode.INVALID_URL,
    TwimlCode.INTERNAL,
    TwimlCode.DIAL_IN_WHISPER,
    TwimlCode.NUMBER_INVALID,
    TwimlCode.NUMBER_BLOCKED,
    TwimlCode.NUMBER_COUNTRY,
    TwimlCode.SIM_UNSUPPORTED,
    TwimlCode.CONFERENCE_ENDS,
    TwimlCode.CONFERENCE_VERB,
    TwimlCode.CONFERENCE_TRIM,
    TwimlCode.CONFERENCE_COACH,
    TwimlCode.CONFERENCE_FULL,
    TwimlCode.CONFERENCE_GONE,
    TwimlCode.CONFERENCE_LABEL,
    TwimlCode.CONFERENCE_LABEL_USED,
    TwimlCode.COACHED_ON_HOLD,
    TwimlCode.COACHED_ABSENT,
    TwimlCode.GATHER_PLAY,
    TwimlCode.PLAY_CONTENT,
    TwimlCode.GATHER_ON_EMPTY,
    TwimlCode.RECORD_EVENTS,
    TwimlCode.VERB_NOT_HERE,
    TwimlCode.REFER,
    TwimlCode.REFER_WITHOUT_URL,
    TwimlCode.PAY_AMOUNT,
    TwimlCode.PAY_CONNECTOR,
    TwimlCode.PAY_NO_TOKENS,
    TwimlCode.PAY_TOKEN_TYPE,
    TwimlCode.PAY_NO_CHARGES,
    TwimlCode.PAY_CHARGE_REFUSED,
    TwimlCode.PAY_TOKEN_REFUSED,
    TwimlCode.PAY_METHOD,
    TwimlCode.PAY_PARAMETER,
    TwimlCode.PAY_OPERATION,
    TwimlCode.ENQUEUE_METHOD,
    TwimlCode.ENQUEUE_WAIT_URL,
    TwimlCode.ENQUEUE_ACTION,
    TwimlCode.ENQUEUE_NAME_SHORT,
    TwimlCode.ENQUEUE_NAME_LONG,
    TwimlCode.ENQUEUE_WAIT_METHOD,
    TwimlCode.QUEUE_METHOD,
    TwimlCode.QUEUE_URL,
    TwimlCode.QUEUE_NAME_SHORT,
    TwimlCode.QUEUE_NAME_LONG,
    TwimlCode.QUEUE_RESERVATION,
    TwimlCode.QUEUE_WORKER,
    TwimlCode.TASK_WORKFLOW,
    TwimlCode.TASK_ATTRIBUTES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TwimlWarning:
    """Something in a document that is passed over; the rest of it runs."""

    code: TwimlCode
    sentence: str
    line: int  #: from 1
    column: int  #: from 1
    skips: bool = False  #: whether the verb that it is about is passed over whole


class TwimlError(Exception):
    """A document that cannot run at all. `line` and `column` count from 1; both are 0 when no place is to blame."""

    def __init__(self, code: TwimlCode, sentence: str, line: int = 0, column: int = 0) -> None:
        self.code = code
        self.sentence = sentence
        self.line = line
        self.column = column
        place = f" (line {line}, column {column})" if line else ""
        super().__init__(f"{code.value}: {sentence}{place}")
