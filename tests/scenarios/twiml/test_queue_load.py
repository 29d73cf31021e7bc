"""A queue that many wait in at once, and a few take callers out of."""

from collections import Counter

from tests.scenarios.twiml.agents import QUEUE, asked, called_by_app, enqueue, queue, waits_in
from tests.scenarios.twiml.stage import Stage

CALLERS = [f"+141555520{number:02}" for number in range(60)]
IMPATIENT = CALLERS[20:50:5]  # hang up while they wait
AGENTS = [f"+141555530{number:02}" for number in range(3)]
TALK = 10  # s with each


def test_queue__of_sixty_callers_and_three_agents(stage: Stage) -> None:
    """Each is taken once, in the order in which they came, but for those who do not wait so long."""
    stage.plays(enqueue())
    calls = {}
    for number in CALLERS:  # each is in before the next one calls
        calls[number] = stage.handset(number).dial(stage.hookflash.number)
        calls[number].answered_sync()
        stage.calls = [calls[number]]
        waits_in(stage, len(calls))
    again = f'<Dial action="{stage.app.url}/again" timeLimit="{TALK}"><Queue>{QUEUE}</Queue></Dial>'
    stage.page("again", again)
    agents = [called_by_app(stage, again, to=number) for number in AGENTS]
    for number in IMPATIENT:
        calls[number].hang_up()
    agents[0][1].wait(TALK * (len(CALLERS) / len(AGENTS) + 2))

    taken = [after for after in asked(stage, "again") if after["DialCallStatus"] == "completed"]
    sids = {params["From"]: params["CallSid"] for params in stage.app.requests if params["From"] in CALLERS}
    patient = [sids[number] for number in CALLERS if number not in IMPATIENT]
    assert Counter(after["DialCallSid"] for after in taken) == dict.fromkeys(patient, 1)
    moments = [turn(stage, sid) for sid in patient]
    assert moments == sorted(moments)
    assert {after["CallSid"] for after in taken} == {sid for sid, _ in agents}
    assert all(TALK <= int(after["DialCallDuration"]) <= TALK + 2 for after in taken)
    assert queue(stage)["current_size"] == 0


def turn(stage: Stage, sid: str) -> int:
    """When the turn of a caller came, in ms."""
    (moment,) = [
        event["at"] for event in stage.hookflash.timeline(sid) if event["sentence"].startswith("Its turn has come")
    ]
    return int(moment)
