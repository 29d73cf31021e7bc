"""`<Queue>` in `<Dial>`: who takes callers out of a queue, and what both hear and learn."""

from tests.scenarios.twiml.agents import QUEUE, agent, asked, called_by_app, enqueue, finished, queue, waits_in
from tests.scenarios.twiml.stage import ALICE, CAROL, Stage


def test_queue(stage: Stage) -> None:
    """Who waits longest is joined with the caller; the action learns who, how long they waited, and how long it was."""
    action = stage.page("after", "<Say>Well done</Say>")
    alice = stage.call(enqueue())
    waits_in(stage)
    called_by_app(stage, enqueue(), to=CAROL)
    waits_in(stage, 2)
    alice.wait(10)
    bob = agent(stage, dial=f'action="{action}"')
    bob.say("Hello Alice")
    alice.hears_sync("Hello Alice")
    assert queue(stage)["current_size"] == 1
    alice.wait(5)
    alice.hang_up()
    bob.hears_sync("Well done")
    (after,) = asked(stage, "after")
    assert (after["DialCallStatus"], after["DialBridged"], after["DialCallSid"]) == ("completed", "true", stage.sid)
    assert (after["QueueSid"], after["DequeingCallSid"]) == (queue(stage)["sid"], after["CallSid"])
    assert 10 <= int(after["QueueTime"]) <= 13
    assert 5 <= int(after["DialCallDuration"]) <= 9


def test_queue__one_after_the_other(stage: Stage) -> None:
    """An agent who takes the next when one is gone meets them in the order in which they came."""
    alice = stage.call(enqueue())
    waits_in(stage)
    _, carol = called_by_app(stage, enqueue(), to=CAROL)
    waits_in(stage, 2)
    again = stage.page("again", f'<Dial action="{stage.app.url}/again"><Queue>{QUEUE}</Queue></Dial>')
    _, bob = called_by_app(stage, f"<Redirect>{again}</Redirect>")
    bob.wait(1)
    alice.hang_up()
    bob.wait(1)
    bob.say("Hello Carol")
    carol.hears_sync("Hello Carol")


def test_queue__that_is_empty(stage: Stage) -> None:
    """The caller waits for somebody to come."""
    alice = stage.call(enqueue())
    waits_in(stage)
    alice.hang_up()
    waits_in(stage, 0)
    bob = agent(stage)
    bob.wait(20)
    _, carol = called_by_app(stage, enqueue(), to=CAROL)
    bob.wait(1)
    bob.say("Hello Carol")
    carol.hears_sync("Hello Carol")


def test_queue__that_stays_empty(stage: Stage) -> None:
    """For as long as the `timeout` of the `<Dial>`: `no-answer`."""
    action = stage.page("after", "<Say>Nobody came</Say>")
    stage.rest("Queues.json", {"FriendlyName": QUEUE})
    bob = agent(stage, dial=f'timeout="7" action="{action}"')
    assert 7 < bob.hears_sync("Nobody came") < 10
    (after,) = asked(stage, "after")
    assert (after["DialCallStatus"], after["DialBridged"]) == ("no-answer", "false")
    assert "QueueSid" not in after


def test_queue__that_is_not_there(stage: Stage) -> None:
    """`failed`, at once."""
    action = stage.page("after", "<Say>No such queue</Say>")
    bob = agent(stage, dial=f'action="{action}"')
    assert bob.hears_sync("No such queue") < 2
    assert asked(stage, "after")[0]["DialCallStatus"] == "failed"


def test_queue__without_a_name(stage: Stage) -> None:
    """14212: nobody is taken."""
    alice = stage.call("<Dial><Queue></Queue></Dial><Say>Goodbye</Say>")
    alice.hears_sync("Goodbye")
    assert stage.codes() == [14212]


def test_queue__with_too_long_a_name(stage: Stage) -> None:
    """14213: 64 characters are the most."""
    alice = stage.call(f"<Dial><Queue>{'x' * 65}</Queue></Dial><Say>Goodbye</Say>")
    alice.hears_sync("Goodbye")
    assert stage.codes() == [14213]


def test_queue__beside_a_number(stage: Stage) -> None:
    """13000: a queue stands alone; the number is not rung."""
    alice = stage.call(enqueue())
    waits_in(stage)
    sid, bob = called_by_app(stage, f"<Dial><Number>{CAROL}</Number><Queue>{QUEUE}</Queue></Dial>")
    bob.wait(1)
    bob.say("Hello Alice")
    alice.hears_sync("Hello Alice")
    bob.hang_up()
    assert stage.codes(sid) == [13000]


def test_queue__leaves_by_a_star(stage: Stage) -> None:
    """`hangupOnStar` parts the two; the caller goes on with what is after the queue."""
    alice = stage.call(f"{enqueue()}<Say>Goodbye Alice</Say>")
    waits_in(stage)
    bob = agent(stage, dial='hangupOnStar="true"', then="<Say>Goodbye Bob</Say>")
    bob.wait(2)
    bob.press("*")
    alice.hears_sync("Goodbye Alice")
    bob.hears_sync("Goodbye Bob")


def test_queue__for_so_long(stage: Stage) -> None:
    """`timeLimit` parts the two."""
    alice = stage.call(f"{enqueue()}<Say>Goodbye Alice</Say>")
    waits_in(stage)
    bob = agent(stage, dial='timeLimit="5"', then="<Say>Goodbye Bob</Say>")
    assert 5 < bob.hears_sync("Goodbye Bob") < 8
    alice.hears_sync("Goodbye Alice")


def test_queue__recorded(stage: Stage) -> None:
    """`record` records what the two say, for the call that takes the caller."""
    action = stage.page("after", "")
    alice = stage.call(enqueue())
    waits_in(stage)
    bob = agent(stage, dial=f'record="record-from-answer-dual" action="{action}"')
    bob.say("Hello Alice")
    alice.hears_sync("Hello Alice")
    alice.hang_up()
    bob.over_sync()
    after = asked(stage, "after")[0]
    (recording,) = stage.rest("Recordings.json")["recordings"]
    assert (recording["call_sid"], recording["channels"], recording["source"]) == (after["CallSid"], 2, "DialVerb")
    assert recording["sid"] in after["RecordingUrl"]


def test_queue__whose_caller_hangs_up_as_their_turn_comes(stage: Stage) -> None:
    """The next is taken instead."""
    whisper = stage.page("whisper", '<Say>You are next</Say><Pause length="10"/>')
    alice = stage.call(enqueue())
    waits_in(stage)
    _, carol = called_by_app(stage, enqueue(), to=CAROL)
    waits_in(stage, 2)
    bob = agent(stage, queue=f'url="{whisper}"')
    alice.hears_sync("You are next")
    alice.hang_up()
    carol.hears_sync("You are next")
    bob.wait(12)
    bob.say("Hello Carol")
    carol.hears_sync("Hello Carol")


def test_queue__that_is_left_by_who_takes(stage: Stage) -> None:
    """Whose turn had come waits on in their place, and hears what waits hear."""
    whisper = stage.page("whisper", '<Say>You are next</Say><Pause length="10"/>')
    wait = stage.page("wait", '<Say>Please wait</Say><Pause length="60"/>')
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    waits_in(stage)
    _, carol = called_by_app(stage, enqueue(), to=CAROL)
    waits_in(stage, 2)
    bob = agent(stage, queue=f'url="{whisper}"')
    alice.hears_sync("You are next")
    alice.wait(3)
    bob.hang_up()
    alice.hears_sync("Please wait")
    assert asked(stage, "wait")[-1]["QueuePosition"] == "1"
    dave = agent(stage)
    dave.say("Hello Alice")
    alice.hears_sync("Hello Alice")
    assert queue(stage)["current_size"] == 1
    assert carol.status == "answered"


def test_queue_url(stage: Stage) -> None:
    """Run for the caller from the queue before the two are joined, with who takes them and how long they waited."""
    whisper = stage.page("whisper", "<Say>You are next</Say>")
    alice = stage.call(enqueue())
    sid = waits_in(stage)
    alice.wait(10)
    taking, bob = called_by_app(stage, f'<Dial><Queue url="{whisper}">{QUEUE}</Queue></Dial>')
    next_at = alice.hears_sync("You are next")
    bob.wait(3)
    bob.say("Hello Alice")
    assert alice.hears_sync("Hello Alice") > next_at
    (asked_for,) = asked(stage, "whisper")
    assert (asked_for.method, asked_for["CallSid"], asked_for["QueueSid"]) == ("POST", stage.sid, sid)
    assert 10 <= int(asked_for["QueueTime"]) <= 13
    assert asked_for["DequeingCallSid"] == taking
    assert bob.transcript() == []


def test_queue_url__with_a_dial(stage: Stage) -> None:
    """13201: it is passed over, and the two are joined."""
    whisper = stage.page("whisper", f"<Dial>{CAROL}</Dial>")
    alice = stage.call(enqueue())
    waits_in(stage)
    bob = agent(stage, queue=f'url="{whisper}"')
    bob.say("Hello Alice")
    alice.hears_sync("Hello Alice")
    assert stage.codes() == [13201]


def test_queue_url__that_fails(stage: Stage) -> None:
    """The caller leaves as an `error`, and who takes callers gets the next."""
    action = stage.page("after", "<Say>We call you back</Say>")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    agent(stage, queue=f'url="{stage.app.url}/missing.xml" method="GET"')
    alice.hears_sync("We call you back")
    assert finished(stage, "after")["QueueResult"] == "error"
    assert stage.codes() == [11200]


def test_queue_method(stage: Stage) -> None:
    """How `url` is requested."""
    whisper = stage.page("whisper", "<Say>You are next</Say>")
    alice = stage.call(enqueue())
    waits_in(stage)
    agent(stage, queue=f'url="{whisper}" method="GET"')
    alice.hears_sync("You are next")
    assert asked(stage, "whisper")[0].method == "GET"


def test_queue_reservation_sid(stage: Stage) -> None:
    """14215: tasks come with a later version; nobody is taken."""
    alice = stage.call(f'<Dial><Queue reservationSid="WR{"0" * 32}"/></Dial><Say>Goodbye</Say>')
    alice.hears_sync("Goodbye")
    assert "later version" in stage.alerts()[0].text
    assert stage.codes()[0] == 14215


def test_queue_post_work_activity_sid(stage: Stage) -> None:
    """14218: tasks come with a later version; nobody is taken."""
    alice = stage.call(f'<Dial><Queue postWorkActivitySid="WA{"0" * 32}">{QUEUE}</Queue></Dial><Say>Goodbye</Say>')
    alice.hears_sync("Goodbye")
    assert "later version" in stage.alerts()[0].text
    assert stage.codes()[0] == 14218


def test_queue_url__and_the_caller_is_known(stage: Stage) -> None:
    """Its request is one of the caller's call, as every one of it."""
    whisper = stage.page("whisper", "<Say>You are next</Say>")
    alice = stage.call(enqueue())
    waits_in(stage)
    agent(stage, queue=f'url="{whisper}"')
    alice.hears_sync("You are next")
    assert asked(stage, "whisper")[0]["From"] == ALICE
