"""The elements of which a declaration or a test is still to be written. This set only shrinks."""

AWAITED: set[str] = {
    # who is rung
    # transfers
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
    "Config",
    # instead of it
    # parameters
    # echo
}
