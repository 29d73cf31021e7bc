"""Calls, as far as this process has a part in them: the switch, who speaks, and simulated handsets."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from hookflash.api.auth import Authenticator
from hookflash.domain.clock import VirtualClock
from hookflash.network.handset import Answering, Handset
from hookflash.network.handset_calls import HandsetCalls
from hookflash.network.world import World
from hookflash.pending import Pending
from hookflash.runtime.sounds import Sounds
from hookflash.settings import Settings
from hookflash.speech.espeak import Espeak
from hookflash.speech.repertoire import Repertoire
from hookflash.speech.speaker import Speaker
from hookflash.store.shelf import Shelf
from hookflash.store.store import Store, Tx
from hookflash.switch.protocol import SwitchConfig
from hookflash.switch.switch import Switch
from hookflash.webhooks.client import WebhookClient


@dataclass(kw_only=True)
class Telephony:
    """What calls share. `start` and `stop` it once each, on the loop."""

    switch: Switch
    world: World
    speaker: Speaker
    sounds: Sounds
    repertoire: Repertoire
    handset_calls: HandsetCalls

    @property
    def sip_address(self) -> str:
        """Where SIP phones reach us, as `host:port`."""
        return self.switch.addresses.get("udp", "")

    def start(self) -> None:
        self.switch.start()
        self.world.start()

    async def stop(self) -> None:
        """End every call that is left."""
        self.switch.close()
        await asyncio.gather(self.world.stop(), self.handset_calls.close(), self.speaker.close())


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
) -> Telephony:
    """Start the switch and all that goes with it; `cache` is a directory for audio, `certificate` a PEM file
    with chain and key. Raises OSError when an address is taken, ValueError for settings that make no sense."""
    switch = Switch(switch_config(settings, certificate))
    world = World(switch=switch, clock=clock, pending=pending)
    repertoire = Repertoire()
    speaker = Speaker(
        Espeak(), shelf=Shelf(cache / "speech"), feed=switch.stream, pending=pending, repertoire=repertoire
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
    return Telephony(
        switch=switch, world=world, speaker=speaker, sounds=sounds, repertoire=repertoire, handset_calls=calls
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
    )


def _tls_port(settings: Settings) -> int:
    if settings.sip_tls_port is not None:
        return settings.sip_tls_port
    return settings.sip_port + 1 if settings.sip_port else 0
