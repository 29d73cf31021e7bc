"""A call that asks for a code, so that the account may show the number that was called.

The questions are documents of ours, run as those of applications are; what is pressed is judged here, not by a URL, so
that no document of the account can answer for whoever was called.
"""

from typing import TYPE_CHECKING

from hookflash.actions.validate_caller_id import take_for_verified
from hookflash.domain.call import Validation
from hookflash.store.vault import same_secret
from hookflash.twiml.channels import VOICE
from hookflash.twiml.document import Document
from hookflash.twiml.parse import parse_document
from hookflash.twiml.voice import GoTo

from .documents import Step
from .script import Script

if TYPE_CHECKING:
    from .live_call import LiveCall

TRIES = 3


def _says(words: str) -> Document:
    return parse_document(f"<Response><Say>{words}</Say></Response>".encode(), VOICE)


def _asks(words: str) -> Document:
    prompt = f"{words} Enter the six digit code that you were shown."
    gather = f'<Gather action="https://code.invalid/" numDigits="6" timeout="10"><Say>{prompt}</Say></Gather>'
    return parse_document(f"<Response>{gather}</Response>".encode(), VOICE)


_QUESTIONS = (
    _asks("This is a call to verify your phone number."),
    *(_asks("This is not the code.") for _ in range(TRIES - 1)),
)
_THANKS = _says("Thank you. Your phone number is verified. Goodbye.")
_SORRY = _says("Your phone number is not verified. Goodbye.")


async def validate(call: "LiveCall") -> Step | None:
    """Ask whoever takes the call for the code, some times; the number is verified once it is right."""
    await call.rung()
    wanted = call.row.options.validation
    assert wanted is not None, "the call is for that"
    if call.row.options.send_digits:
        await call.leg.send_keys(call.row.options.send_digits)
    script = Script(call, VOICE)
    is_verified = await _is_told(script, wanted) and await call.ledger.write(
        take_for_verified, call.row.account_sid, call.row.sid, now=call.parts.clock.now()
    )
    await script.run_own(_THANKS if is_verified else _SORRY)
    return None


async def _is_told(script: Script, wanted: Validation) -> bool:
    """Whether the code is pressed."""
    for question in _QUESTIONS:
        step = await script.run_own(question)
        if isinstance(step, GoTo) and same_secret(step.params.get("Digits", ""), wanted.code):
            return True
    return False
