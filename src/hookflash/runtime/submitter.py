"""The `submit` queue: messages whose turn it is go to their carriers."""

from collections.abc import Awaitable, Callable
from copy import copy
from typing import Concatenate, ParamSpec

import msgspec

from hookflash.actions.submit_message import (
    Submit,
    begin_submits,
    finish_submit,
    outbound,
    postpone_submit,
    refuse_submit,
)
from hookflash.carriers.carrier import CarrierBusyError, CarrierRefusedError
from hookflash.carriers.fleet import Fleet
from hookflash.domain.clock import Clock
from hookflash.domain.media_links import MediaLinks
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx

from .keep import keep

P = ParamSpec("P")


class Submitter:
    """Tries the carriers of a message in turn; `begin` and `perform` are those of a `Worker`."""

    def __init__(self, *, store: Store, fleet: Fleet, clock: Clock, links: MediaLinks) -> None:
        self._store = store
        self._fleet = fleet
        self._clock = clock
        self._links = links

    async def begin(self, tx: Tx, jobs: list[Job]) -> list[Submit]:
        now = self._clock.now()
        return await begin_submits(tx, jobs, now=now, link=lambda path: self._links.link(path, now))

    async def perform(self, submit: Submit) -> None:
        message = submit.message
        busy: CarrierBusyError | None = None
        refused: CarrierRefusedError | None = None
        names = self._fleet.candidates(
            recipient=message.recipient,
            sender=message.sender or "",
            account_sid=message.account_sid,
            on_net=submit.on_net,
        )
        for name in names:
            try:
                carrier = self._fleet.get(name)
                answer = await carrier.submit(outbound(submit, carries_media=carrier.carries_media))
            except CarrierRefusedError as error:
                refused = error
            except CarrierBusyError as error:
                busy = error if busy is None or error.retry_after < busy.retry_after else busy
            else:
                await self._keep(finish_submit, submit, name, answer, now=self._clock.now())
                return
        now = self._clock.now()
        if busy is not None:
            await self._keep(postpone_submit, submit, str(busy), retry_after=busy.retry_after, now=now)
        elif refused is not None:
            await self._keep(refuse_submit, submit, names[-1], refused.error_code, str(refused), now=now)

    async def _keep(
        self,
        action: Callable[Concatenate[Tx, Submit, P], Awaitable[None]],
        submit: Submit,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        def write() -> Awaitable[None]:
            # An action moves the message it is given, and the next try must begin where the row still is.
            fresh = msgspec.structs.replace(submit, message=copy(submit.message))
            return self._store.write(action, fresh, *args, **kwargs)

        await keep(write)
