"""The linter: for each code a document that leads to it, with its place, its level and a cure."""

import pytest

from hookflash.twiml.channels import MESSAGING, VOICE
from hookflash.twiml.cures import CURES
from hookflash.twiml.lint import Finding, Level, lint
from hookflash.twiml.problems import ERRORS, TwimlCode

#: What leads to each code, as it stands inside `<Response>` of a call.
VERBS: dict[TwimlCode, str] = {
    TwimlCode.INVALID_URL: "<Play>ftp://x/</Play>",
    TwimlCode.SCHEMA: "<Say colour='red'>Hi</Say>",
    TwimlCode.DIAL_METHOD: "<Dial method='x'>+14155550100</Dial>",
    TwimlCode.DIAL_TIMEOUT: "<Dial timeout='1'>+14155550100</Dial>",
    TwimlCode.DIAL_HANGUP_ON_STAR: "<Dial hangupOnStar='x'>+14155550100</Dial>",
    TwimlCode.DIAL_ELEMENT: "<Dial><Say>Hi</Say></Dial>",
    TwimlCode.DIAL_TIME_LIMIT: "<Dial timeLimit='0'>+14155550100</Dial>",
    TwimlCode.DIAL_RECORD: "<Dial record='x'>+14155550100</Dial>",
    TwimlCode.DIAL_SEQUENTIAL: "<Dial sequential='x'>+14155550100</Dial>",
    TwimlCode.DIAL_ANSWER_ON_BRIDGE: "<Dial answerOnBridge='x'>+14155550100</Dial>",
    TwimlCode.DIAL_RING_TONE: "<Dial ringTone='x'>+14155550100</Dial>",
    TwimlCode.DIAL_MIXED: "<Dial><Number>+14155550100</Number>"
    "<Application>AP0123456789abcdef0123456789abcdef</Application></Dial>",
    TwimlCode.DIAL_TOO_MANY: f"<Dial>{'<Number>+14155550100</Number>' * 11}</Dial>",
    TwimlCode.NUMBER_METHOD: "<Dial><Number method='x'>+14155550100</Number></Dial>",
    TwimlCode.NUMBER_SEND_DIGITS: "<Dial><Number sendDigits='x'>+14155550100</Number></Dial>",
    TwimlCode.NUMBER_INVALID: "<Dial>somebody</Dial>",
    TwimlCode.SIP_METHOD: "<Dial><Sip method='x'>sip:a@b.example</Sip></Dial>",
    TwimlCode.SIP_URI: "<Dial><Sip>mailto:a</Sip></Dial>",
    TwimlCode.SIP_CREDENTIALS: f"<Dial><Sip username='{'x' * 256}'>sip:a@b.example</Sip></Dial>",
    TwimlCode.SIP_HEADER_NAME: "<Dial><Sip>sip:a@b.example?Via=x</Sip></Dial>",
    TwimlCode.SIP_HEADER_LENGTH: f"<Dial><Sip>sip:a@b.example?x-a={'x' * 1_100}</Sip></Dial>",
    TwimlCode.ENQUEUE_METHOD: "<Enqueue method='x'>a</Enqueue>",
    TwimlCode.ENQUEUE_WAIT_URL: "<Enqueue waitUrl='a b'>a</Enqueue>",
    TwimlCode.ENQUEUE_ACTION: "<Enqueue action='a b'>a</Enqueue>",
    TwimlCode.ENQUEUE_NAME_SHORT: "<Enqueue/>",
    TwimlCode.ENQUEUE_NAME_LONG: f"<Enqueue>{'x' * 65}</Enqueue>",
    TwimlCode.ENQUEUE_WAIT_METHOD: "<Enqueue waitUrlMethod='x'>a</Enqueue>",
    TwimlCode.QUEUE_METHOD: "<Dial><Queue method='x'>a</Queue></Dial>",
    TwimlCode.QUEUE_URL: "<Dial><Queue url='a b'>a</Queue></Dial>",
    TwimlCode.QUEUE_NAME_SHORT: "<Dial><Queue/></Dial>",
    TwimlCode.QUEUE_NAME_LONG: f"<Dial><Queue>{'x' * 65}</Queue></Dial>",
    TwimlCode.QUEUE_RESERVATION: "<Dial><Queue reservationSid='WR1'/></Dial>",
    TwimlCode.QUEUE_WORKER: "<Dial><Queue postWorkActivitySid='WA1'>a</Queue></Dial>",
    TwimlCode.TASK_WORKFLOW: "<Enqueue workflowSid='WW1'/>",
    TwimlCode.TASK_ATTRIBUTES: "<Enqueue>a<Task>{}</Task></Enqueue>",
    TwimlCode.CONFERENCE_MUTED: "<Dial><Conference muted='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_ENDS: "<Dial><Conference endConferenceOnExit='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_STARTS: "<Dial><Conference startConferenceOnEnter='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_WAIT_URL: "<Dial><Conference waitUrl='a b'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_WAIT_METHOD: "<Dial><Conference waitMethod='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_BEEP: "<Dial><Conference beep='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_NAME: "<Dial><Conference/></Dial>",
    TwimlCode.CONFERENCE_TRIM: "<Dial><Conference trim='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_COACH: "<Dial><Conference coach='x'>a</Conference></Dial>",
    TwimlCode.CONFERENCE_LABEL: "<Dial><Conference participantLabel='a/b'>a</Conference></Dial>",
    TwimlCode.SIM_UNSUPPORTED: "<Dial><Sim>DE1</Sim></Dial>",
    TwimlCode.RECORDING_CALLBACK: "<Record recordingStatusCallback='a b'/>",
    TwimlCode.GATHER_FINISH_KEY: "<Gather finishOnKey='12'/>",
    TwimlCode.GATHER_METHOD: "<Gather method='x'/>",
    TwimlCode.GATHER_TIMEOUT: "<Gather timeout='x'/>",
    TwimlCode.GATHER_NUM_DIGITS: "<Gather numDigits='0'/>",
    TwimlCode.GATHER_ELEMENT: "<Gather><Hangup/></Gather>",
    TwimlCode.GATHER_PLAY: "<Gather><Play digits='1'/></Gather>",
    TwimlCode.GATHER_INPUT: "<Gather input='mind'/>",
    TwimlCode.GATHER_BARGE_IN: "<Gather bargeIn='x'/>",
    TwimlCode.GATHER_PROFANITY: "<Gather profanityFilter='x'/>",
    TwimlCode.GATHER_MAX_SPEECH_TIME: "<Gather maxSpeechTime='x'/>",
    TwimlCode.GATHER_PARTIAL_METHOD: "<Gather partialResultCallbackMethod='x'/>",
    TwimlCode.GATHER_HINTS: f"<Gather hints='{'x' * 101}'/>",
    TwimlCode.GATHER_SPEECH_TIMEOUT: "<Gather speechTimeout='0'/>",
    TwimlCode.GATHER_LANGUAGE: "<Gather input='speech' language='multi'/>",
    TwimlCode.GATHER_AUTO: "<Gather input='speech' speechTimeout='auto' speechModel='phone_call'/>",
    TwimlCode.RECORD_TOO_LONG: "<Record transcribe='true' maxLength='121'/>",
    TwimlCode.RECORD_TRACK: "<Start><Recording track='left'/></Start>",
    TwimlCode.START_NOUN: "<Start><Say>Hi</Say></Start>",
    TwimlCode.TRANSCRIPTION_CONFIGURATION: "<Start><Transcription conversationId='x'/></Start>",
    TwimlCode.TRANSCRIPTION_CONFIG: "<Start><Transcription><Config name='a' value='b'/></Transcription></Start>",
    TwimlCode.GATHER_MODEL: "<Gather enhanced='x'/>",
    TwimlCode.GATHER_ON_EMPTY: "<Gather actionOnEmptyResult='x'/>",
    TwimlCode.PLAY_LOOP: "<Play loop='x'>a.wav</Play>",
    TwimlCode.PLAY_DIGITS: "<Play digits='x'/>",
    TwimlCode.SAY_LOOP: "<Say loop='x'>Hi</Say>",
    TwimlCode.SAY_VOICE: "<Say voice='x'>Hi</Say>",
    TwimlCode.SAY_LANGUAGE: "<Say language='x'>Hi</Say>",
    TwimlCode.SAY_RATE: "<Say><prosody rate='x'>Hi</prosody></Say>",
    TwimlCode.SAY_TEXT: "<Say/>",
    TwimlCode.SAY_LENGTH: f"<Say>{'x' * 5_000}</Say>",
    TwimlCode.RECORD_METHOD: "<Record method='x'/>",
    TwimlCode.RECORD_TIMEOUT: "<Record timeout='x'/>",
    TwimlCode.RECORD_MAX_LENGTH: "<Record maxLength='1'/>",
    TwimlCode.RECORD_FINISH_KEY: "<Record finishOnKey='x'/>",
    TwimlCode.RECORD_TRANSCRIBE: "<Record transcribe='x'/>",
    TwimlCode.TRANSCRIBE_CALLBACK: "<Record transcribeCallback='a b'/>",
    TwimlCode.RECORD_BEEP: "<Record playBeep='x'/>",
    TwimlCode.RECORD_EVENTS: "<Record recordingStatusCallbackEvent='x'/>",
    TwimlCode.RECORD_TRIM: "<Record trim='x'/>",
    TwimlCode.REDIRECT_METHOD: "<Redirect method='x'>a</Redirect>",
    TwimlCode.VERB_NOT_HERE: "<Connect><Stream/></Connect>",
    TwimlCode.REJECT_REASON: "<Reject reason='x'/>",
    TwimlCode.PAUSE_LENGTH: "<Pause length='0'/>",
    TwimlCode.PAY_AMOUNT: "<Pay chargeAmount='1.50' currency='jpy'/>",
    TwimlCode.PAY_PARAMETER: "<Pay timeout='x'/>",
}
#: And as it stands in the answer to a text.
TEXTS: dict[TwimlCode, str] = {
    TwimlCode.MESSAGE_TO: "<Message to='x'>Hi</Message>",
    TwimlCode.MESSAGE_FROM: "<Message from='+'>Hi</Message>",
    TwimlCode.MESSAGE_BODY: "<Message/>",
    TwimlCode.MESSAGE_METHOD: "<Message method='x'>Hi</Message>",
    TwimlCode.MESSAGE_STATUS_CALLBACK: "<Message action='a b'>Hi</Message>",
    TwimlCode.TOO_MANY_REPLIES: "<Message>Hi</Message>" * 11,
    TwimlCode.VERB_NOT_ALLOWED: "<Say>Hi</Say>",
    TwimlCode.INVALID_MEDIA_URL: "<Message><Media>a b</Media></Message>",
    TwimlCode.TOO_MANY_MEDIA: f"<Message>{'<Media>a.png</Media>' * 11}</Message>",
}
#: Whole documents that cannot run.
DOCUMENTS: dict[TwimlCode, bytes] = {
    TwimlCode.BODY_TOO_LARGE: b"<Response>" + b" " * 70_000 + b"</Response>",
    TwimlCode.NOT_PARSABLE: b"<Response><Say>Hi</Response>",
    TwimlCode.WRONG_XML_VERSION: b"<?xml version='1.1'?><Response/>",
    TwimlCode.WRONG_ROOT: b"<response/>",
}
#: What only shows on a call, or in what carries the document.
NOT_IN_THE_DOCUMENT = {
    TwimlCode.CONTENT_TYPE,
    TwimlCode.INTERNAL,
    TwimlCode.DIAL_IN_WHISPER,
    TwimlCode.DIAL_CALLER_ID,
    TwimlCode.CONFERENCE_VERB,
    TwimlCode.QUEUE_FULL,
    TwimlCode.CONFERENCE_FULL,
    TwimlCode.CONFERENCE_GONE,
    TwimlCode.CONFERENCE_LABEL_USED,
    TwimlCode.COACHED_ON_HOLD,
    TwimlCode.COACHED_ABSENT,
    TwimlCode.NUMBER_BLOCKED,
    TwimlCode.NUMBER_COUNTRY,
    TwimlCode.PLAY_CONTENT,
    TwimlCode.TOO_MANY_DOCUMENTS,
    TwimlCode.NO_AUDIO,
    TwimlCode.CALL_TOO_LONG,
    TwimlCode.TWIML_BESIDE_URL,
    TwimlCode.REFER,
    TwimlCode.REFER_WITHOUT_URL,
    TwimlCode.RELATIVE_URL_IN_UPDATE,
    TwimlCode.PAY_CONNECTOR,
    TwimlCode.PAY_NO_TOKENS,
    TwimlCode.PAY_TOKEN_TYPE,
    TwimlCode.PAY_NO_CHARGES,
    TwimlCode.PAY_CHARGE_REFUSED,
    TwimlCode.PAY_TOKEN_REFUSED,
    TwimlCode.PAY_METHOD,
    TwimlCode.PAY_OPERATION,
    TwimlCode.SPEECH_DEGRADED,
    TwimlCode.SPEECH_CONFIGURATION,
    TwimlCode.SPEECH_PROVIDER,
    TwimlCode.RECORD_LENGTH,
    TwimlCode.RECORD_GONE,
    TwimlCode.RECORD_UNAVAILABLE,
    TwimlCode.RECORDINGS_AT_ONCE,
    TwimlCode.TRANSCRIPTION_PROVIDER,
}


def found(verbs: str, code: TwimlCode) -> Finding:
    """What was found with `code`."""
    findings = lint(f"<Response>\n  {verbs}\n</Response>".encode(), MESSAGING if code in TEXTS else VOICE)
    return next(each for each in findings if each.code == code)


@pytest.mark.parametrize("code", [*VERBS, *TEXTS], ids=lambda code: code.name)
def test_a_document_for_each_code(code: TwimlCode) -> None:
    """It is told with the place of its element, its level and how to mend it."""
    finding = found({**VERBS, **TEXTS}[code], code)
    assert finding.line == 2
    assert finding.column >= 3
    assert (finding.level is Level.ERROR) == (code in ERRORS)
    assert finding.cure


@pytest.mark.parametrize("code", DOCUMENTS, ids=lambda code: code.name)
def test_documents_that_cannot_run(code: TwimlCode) -> None:
    """One error says so, with where it was seen."""
    (finding,) = lint(DOCUMENTS[code])
    assert (finding.level, finding.code) == (Level.ERROR, code)
    assert finding.cure


def test_every_code_of_documents_is_found_or_cannot_be() -> None:
    """A code that no document leads to is dead, or is told by what is not in the document."""
    assert {*VERBS, *TEXTS, *DOCUMENTS, *NOT_IN_THE_DOCUMENT} == {*TwimlCode}
    assert {*CURES} == {*TwimlCode}


@pytest.mark.parametrize("verbs", ["<Say>Hi</Say>", "<Gather><Say>Hi</Say></Gather>", "<Dial>+14155550100</Dial>"])
def test_nothing_is_wrong_with_what_runs(verbs: str) -> None:
    """No finding is made up."""
    assert lint(f"<Response>{verbs}</Response>".encode()) == ()


def test_what_is_nested_is_looked_at() -> None:
    """A prompt inside a `<Gather>` is checked where it stands."""
    (finding,) = lint(b"<Response><Gather>\n    <Say/></Gather></Response>")
    assert (finding.code, finding.line, finding.column) == (13520, 2, 5)


@pytest.mark.parametrize(
    ("verbs", "said"),
    [
        ("<Redirect/><Say>Hi</Say>", "<Say> is never reached: <Redirect>"),
        ("<Record/><Hangup/>", "<Hangup> is never reached: <Record>"),
        ("<Dial action='a'>+14155550100</Dial><Say>Hi</Say>", "<Say> is never reached: <Dial>"),
        ("<Sms>Hi</Sms><Sms>Ho</Sms><Pause/><Hangup/><Pause/>", "<Pause> is never reached: <Hangup>"),
        ("<Message>Hi</Message><Redirect/><Message>Ho</Message>", "<Message> is never reached: <Redirect>"),
        ("<Say>Hi</Say><Start><Recording/></Start>", "Nothing follows <Start>"),
        ("<Start><Recording/></Start>", "Nothing follows <Start>"),
        ("", "No verb is left to run"),
    ],
)
def test_what_a_document_does_in_silence_is_noted(verbs: str, said: str) -> None:
    """A verb that is never reached, and a document that does nothing, may be meant: a note, and no code."""
    (finding,) = lint(f"<Response>{verbs}</Response>".encode())
    assert (finding.level, finding.code) == (Level.NOTE, None)
    assert finding.sentence.startswith(said)


def test_texts_that_nobody_hears_are_noted() -> None:
    """A call whose document takes no time ends at once."""
    (finding,) = lint(b"<Response><Sms>Hi</Sms></Response>", VOICE)
    assert (finding.level, finding.sentence) == (Level.NOTE, "Nothing of it is heard: the call ends at once.")


def test_the_verbs_tell_what_a_document_answers() -> None:
    """Where a verb of calls stands it is for a call; else a text is answered."""
    assert [each.code for each in lint(b"<Response><Message>Hi</Message><Say>Hi</Say></Response>")] == []
    assert [each.code for each in lint(b"<Response><Message to='x'>Hi</Message></Response>")] == [14101]


@pytest.mark.parametrize(
    "verbs",
    [
        "<Gather/>",
        "<Record/>",
        "<Redirect/>",
        "<Redirect>next</Redirect>",
        "<Play>a.wav</Play>",
        "<Dial action='next'>+14155550100</Dial>",
        "<Dial><Number statusCallback='/told'>+14155550100</Number></Dial>",
    ],
)
def test_a_document_without_url_needs_absolute_ones(verbs: str) -> None:
    """11100, only where it comes as a parameter."""
    document = f"<Response>{verbs}</Response>".encode()
    assert lint(document) == ()
    assert {each.code for each in lint(document, is_inline=True)} == {11100}


def test_a_document_without_url_is_short() -> None:
    """32018 over 4,000 characters."""
    document = f"<Response><Say>Hi</Say>{' ' * 4_000}</Response>".encode()
    assert [each.code for each in lint(document, is_inline=True)] == [32018]
