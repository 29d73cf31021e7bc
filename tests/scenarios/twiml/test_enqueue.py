"""`<Enqueue>`: what the caller hears while they wait, and what the application learns of it."""

from tests.scenarios.twiml.agents import QUEUE, agent, asked, called_by_app, enqueue, finished, queue, waits_in
from tests.scenarios.twiml.sounds import Sound, beep
from tests.scenarios.twiml.stage import CAROL, Stage


def test_enqueue(stage: Stage) -> None:
    """The caller waits until somebody takes them; then the two speak, and the next verb runs once they part."""
    alice = stage.call(f"{enqueue()}<Say>You were helped</Say>")
    waits_in(stage)
    bob = agent(stage)
    bob.say("How can I help")
    alice.hears_sync("How can I help")
    alice.say("My line is down")
    bob.hears_sync("My line is down")
    bob.hang_up()
    alice.hears_sync("You were helped")
    assert stage.codes() == []


def test_enqueue__makes_the_queue(stage: Stage) -> None:
    """One that is not there is made by the first who waits in it, and holds 1,000."""
    stage.call(enqueue())
    waits_in(stage)
    shown = queue(stage)
    assert (shown["friendly_name"], shown["max_size"], shown["current_size"]) == (QUEUE, 1_000, 1)


def test_enqueue__without_a_name(stage: Stage) -> None:
    """14204: nobody waits where nobody could be found."""
    alice = stage.call("<Enqueue></Enqueue><Say>Goodbye</Say>")
    alice.hears_sync("Goodbye")
    assert stage.codes() == [14204]


def test_enqueue__with_too_long_a_name(stage: Stage) -> None:
    """14205: 64 characters are the most."""
    alice = stage.call(f"<Enqueue>{'x' * 65}</Enqueue><Say>Goodbye</Say>")
    alice.hears_sync("Goodbye")
    assert stage.codes() == [14205]


def test_enqueue_action(stage: Stage) -> None:
    """Told once the two have parted: how it was, in which queue, and how long; its document goes on."""
    action = stage.page("after", "<Say>Thank you for calling</Say>")
    alice = stage.call(enqueue(f'action="{action}"'))
    sid = waits_in(stage)
    alice.wait(20)
    bob = agent(stage)
    bob.wait(5)
    assert asked(stage, "after") == []
    bob.hang_up()
    alice.hears_sync("Thank you for calling")
    (after,) = asked(stage, "after")
    assert (after.method, after["QueueResult"], after["QueueSid"]) == ("POST", "bridged", sid)
    assert 20 <= int(after["QueueTime"]) <= 22
    assert (after["CallSid"], after["CallStatus"]) == (stage.sid, "in-progress")


def test_enqueue_action__after_a_hang_up(stage: Stage) -> None:
    """It is told that too; what it answers has nobody to run for."""
    action = stage.page("after", f"<Redirect>{stage.app.url}/never</Redirect>")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    alice.hang_up()
    after = finished(stage, "after")
    assert (after["QueueResult"], after["CallStatus"]) == ("hangup", "completed")
    stage.ended()
    assert asked(stage, "never") == []


def test_enqueue_action__after_a_hang_up_of_the_bridge(stage: Stage) -> None:
    """Who was joined with somebody and hangs up was `bridged`."""
    action = stage.page("after", "")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    bob = agent(stage)
    alice.hang_up()
    bob.over_sync()
    assert finished(stage, "after")["QueueResult"] == "bridged"


def test_enqueue_action__of_a_call_that_is_sent_elsewhere(stage: Stage) -> None:
    """At once, and what REST said is run, not what the action answers."""
    action = stage.page("after", "<Say>Not this</Say>")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    stage.rest(f"Calls/{stage.sid}.json", {"Twiml": "<Response><Say>Elsewhere</Say></Response>"})
    alice.hears_sync("Elsewhere")
    assert finished(stage, "after")["QueueResult"] == "redirected"
    alice.over_sync()
    assert "Not this" not in alice.transcript()


def test_enqueue_action__of_a_bridge_that_is_left(stage: Stage) -> None:
    """`redirected-from-bridged`: the agent goes on with their own document."""
    action = stage.page("after", "")
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    bob = agent(stage, then="<Say>The caller has left</Say>")
    bob.wait(1)
    stage.rest(f"Calls/{stage.sid}.json", {"Twiml": "<Response><Say>Elsewhere</Say></Response>"})
    alice.hears_sync("Elsewhere")
    bob.hears_sync("The caller has left")
    assert finished(stage, "after")["QueueResult"] == "redirected-from-bridged"


def test_enqueue_action__of_a_call_that_is_left_as_its_turn_comes(stage: Stage) -> None:
    """`bridging-in-process`: while it hears what it is to hear first."""
    action = stage.page("after", "")
    whisper = stage.page("whisper", '<Say>You are next</Say><Pause length="30"/>')
    alice = stage.call(enqueue(f'action="{action}"'))
    waits_in(stage)
    agent(stage, queue=f'url="{whisper}"')
    alice.hears_sync("You are next")
    alice.wait(3)
    stage.rest(f"Calls/{stage.sid}.json", {"Twiml": "<Response><Say>Elsewhere</Say></Response>"})
    alice.hears_sync("Elsewhere")
    assert finished(stage, "after")["QueueResult"] == "bridging-in-process"


def test_enqueue_method(stage: Stage) -> None:
    """How `action` is requested."""
    action = stage.page("after", "")
    alice = stage.call(enqueue(f'action="{action}" method="GET"'))
    waits_in(stage)
    alice.hang_up()
    assert finished(stage, "after").method == "GET"


def test_enqueue_method__of_no_kind(stage: Stage) -> None:
    """14201: the verb is passed over."""
    alice = stage.call(enqueue('method="PUT"') + "<Say>Goodbye</Say>")
    alice.hears_sync("Goodbye")
    assert stage.codes() == [14201]


def test_enqueue_wait_url(stage: Stage) -> None:
    """Asked anew whenever it is over, with how it stands by then."""
    wait = stage.page("wait", '<Say>Please wait</Say><Pause length="10"/>')
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    first = alice.hears_sync("Please wait")
    assert 10 < alice.hears_sync("Please wait") - first < 13
    one, two, *_ = asked(stage, "wait")
    assert (one.method, one["QueuePosition"], one["CurrentQueueSize"], one["MaxQueueSize"]) == (
        "POST",
        "1",
        "1",
        "1000",
    )
    assert (one["QueueTime"], one["AvgQueueTime"], one["QueueSid"]) == ("0", "0", queue(stage)["sid"])
    assert 10 <= int(two["QueueTime"]) <= 13
    assert two["AvgQueueTime"] == two["QueueTime"]


def test_enqueue_wait_url__of_who_moves_up(stage: Stage) -> None:
    """The second learns that they are the first, once the first is gone."""
    wait = stage.page("wait", '<Pause length="10"/>')
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    alice.wait(1)
    sid, carol = called_by_app(stage, f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>', to=CAROL)
    carol.wait(1)
    assert [each["QueuePosition"] for each in asked(stage, "wait") if each["CallSid"] == sid] == ["2"]
    alice.hang_up()
    carol.wait(11)
    last = [each for each in asked(stage, "wait") if each["CallSid"] == sid][-1]
    assert (last["QueuePosition"], last["CurrentQueueSize"]) == ("1", "1")


def test_enqueue_wait_url__that_is_a_sound(stage: Stage) -> None:
    """It is played over and over."""
    sound = stage.file("wait.wav", beep(440, seconds=2))
    alice = stage.call(f'<Enqueue waitUrl="{sound}" waitUrlMethod="GET">{QUEUE}</Enqueue>')
    alice.wait(9)
    heard = Sound.of(alice)
    spans = heard.spans(silence=0.05)
    assert sum(end - start for start, end in spans) > 5
    assert all(heard.between(start, start + 1).share(440) > 0.9 for start, _ in spans[:2])


def test_enqueue_wait_url__that_is_empty(stage: Stage) -> None:
    """Silence."""
    alice = stage.call(enqueue())
    alice.wait(30)
    assert Sound.of(alice).spans() == []
    assert stage.codes() == []


def test_enqueue_wait_url__that_nobody_sets(stage: Stage) -> None:
    """Music, from this server."""
    alice = stage.call(f"<Enqueue>{QUEUE}</Enqueue>")
    alice.wait(10)
    assert Sound.of(alice).between(3, 9).loudness > 100
    assert stage.codes() == []


def test_enqueue_wait_url__that_hangs_up(stage: Stage) -> None:
    """The call ends, and with it the wait."""
    action = stage.page("after", "")
    wait = stage.page("wait", "<Say>Try again later</Say><Hangup/>")
    alice = stage.call(f'<Enqueue waitUrl="{wait}" action="{action}">{QUEUE}</Enqueue>')
    alice.hears_sync("Try again later")
    alice.over_sync()
    assert finished(stage, "after")["QueueResult"] == "hangup"


def test_enqueue_wait_url__with_a_menu(stage: Stage) -> None:
    """Keys lead elsewhere, and whoever presses none waits on."""
    wait = stage.page("wait", f'<Gather numDigits="1" action="{stage.app.url}/menu" timeout="5"/>')
    stage.page("menu", "<Say>There are others before you</Say>")
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    alice.wait(7)
    alice.press("1")
    alice.hears_sync("There are others before you")
    assert asked(stage, "menu")[0]["QueuePosition"] == "1"
    waits_in(stage)


def test_enqueue_wait_url__that_fails(stage: Stage) -> None:
    """The wait is over at once, as an `error`."""
    action = stage.page("after", "<Say>We call you back</Say>")
    alice = stage.call(
        f'<Enqueue waitUrl="{stage.app.url}/missing.xml" waitUrlMethod="GET" action="{action}">q</Enqueue>'
    )
    alice.hears_sync("We call you back")
    assert asked(stage, "after")[0]["QueueResult"] == "error"
    assert stage.codes() == [11200]


def test_enqueue_wait_url__with_nothing_to_hear(stage: Stage) -> None:
    """An application that answers with nothing is asked once a second, not as fast as it answers."""
    wait = stage.page("wait", "")
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    alice.wait(10)
    assert 9 <= len(asked(stage, "wait")) <= 12


def test_enqueue_wait_url__with_a_verb_that_cannot_stand_there(stage: Stage) -> None:
    """12200: it is passed over, and the rest is heard."""
    wait = stage.page("wait", '<Dial>+14155550199</Dial><Say>Please wait</Say><Pause length="60"/>')
    alice = stage.call(f'<Enqueue waitUrl="{wait}">{QUEUE}</Enqueue>')
    alice.hears_sync("Please wait")
    assert stage.codes() == [12200]


def test_enqueue_wait_url_method(stage: Stage) -> None:
    """How `waitUrl` is requested."""
    wait = stage.page("wait", '<Pause length="60"/>')
    alice = stage.call(f'<Enqueue waitUrl="{wait}" waitUrlMethod="GET">{QUEUE}</Enqueue>')
    alice.wait(1)
    (first,) = asked(stage, "wait")
    assert (first.method, first["QueuePosition"]) == ("GET", "1")


def test_enqueue_max_queue_size(stage: Stage) -> None:
    """Who finds so many there does not wait: `queue-full`, of no queue and no time."""
    action = stage.page("after", "<Say>All of us are busy</Say>")
    first = stage.call(enqueue('maxQueueSize="1"'))
    waits_in(stage)
    sid, carol = called_by_app(stage, enqueue(f'maxQueueSize="1" action="{action}"'), to=CAROL)
    carol.hears_sync("All of us are busy")
    (after,) = asked(stage, "after")
    assert after["QueueResult"] == "queue-full"
    assert not {"QueueSid", "QueueTime"} & after.keys()
    assert queue(stage)["max_size"] == 1
    carol.over_sync()
    assert stage.codes(sid) == [14207]
    assert first.status == "over"  # by `codes`, which ends what goes on


def test_enqueue_workflow_sid(stage: Stage) -> None:
    """14220: tasks come with a later version; until then the verb is passed over."""
    alice = stage.call(f'<Enqueue workflowSid="WW{"0" * 32}"><Task>{{}}</Task></Enqueue><Say>Goodbye</Say>')
    alice.hears_sync("Goodbye")
    (workflow, _) = stage.alerts()
    assert (workflow.code, workflow.level) == (14220, "error")
    assert "later version" in workflow.text


def test_task(stage: Stage) -> None:
    """14221: what it is about is passed over, and the caller waits in the queue that is named."""
    stage.call(f'<Enqueue waitUrl="">{QUEUE}<Task>{{"skill": "billing"}}</Task></Enqueue>')
    waits_in(stage)
    assert stage.codes() == [14221]
