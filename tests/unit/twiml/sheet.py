"""What documents for calls may have, by the public documentation of TwiML and the builders of its libraries.

Written from <https://www.twilio.com/docs/voice/twiml> and the pages below it, element by element; not from our
declarations, which are held against it.
"""

_TO = ("statusCallback", "statusCallbackMethod", "statusCallbackEvent")
_WHISPER = ("url", "method")
_MACHINES = (
    "machineDetection", "machineDetectionTimeout", "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout", "amdStatusCallback",
    "amdStatusCallbackMethod",
)  # fmt: skip
_RECORDING = (
    "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent",
    "recordingConfigurationId",
)  # fmt: skip

ELEMENTS: dict[str, tuple[str, ...]] = {
    # speech
    "Say": ("voice", "language", "loop"),
    "break": ("strength", "time"),
    "emphasis": ("level",),
    "lang": ("xml:lang",),
    "p": (),
    "phoneme": ("alphabet", "ph"),
    "prosody": ("volume", "rate", "pitch"),
    "s": (),
    "say-as": ("interpret-as", "format"),
    "sub": ("alias",),
    "w": ("role",),
    # what is heard
    "Play": ("loop", "digits"),
    "Pause": ("length",),
    "Echo": (),
    # other phones
    "Dial": (
        "action", "method", "answerOnBridge", "callerId", "callReason", "hangupOnStar", "record", *_RECORDING,
        "recordingTrack", "referUrl", "referMethod", "ringTone", "timeLimit", "timeout", "trim", "sequential",
        "events", "passports",
    ),
    "Number": (*_WHISPER, *_TO, *_MACHINES, "sendDigits", "byoc"),
    "Client": (*_WHISPER, *_TO, "clientNotificationUrl"),
    "Identity": (),
    "Parameter": ("name", "value"),
    "Sip": (*_WHISPER, *_TO, *_MACHINES, "username", "password"),
    "Uri": ("priority", "weight", "username", "password"),
    "Headers": (),
    "Header": ("name", "value"),
    "Sim": (),
    "WhatsApp": (*_WHISPER, *_TO),
    "Application": (*_WHISPER, *_TO, "customerId", "copyParentTo"),
    "ApplicationSid": (),
    "Conference": (
        "muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "participantLabel", "jitterBufferSize",
        "waitUrl", "waitMethod", "maxParticipants", "record", "region", "trim", "coach", *_TO, *_RECORDING,
        "eventCallbackUrl",
    ),
    "Refer": ("action", "method"),
    # what callers say and press
    "Record": (
        "action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim", *_RECORDING, "transcribe",
        "transcribeCallback",
    ),
    "Gather": (
        "action", "method", "input", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "speechTimeout",
        "maxSpeechTime", "language", "hints", "profanityFilter", "speechModel", "enhanced", "partialResultCallback",
        "partialResultCallbackMethod", "bargeIn", "debug",
    ),
    "Pay": (
        "input", "action", "statusCallback", "statusCallbackMethod", "paymentMethod", "bankAccountType", "timeout",
        "maxAttempts", "securityCode", "postalCode", "minPostalCodeLength", "paymentConnector", "tokenType",
        "chargeAmount", "currency", "language", "description", "validCardTypes",
    ),
    "Prompt": ("for", "cardType", "attempt", "errorType", "requireMatchingInputs"),
    # queues
    "Enqueue": ("action", "method", "waitUrl", "waitUrlMethod", "workflowSid", "maxQueueSize"),
    "Task": ("priority", "timeout"),
    "Queue": ("url", "method", "reservationSid", "postWorkActivitySid"),
    "Leave": (),
    # where a call goes
    "Hangup": (),
    "Reject": ("reason",),
    "Redirect": ("method",),
    # texts
    "Sms": ("to", "from", "action", "method", "statusCallback"),
    "Message": ("to", "from", "action", "method", "statusCallback"),
    "Body": (),
    "Media": (),
    # what goes on beside a call, or instead of it
    "Connect": ("action", "method"),
    "Start": ("action", "method"),
    "Stop": (),
    "Stream": (),  # its attributes and those of ConversationRelay are declared with what they do
    "Siprec": ("name", "connectorName", "track", "statusCallback", "statusCallbackMethod"),
    "Transcription": (
        "name", "statusCallbackUrl", "statusCallbackMethod", "languageCode", "track", "inboundTrackLabel",
        "outboundTrackLabel", "transcriptionEngine", "speechModel", "enableProviderData", "profanityFilter",
        "partialResults", "hints", "enableAutomaticPunctuation", "intelligenceService", "conversationConfiguration",
        "conversationId",
    ),
    "Recording": (*_RECORDING, "name", "trim", "track", "channels"),
    "Room": ("participantIdentity",),
    "VirtualAgent": ("connectorName", "language", "sentimentAnalysis", "statusCallback", "statusCallbackMethod"),
    "Config": ("name", "value"),
    "Conversation": (
        "serviceInstanceSid", "inboundAutocreation", "routingAssignmentTimeout", "inboundTimeout", *_WHISPER,
        "record", "trim", "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent",
        *_TO,
    ),
    "Autopilot": (),
    "AiSession": ("aiConnector", "aiSessionConfiguration"),
    "ConversationRelay": (),
    "ConversationRelaySession": ("connector", "sessionConfiguration"),
    "Assistant": (),
}  # fmt: skip
