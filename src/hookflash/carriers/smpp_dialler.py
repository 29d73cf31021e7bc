"""Keeps one bind up: connects, binds, and when it ends waits a little longer each time, then begins again."""

import asyncio
import ssl
from random import Random

import structlog

from hookflash.carriers.smpp_config import SmppConfig
from hookflash.carriers.smpp_link import Listener, SmppLink
from hookflash.domain.clock import MINUTE, SECOND, Clock
from hookflash.wire.smpp.bind import Bound, Closed, Event, Limits, Role
from hookflash.wire.smpp.pdu import BindRequest

FIRST_PAUSE = 500  # ms
LONGEST_PAUSE = MINUTE

log = structlog.get_logger(__name__)


class Dialler:
    """One of the carrier's binds, over all its connections. `listener` hears the events of each."""

    def __init__(
        self,
        number: int,
        request: BindRequest,
        *,
        carrier: str,
        config: SmppConfig,
        listener: Listener,
        clock: Clock,
        random: Random,
    ) -> None:
        self.number = number  #: from 1
        self.link: SmppLink | None = None
        self._closing = False
        self.last_error = ""
        self.last_error_at = 0  #: ms since the epoch
        self.dial_at = 0  #: when it connects again, ms since the epoch
        self._request = request
        self._config = config
        self._limits = Limits(
            window=config.window,
            response_timeout=config.response_timeout * SECOND,
            enquire_every=config.enquire_every * SECOND,
        )
        self._listener = listener
        self._clock = clock
        self._random = random
        self._failures = 0
        self._bound_at = 0
        self._tls = tls_context(config) if config.tls else None
        self._log = log.bind(carrier=carrier, bind=number)

    async def run(self) -> None:
        """Keep the bind up until `unbind`, or cancelled."""
        while not self._closing:
            await self._connect_once()
            self.dial_at = self._clock.now() + self._pause()
            await self._clock.wait_until(self.dial_at)

    async def _connect_once(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._config.connect_timeout):
                _, link = await loop.create_connection(
                    self._new_link, self._config.host, self._config.port, ssl=self._tls
                )
        except TimeoutError:
            self._failed(f"no connection within {self._config.connect_timeout} s")
            return
        except OSError as error:
            self._failed(f"cannot connect: {error}")
            return
        try:
            self.link = link
            if not link.bind.closed:  # a peer may hang up before we get to speak
                link.open(self._request)
            await link.ended
        finally:
            self.link = None
            link.abort()

    def unbind(self) -> asyncio.Future[str] | None:
        """End the connection politely, if there is one; the future is done once it is gone."""
        self._closing = True
        if self.link is None:
            return None
        self.link.unbind()
        return self.link.ended

    def _new_link(self) -> SmppLink:
        return SmppLink(Role.CLIENT, self._limits, self._heard)

    def _heard(self, link: SmppLink, event: Event) -> None:
        if isinstance(event, Bound):
            self._bound_at = self._clock.now()
            self._log.info("smpp_bound", system_id=event.response.system_id)
        elif isinstance(event, Closed) and self._closing:
            self._log.info("smpp_unbound", reason=event.reason)
        elif isinstance(event, Closed):
            if self._bound_at and self._clock.now() - self._bound_at >= LONGEST_PAUSE:
                self._failures = 0  # it was a good bind; one that is dropped again and again is not
            self._bound_at = 0
            self._failed(event.reason)
        self._listener(link, event)

    def _failed(self, reason: str) -> None:
        self.last_error, self.last_error_at = reason, self._clock.now()
        self._log.warning("smpp_not_bound", reason=reason)

    def _pause(self) -> int:
        """ms before the next connection: twice as long after each failure, and never the same for two binds."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE << min(self._failures, 16))
        self._failures += 1
        return int(longest * self._random.uniform(0.5, 1.0))


def tls_context(config: SmppConfig) -> ssl.SSLContext:
    """Checks the certificate and the name of the carrier. Raises OSError if the file of authorities cannot be read."""
    return ssl.create_default_context(cafile=config.tls_ca or None)
