"""`hears` judges the audio that came over the line: where none comes through, it fails."""

import pytest
from tests.scenarios.plugin_support import running_app

from hookflash.testing.call import NotHeardError
from hookflash.testing.platform import Platform

WELCOME = "Welcome to the shop. Our offices are open from nine to five."


@pytest.mark.parametrize("loss", [0.0, 0.05])
def test_a_prompt_is_heard_although_packets_are_lost(hookflash: Platform, loss: float) -> None:
    """One packet in twenty does not make speech another."""
    ann = hookflash.handset("+14155551301")
    with running_app() as app:
        app.document = f"<Response><Say>{WELCOME}</Say></Response>"
        hookflash.configure(voice_url=app.url)
        call = ann.dial(hookflash.number, loss=loss)
        call.answered_sync()
        assert call.hears_sync(WELCOME) < 2
        call.over_sync()


def test_a_line_that_loses_everything_lets_nothing_be_heard(hookflash: Platform) -> None:
    """The platform speaks and the call is up; the test that listens fails, and says what was heard."""
    ann = hookflash.handset("+14155551302")
    with running_app() as app:
        app.document = f"<Response><Say>{WELCOME}</Say><Pause length='30'/></Response>"
        hookflash.configure(voice_url=app.url)
        call = ann.dial(hookflash.number, loss=1.0)
        call.answered_sync()
        with pytest.raises(NotHeardError, match="Welcome"):
            call.hears_sync(WELCOME, timeout=20)
        call.hang_up()


def test_other_words_are_not_taken_for_those_wanted(hookflash: Platform) -> None:
    """The sound of a sentence is not that of another in the same voice."""
    ann = hookflash.handset("+14155551303")
    with running_app() as app:
        app.document = f"<Response><Say>{WELCOME}</Say></Response>"
        hookflash.configure(voice_url=app.url)
        call = ann.dial(hookflash.number)
        call.answered_sync()
        with pytest.raises(NotHeardError, match="Welcome to the shop"):
            call.hears_sync("Please enter your account number, followed by the pound sign.", timeout=20)


def test_people_hear_each_other_only_while_they_are_joined(hookflash: Platform) -> None:
    """What one handset says the other hears over `<Dial>`; beside it, in a call of its own, a third hears nothing."""
    ann, bob, eve = (hookflash.handset(f"+1415555131{n}") for n in range(3))
    other = hookflash.ready["numbers"][1]
    with running_app() as joins, running_app() as waits:
        joins.document = f"<Response><Dial>{bob.number}</Dial></Response>"
        waits.document = "<Response><Say>Please wait.</Say><Pause length='120'/></Response>"
        hookflash.configure(voice_url=joins.url)
        hookflash.configure(other, voice_url=waits.url)
        alone = eve.dial(other)
        alone.answered_sync()
        call = ann.dial(hookflash.number)
        rung = bob.rings_sync()
        rung.answer()
        call.answered_sync()
        rung.say("Good morning, this is Bob speaking.")
        call.hears_sync("Good morning, this is Bob speaking.")
        call.say("Hello Bob, it is me, Ann.")
        rung.hears_sync("Hello Bob, it is me, Ann.")
        with pytest.raises(NotHeardError):
            alone.hears_sync("Good morning, this is Bob speaking.", timeout=5)
        rung.hang_up()
        call.over_sync()
        alone.hang_up()
