"""The composition root: every part is made here, and takes what it needs by keyword."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from hookflash.actions.choose_sender import release_accepted
from hookflash.actions.first_start import FirstAccount, first_start
from hookflash.api.auth import Authenticator
from hookflash.api.edge import ApiEdge
from hookflash.api.registry import OPERATIONS
from hookflash.carriers.fleet import Fleet
from hookflash.carriers.load import FILE, CarrierRow, carrier_row, keep_file_rows, load_fleet, route_row
from hookflash.carriers.routing import Route
from hookflash.carriers.simulated import SimulatedCarrier
from hookflash.domain.clock import DAY, SECOND, VirtualClock
from hookflash.domain.media_links import MediaLinks
from hookflash.edge.certificates import LocalAuthority, with_public_certificate
from hookflash.edge.listeners import Listener
from hookflash.edge.proxy import Proxy
from hookflash.front import Clients, Front
from hookflash.metrics import Metrics
from hookflash.own.bin_pages import BinPages
from hookflash.own.names import ServedNames, is_answered_inside
from hookflash.own.site import own_site
from hookflash.pending import Pending
from hookflash.runtime.admission import admitted
from hookflash.runtime.callbacks import Callbacks, callback_host
from hookflash.runtime.incoming import IncomingMessages, Question, question_host
from hookflash.runtime.live import LiveCalls, NoLiveCalls
from hookflash.runtime.lost_calls import close_lost
from hookflash.runtime.media import AT_ONCE, MediaFetcher, Unlinker
from hookflash.runtime.network import Network, StoreSink
from hookflash.runtime.recordings import RecordingEraser
from hookflash.runtime.shares import Shares
from hookflash.runtime.submitter import Submitter
from hookflash.runtime.telephony import Telephony, open_telephony
from hookflash.runtime.tidy import Tidier, rules
from hookflash.runtime.transcriber import AT_ONCE as TRANSCRIBED_AT_ONCE
from hookflash.runtime.transcriber import Transcriber
from hookflash.runtime.worker import LIMIT, Begin, JobOf, Perform, Worker, as_jobs, itself, nothing_left
from hookflash.settings import Mode, RoleName, Settings
from hookflash.store import outbox
from hookflash.store.bus import LocalBus
from hookflash.store.directory import DataDirectory, write_private
from hookflash.store.media_files import MediaFiles
from hookflash.store.outbox import Job
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.vault import Vault, open_vault
from hookflash.switch.protocol import Configure
from hookflash.switch.recordings import repair_recording
from hookflash.trunks.load import TrunkRow, call_route_row, keep_file_trunks, trunk_row
from hookflash.trunks.routing import CallRoute
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.inside import Inside

log = structlog.get_logger()

STOP_GRACE = 20_000  #: ms; longer than a webhook may take
CALLBACK_GRACE = 5_000  #: ms for callbacks of calls that the stop has ended to go out; the rest waits in the outbox
HASTE = 1_000  #: ms for rows of calls that are ended at once
LOOK_EVERY = 20  #: ms
REQUEST_GRACE = 5_000  #: ms for requests under way at the stop
READY_FILE = "ready.json"
ALL_IPV4 = "0.0.0.0"  # noqa: S104 - compared with, not bound to


@dataclass(kw_only=True)
class Exchange:
    """What handlers and workers share."""

    settings: Settings
    directory: DataDirectory
    store: SqliteStore
    bus: LocalBus
    clock: VirtualClock
    vault: Vault
    auth: Authenticator
    bin_pages: BinPages
    names: ServedNames
    fleet: Fleet
    sink: StoreSink
    webhooks: WebhookClient
    operator_token: str
    metrics: Metrics
    media_files: MediaFiles
    recording_files: RecordingFiles
    calls: LiveCalls
    pending: Pending
    public_url: str = ""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  #: set when requests that wait for news should end

    def __post_init__(self) -> None:
        is_open = self.settings.mode is Mode.DEVELOPMENT
        key = None if is_open else self.vault.key_for("media links")
        self.media_links = MediaLinks(base=lambda: self.public_url, key=key)

    telephony: Telephony = field(init=False)  #: from `Server.start` on
    _admitting: asyncio.Lock = field(default_factory=asyncio.Lock)  # the last change is the last that is told

    async def admit(self) -> None:
        """Tell the switch who may call and register over SIP."""
        async with self._admitting:
            domains, trunks, routes = await self.store.read(admitted, self.vault)
            self.telephony.trunks.apply(trunks, routes)
            self.telephony.switch.tell(Configure(domains=domains, trunks=[trunk.as_configured() for trunk in trunks]))

    async def load_fleet(self) -> None:
        """Make the live carriers those of the rows."""
        await load_fleet(self.fleet, self.store, vault=self.vault, sink=self.sink, clock=self.clock)


class Server:
    """A running platform: listeners, workers and what they share. `start` and `stop` it once each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ready: dict[str, object] = {}
        self.workers: dict[str, Worker[Any]] = {}
        self._hurried = asyncio.Event()

    async def start(self) -> FirstAccount:
        """Open the data directory, bring up every listener, and begin to work.

        Raises StoreError, OSError (an address is taken) and ValueError with a sentence for the operator.
        """
        settings = self.settings
        self.directory = DataDirectory(settings.directory)
        self.exchange = exchange = _exchange(settings, self.directory)
        await exchange.store.write(outbox.release_all, exchange.clock.now())
        await close_lost(
            store=exchange.store, files=exchange.recording_files, clock=exchange.clock, repair=repair_recording
        )
        first = await exchange.store.write(
            first_start,
            exchange.vault,
            account_sid=settings.account_sid,
            auth_token=settings.auth_token,
            now=exchange.clock.now(),
        )
        await self._listen(first)
        if RoleName.WORKER in settings.roles:
            self.workers = {worker.queue: worker for worker in _workers(exchange)}
        await exchange.fleet.start()
        await exchange.store.write(keep_file_rows, *_file_rows(exchange))
        await exchange.store.write(keep_file_trunks, *_file_trunks(exchange))
        await exchange.load_fleet()
        exchange.telephony.start()
        await exchange.admit()
        for worker in self.workers.values():
            worker.start()
        self._tidier = Tidier(store=exchange.store, clock=exchange.clock, rules=rules(settings.webhook_records))
        self._tidier.start()
        self._say_ready()
        return first

    def hurry(self) -> None:
        """Have `stop` wait for nobody any more."""
        self._hurried.set()

    async def stop(self) -> None:
        """Finish what is under way and let go of everything; what is left comes up at the next start."""
        await self._drain()
        self.exchange.stopping.set()
        self._renewal.cancel()
        await self._proxy.stop()
        await asyncio.gather(self._plain.stop(REQUEST_GRACE), self._https.stop(REQUEST_GRACE))
        await self._tidier.stop()
        await self._give(STOP_GRACE, self._stop_workers)
        await self.exchange.telephony.stop()
        await self.exchange.fleet.close(REQUEST_GRACE)
        await self.exchange.webhooks.close()
        await self.exchange.store.close()
        for file in self._ready_files():
            with contextlib.suppress(FileNotFoundError):
                file.unlink()
        self.directory.release()

    async def _drain(self) -> None:
        """Live calls end, and who asked for it hears so; requests are answered meanwhile."""
        dialler = self.workers.get("dial")
        if dialler is not None:
            dialler.pause()
        telephony = self.exchange.telephony
        await self._give(self.settings.drain_time, telephony.drain, HASTE)
        await self._give(CALLBACK_GRACE, self._call_back)

    async def _call_back(self, grace: int) -> None:
        """Until the callbacks that are due are on their way, for at most `grace` ms."""
        worker, deadline = self.workers.get("callback"), time.monotonic() + grace / SECOND
        while worker is not None and time.monotonic() < deadline:
            due = await self.exchange.store.read(outbox.next_due, worker.queue)
            if due is None or due > self.exchange.clock.now():
                return
            await asyncio.sleep(LOOK_EVERY / SECOND)

    async def _stop_workers(self, grace: int) -> None:
        await asyncio.gather(*(worker.stop(grace) for worker in self.workers.values()))

    async def _give(self, grace: int, work: Callable[..., Awaitable[None]], *hasty: int) -> None:
        """Do something that may take `grace` ms; 0 ms, and then `hasty` as well, once the operator is in a hurry."""
        patient, hurried = asyncio.ensure_future(work(grace)), asyncio.ensure_future(self._hurried.wait())
        await asyncio.wait([patient, hurried], return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if patient.done():
            await patient
            return
        patient.cancel()
        await asyncio.gather(patient, return_exceptions=True)
        await work(0, *hasty)

    async def _listen(self, first: FirstAccount) -> None:
        settings, exchange = self.settings, self.exchange
        front = Front(
            api=ApiEdge(exchange, OPERATIONS),
            own=own_site(exchange),
            names=exchange.names,
            hosts=frozenset(settings.allowed_hosts) | _public_names(settings),
            clients=_clients(settings),
        )
        authority = LocalAuthority(self.directory.path / "ca", now=exchange.clock.now())
        exchange.telephony = open_telephony(
            settings,
            cache=self.directory.path / "cache",
            certificate=authority.server_certificate,
            store=exchange.store,
            clock=exchange.clock,
            webhooks=exchange.webhooks,
            auth=exchange.auth,
            pending=exchange.pending,
            vault=exchange.vault,
            links=exchange.media_links,
            recordings=exchange.recording_files,
            metrics=exchange.metrics,
        )
        exchange.calls = exchange.telephony.runner
        tls = authority.context
        if settings.tls_cert and settings.tls_key:
            tls = with_public_certificate(tls, settings.tls_cert, settings.tls_key)
        self._plain = Listener(front, host=settings.host, port=settings.port)
        self._https = Listener(front, host=settings.host, port=settings.https_port, tls=tls)
        await asyncio.gather(self._plain.start(), self._https.start())
        exchange.public_url = settings.public_url.rstrip("/") or self._plain.url
        self._proxy = Proxy(
            host=settings.host,
            port=settings.proxy_port,
            plain=self._plain.address,
            https=self._https.address,
            bundle=authority.bundle,
            networks=[ip_network(text) for text in settings.trust_network],
        )
        await self._proxy.start()
        self._renewal = asyncio.create_task(_renew_daily(authority, exchange.clock), name="certificates")
        self.ready = {
            "api": self._plain.url,
            "https": self._https.url,
            "proxy": f"http://{settings.host}:{self._proxy.port}",
            "ca": str(authority.certificate),
            "sip": exchange.telephony.sip_address,
            "account_sid": first.account_sid,
            "auth_token": first.auth_token,
            "test_account_sid": first.test_account_sid,
            "test_auth_token": first.test_auth_token,
            "operator_token": exchange.operator_token,
            "numbers": first.numbers,
        }

    def _say_ready(self) -> None:
        text = msgspec.json.format(msgspec.json.encode(self.ready)).decode()
        for file in self._ready_files():
            write_private(file, text + "\n")

    def _ready_files(self) -> list[Path]:
        own = self.directory.path / READY_FILE
        given = self.settings.ready_file
        return [own, given] if given else [own]


def _exchange(settings: Settings, directory: DataDirectory) -> Exchange:
    clock, bus, metrics, pending = VirtualClock(), LocalBus(), Metrics(), Pending()
    store = SqliteStore(directory.database, bus, committed=metrics.committed, pending=pending)
    vault = open_vault(directory.path, settings.secret_key)
    egress = EgressPolicy(
        allow_private=settings.mode is Mode.DEVELOPMENT,
        allowed=tuple(ip_network(text) for text in settings.webhook_allow),
    )
    auth = Authenticator(store, vault)
    bin_pages = BinPages(store=store, auth=auth)
    names = ServedNames(bin_pages.answer)
    simulated = SimulatedCarrier(store=store, clock=clock, receipt_delay=settings.receipt_delay)
    return Exchange(
        settings=settings,
        directory=directory,
        store=store,
        bus=bus,
        clock=clock,
        vault=vault,
        auth=auth,
        bin_pages=bin_pages,
        names=names,
        fleet=Fleet(simulated=simulated, random=Random()),  # noqa: S311 - shares traffic, keeps no secret
        sink=StoreSink(store=store, clock=clock),
        webhooks=WebhookClient(
            egress=egress,
            clock=clock,
            ca_bundle=settings.webhook_ca,
            inside=Inside(names, is_inside=is_answered_inside),
            attempted=metrics.attempted,
            pending=pending,
        ),
        operator_token=directory.operator_token(),
        metrics=metrics,
        media_files=MediaFiles(directory.media),
        recording_files=RecordingFiles(directory.recordings),
        calls=NoLiveCalls(),
        pending=pending,
    )


async def _renew_daily(authority: LocalAuthority, clock: VirtualClock) -> None:
    """Certificates of a server that runs for years: what is about to expire is issued again."""
    while True:
        await asyncio.sleep(DAY / SECOND)
        if authority.renew(now=clock.now()):
            log.info("certificates renewed")


def _file_rows(exchange: Exchange) -> tuple[list[CarrierRow], list[Route]]:
    settings, now = exchange.settings, exchange.clock.now()
    carriers = [
        carrier_row(name, spec, vault=exchange.vault, origin=FILE, now=now) for name, spec in settings.carriers.items()
    ]
    return carriers, [route_row(spec, origin=FILE, now=now) for spec in settings.routes]


def _file_trunks(exchange: Exchange) -> tuple[list[TrunkRow], list[CallRoute]]:
    settings, now = exchange.settings, exchange.clock.now()
    trunks = [
        trunk_row(name, spec, vault=exchange.vault, origin=FILE, now=now) for name, spec in settings.trunks.items()
    ]
    return trunks, [call_route_row(spec, origin=FILE, now=now) for spec in settings.call_routes]


def _workers(exchange: Exchange) -> list[Worker[Any]]:
    store, bus, clock, rates = exchange.store, exchange.bus, exchange.clock, exchange.settings.sender_rates
    links, validate = exchange.media_links, exchange.settings.validate_certificates
    submitter = Submitter(store=store, fleet=exchange.fleet, clock=clock, links=links)
    callbacks = Callbacks(
        store=store,
        webhooks=exchange.webhooks,
        auth=exchange.auth,
        clock=clock,
        links=links,
        validate_certificates=validate,
    )
    incoming = IncomingMessages(
        store=store,
        webhooks=exchange.webhooks,
        auth=exchange.auth,
        clock=clock,
        links=links,
        rates=rates,
        validate_certificates=validate,
    )
    fetcher = MediaFetcher(
        store=store,
        files=exchange.media_files,
        links=links,
        webhooks=exchange.webhooks,
        auth=exchange.auth,
        clock=clock,
        validate_certificates=validate,
    )
    unlinker = Unlinker(store=store, files=exchange.media_files)
    eraser = RecordingEraser(store=store, files=exchange.recording_files)
    transcriber = Transcriber(
        store=store,
        files=exchange.recording_files,
        recognition=exchange.telephony.engines.recognition,
        clock=clock,
        pending=exchange.pending,
    )
    network = Network(clock=clock)
    runner = exchange.telephony.runner

    def job_of(question: Question) -> Job:
        return question.job

    posts = Shares(store=store, perform=callbacks.perform, job_of=itself, host_of=callback_host)
    questions = Shares(store=store, perform=incoming.perform, job_of=job_of, host_of=question_host)

    async def release(tx: Tx, jobs: list[Job]) -> list[Job]:
        return await release_accepted(tx, jobs, now=clock.now(), rates=rates)

    def worker(
        queue: str, begin: Begin, perform: Perform = nothing_left, job_of: JobOf = itself, limit: int = LIMIT
    ) -> Worker[Any]:
        return Worker(
            queue,
            store=store,
            bus=bus,
            clock=clock,
            begin=begin,
            perform=perform,
            job_of=job_of,
            limit=limit,
            pending=exchange.pending,
        )

    return [
        worker("accept", release),
        worker("media", fetcher.begin, fetcher.perform, lambda fetch: fetch.job, AT_ONCE),
        worker("unlink", as_jobs, unlinker.perform),
        worker("unlink-recording", as_jobs, eraser.perform),
        worker("transcribe", as_jobs, transcriber.perform, limit=TRANSCRIBED_AT_ONCE),
        worker("submit", submitter.begin, submitter.perform, lambda submit: submit.job),
        worker("dial", runner.begin, runner.perform, lambda dialling: dialling.job),
        worker("callback", as_jobs, posts.perform),
        worker("incoming", incoming.begin, questions.perform, job_of),
        worker("network", network.bring),
        worker("parts", network.give_up),
    ]


def _clients(settings: Settings) -> Clients:
    """Who may connect: in operator mode everybody, in development this machine and trusted networks."""
    if settings.mode is Mode.OPERATOR:
        return Clients(everybody=True)
    return Clients(networks=tuple(ip_network(text) for text in settings.trust_network))


def _public_names(settings: Settings) -> frozenset[str]:
    names = {settings.host, urlsplit(settings.public_url).hostname or ""}
    return frozenset(names - {"", ALL_IPV4, "::"})
