"""The elements of which a declaration or a test is still to be written. This set only shrinks."""

AWAITED: set[str] = {
    # who is rung
    "Dial",
    "Sip",
    "Uri",
    "Headers",
    "Header",
    # transfers
    "Refer",
    # queues
    "Enqueue",
    "Task",
    "Queue",
    "Leave",
    # what callers say
    "Record",
    "Gather",
    # payments
    # beside a call
    "Start",
    "Stop",
    "Siprec",
    "Transcription",
    "Recording",
    # instead of it
    "Connect",
    "Stream",
    "Room",
    "VirtualAgent",
    "Config",
    "Conversation",
    "Autopilot",
    "AiSession",
    "ConversationRelay",
    "ConversationRelaySession",
    "Assistant",
    # parameters
    # echo
    "Echo",
}
