"""Calls, as far as this process has a part in them: the switch, who speaks, and simulated handsets."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from hookflash.api.auth import Authenticator
from hookflash.domain.clock import VirtualClock
from hookflash.domain.media_links import MediaLinks
from hookflash.metrics import Metrics
from hookflash.network.handset import Answering, Handset
from hookflash.network.handset_calls import HandsetCalls
from hookflash.network.lines import Lines
from hookflash.network.world import World
from hookflash.pending import Pending
from hookflash.runtime.call_runner import LAST_WORDS, CallRunner
from hookflash.runtime.conferences.conferences import Conferences
from hookflash.runtime.paying.connectors import Connectors
from hookflash.runtime.paying.sessions import PaymentSessions
from hookflash.runtime.places import CallPlaces
from hookflash.runtime.sip_news import SipNews
from hookflash.runtime.sounds import Sounds
from hookflash.settings import Mode, Settings
from hookflash.speech.plugging import Plugged, plug_in
from hookflash.speech.repertoire import Repertoire
from hookflash.speech.speaker import Speaker
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.shelf import Shelf
from hookflash.store.store import Store, Tx
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.protocol import SwitchConfig
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg
from hookflash.trunks.trunks import Trunks
from hookflash.webhooks.client import WebhookClient


@dataclass(kw_only=True)
class Telephony:
    """What calls share. `start` and `stop` it once each, on the loop."""

    switch: Switch
    world: World
    speaker: Speaker
    engines: Plugged
    sounds: Sounds
    repertoire: Repertoire
    handset_calls: HandsetCalls
    lines: Lines
    runner: CallRunner
    payments: PaymentSessions
    trunks: Trunks
    sip_news: SipNews
    _arrivals: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def conferences(self) -> Conferences:
        return self.runner.conferences

    @property
    def sip_address(self) -> str:
        """Where SIP phones reach us, as `host:port`."""
        return self.switch.addresses.get("udp", "")

    def start(self) -> None:
        self.switch.invited = self._invited
        self.switch.start()
        self.world.start()

    async def drain(self, grace: int, last_words: int = LAST_WORDS) -> None:
        """Take no call any more; give live ones `grace` ms to end, then end them, with `last_words` ms to say so."""
        self.switch.refuse_calls()
        await self.runner.stop(grace, last_words)

    async def stop(self) -> None:
        """Let go of everything; `drain` comes before."""
        self.switch.close()
        for task in self._arrivals:
            task.cancel()
        await asyncio.gather(*self._arrivals, return_exceptions=True)
        await asyncio.gather(self.world.stop(), self.handset_calls.close(), self.speaker.close(), self.engines.close())

    def _invited(self, leg: SwitchLeg, event: protocol.Invited) -> None:
        if not self.handset_calls.takes(leg, event) and not self.lines.takes(leg):
            task = asyncio.create_task(self.runner.invited(leg, event), name="invited")
            self._arrivals.add(task)
            task.add_done_callback(self._arrivals.discard)


def open_telephony(
    settings: Settings,
    *,
    cache: Path,
    certificate: Path,
    store: Store,
    clock: VirtualClock,
    webhooks: WebhookClient,
    auth: Authenticator,
    pending: Pending,
    vault: Vault,
    links: MediaLinks,
    recordings: RecordingFiles,
    metrics: Metrics,
) -> Telephony:
    """Start the switch and all that goes with it; `cache` is a directory for audio, `certificate` a PEM file
    with chain and key. Raises OSError when an address is taken, ValueError for settings that make no sense."""
    switch = Switch(switch_config(settings, certificate))
    own_host = settings.sip_address or settings.host
    is_open = settings.mode is Mode.DEVELOPMENT
    trunks = Trunks(
        dial=switch.dial,
        next_number=switch.next_number,
        own_host=own_host,
        random=Random(),  # noqa: S311 - shares traffic, keeps no secret
    )
    news = SipNews(clock)
    for hear in (trunks.hear, news.hear, metrics.hear):
        switch.watch(hear)
    world = World(switch=switch, clock=clock, pending=pending)
    repertoire = Repertoire()
    engines = plug_in(settings.speech_engines)
    speaker = Speaker(
        engines.voices, shelf=Shelf(cache / "speech"), feed=switch.stream, pending=pending, repertoire=repertoire
    )
    sounds = Sounds(
        webhooks=webhooks,
        auth=auth,
        shelf=Shelf(cache / "sounds"),
        repertoire=repertoire,
        validate_certificates=settings.validate_certificates,
    )

    async def answering_of(number: str) -> Answering:
        handset = await store.read(_handset, number)
        return handset.answering if handset else Answering()

    calls = HandsetCalls(
        switch=switch, world=world, clock=clock, speaker=speaker, repertoire=repertoire, answering_of=answering_of
    )
    lines = Lines(switch, world)
    runner = CallRunner(
        store=store,
        clock=clock,
        webhooks=webhooks,
        auth=auth,
        vault=vault,
        links=links,
        recordings=recordings,
        speech=speaker,
        recognition=engines.recognition,
        sounds=sounds,
        places=CallPlaces(
            switch=switch,
            handsets=calls,
            lines=lines,
            trunks=trunks,
            store=store,
            vault=vault,
            own_host=own_host,
            simulates=is_open,
            reach=None if is_open else [*settings.sip_allow],
            is_registered=news.is_registered,
        ),
        connectors=Connectors(settings.payment_connectors, with_loopback=is_open),
        refused=news.refused,
        rules=settings.call_rules,
        rates=settings.sender_rates,
        validate_certificates=settings.validate_certificates,
        pending=pending,
        open_leg=switch.open,
    )
    return Telephony(
        switch=switch,
        world=world,
        speaker=speaker,
        engines=engines,
        sounds=sounds,
        repertoire=repertoire,
        handset_calls=calls,
        lines=lines,
        runner=runner,
        payments=PaymentSessions(runner.call),
        trunks=trunks,
        sip_news=news,
    )


async def _handset(tx: Tx, number: str) -> Handset | None:
    return await tx.one(Handset, "handsets.by_number", number=number)


def switch_config(settings: Settings, certificate: Path) -> SwitchConfig:
    """What the switch is started with. Raises ValueError when `rtp_ports` is no range."""
    first, _, last = settings.rtp_ports.partition("-")
    return SwitchConfig(
        host=settings.host,
        sip_port=settings.sip_port,
        tls_port=_tls_port(settings),
        ws_port=settings.sip_ws_port,
        tls_cert=str(settings.tls_cert or certificate),
        tls_key=str(settings.tls_key or certificate),
        sip_address=settings.sip_address,
        rtp_address=settings.rtp_address,
        rtp_ports=(int(first), int(last)),
        threads=settings.media_threads,
        rtp_timeout_ms=settings.rtp_timeout,
        hep=settings.hep,
        digests=settings.sip_digests,
    )


def _tls_port(settings: Settings) -> int:
    if settings.sip_tls_port is not None:
        return settings.sip_tls_port
    return settings.sip_port + 1 if settings.sip_port else 0
