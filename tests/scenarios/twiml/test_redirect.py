"""`<Redirect>`: another document goes on."""

from tests.scenarios.twiml.stage import Stage


def test_redirect(stage: Stage) -> None:
    """The other document is asked for with POST, and heard; the verbs after it are not."""
    stage.page("next", "<Say>Next.</Say>")
    call = stage.call("<Redirect>app/next</Redirect><Say>Never.</Say>")
    assert call.hears_sync("Next.") < 0.5
    call.over_sync()
    assert [(asked.method, asked.path) for asked in stage.app.requests[:2]] == [("POST", "/app"), ("POST", "/app/next")]


def test_redirect__rings_on(stage: Stage) -> None:
    """As the first verb it does not answer the call."""
    call = stage.dial("<Redirect>app/next</Redirect>")
    stage.page("next", '<Reject reason="busy"/>')
    call.over_sync()
    assert call.cause == "busy"


def test_redirect__nowhere(stage: Stage) -> None:
    """11100: a URL that is none is passed over, and so is the verb."""
    stage.call("<Redirect>mailto:me</Redirect><Say>On.</Say>").hears_sync("On.")
    assert stage.codes() == [11100]


def test_redirect__in_a_ring(stage: Stage) -> None:
    """Documents that only lead to each other end the call, with words; empty, it leads to the document itself."""
    call = stage.call("<Redirect/>")
    call.hears_sync("error occurred in this application")
    call.over_sync()
    assert stage.codes() == [11215]


def test_redirect_method(stage: Stage) -> None:
    """`GET` asks for the document with the parameters in the query."""
    stage.page("next", "<Say>Next.</Say>")
    stage.call('<Redirect method="GET">app/next</Redirect>').hears_sync("Next.")
    assert [(asked.method, asked.path) for asked in stage.app.requests[1:2]] == [("GET", "/app/next")]
    assert stage.app.requests[1]["CallSid"] == stage.sid


def test_redirect_method__that_there_is_not(stage: Stage) -> None:
    """13710: it is POST."""
    stage.page("next", "<Say>Next.</Say>")
    stage.call('<Redirect method="PATCH">app/next</Redirect>').hears_sync("Next.")
    assert stage.app.requests[1].method == "POST"
    assert stage.codes() == [13710]
