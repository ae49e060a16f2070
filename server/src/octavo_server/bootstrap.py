"""Wires everything; the only file that imports everything."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import structlog

from octavo_server.blobs.disk import DiskBlobs
from octavo_server.blobs.uploads import DiskUploads
from octavo_server.clock import RandomIds, SystemClock
from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.modules import Format
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.modules import MODULES, module_specs
from octavo_server.modules.plug_ins import PlugIn, find_plug_ins, with_plug_ins
from octavo_server.rpc.caller import ApiKeys
from octavo_server.rpc.files import FileServicer
from octavo_server.rpc.pipelines import PipelineServicer
from octavo_server.rpc.processing import ProcessingServicer
from octavo_server.rpc.search import SearchServicer
from octavo_server.rpc.server import RpcServer
from octavo_server.usecases.accept import Accept
from octavo_server.usecases.advance import Advance
from octavo_server.usecases.cancel import Cancel
from octavo_server.usecases.create_pipeline import CreatePipeline
from octavo_server.usecases.delete_file import DeleteFile
from octavo_server.usecases.delete_pipeline import DeletePipeline
from octavo_server.usecases.expire import Expire
from octavo_server.usecases.fetch import Fetch
from octavo_server.usecases.find_file import FindFile
from octavo_server.usecases.hub import WatchHub
from octavo_server.usecases.keyword_search import KeywordSearch
from octavo_server.usecases.list_files import ListFiles
from octavo_server.usecases.list_jobs import ListJobs
from octavo_server.usecases.list_pipelines import ListPipelines
from octavo_server.usecases.list_snippets import ListSnippets
from octavo_server.usecases.recover import Recover
from octavo_server.usecases.remove_jobs import RemoveJobs
from octavo_server.usecases.report import Report
from octavo_server.usecases.reset_pipeline import ResetPipeline
from octavo_server.usecases.retry import Retry
from octavo_server.usecases.show_tree import ShowTree
from octavo_server.usecases.update_file import UpdateFile
from octavo_server.usecases.upload import Receive
from octavo_server.usecases.watch import Watch
from octavo_server.usecases.watch_pipeline import WatchPipeline
from octavo_server.words import KeywordWords
from octavo_server.worker.limits import ChildLimits, missing_protections, missing_relay_protections
from octavo_server.worker.loop import WorkerLoop
from octavo_server.worker.sandbox import Sandbox
from octavo_server.worker.tika_relay import TikaRelay, relay_limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from octavo_server.domain.ids import TenantId
    from octavo_server.domain.limits import Limits
    from octavo_server.domain.modules import ModuleSpecs
    from octavo_server.ports.blobs import Blobs, Uploads
    from octavo_server.ports.clock import Clock
    from octavo_server.ports.engine import Engine
    from octavo_server.settings import Settings

TROUBLE_SECONDS = 1.0
"""How long a background task that failed rests before it goes on."""

GRACE_SECONDS = 2.0
"""How long open unary calls may go on when the server stops; watches end at once."""

log = structlog.get_logger()


class Adapters(NamedTuple):
    """What stands behind the ports."""

    engine: Engine
    blobs: Blobs
    uploads: Uploads


class PlugIns(NamedTuple):
    """Modules of other packages, and what all modules are, ours among them."""

    found: Sequence[PlugIn]
    specs: ModuleSpecs


class Application:
    """One server, from its first to its last line."""

    def __init__(self, settings: Settings, keys: Mapping[str, TenantId] | None, behind: Adapters) -> None:
        """Raises PlugInError."""
        engine, blobs, uploads = behind
        plug_ins = _plug_ins(settings)
        clock, ids, specs, limits = SystemClock(), RandomIds(), plug_ins.specs, settings.limits
        self._plug_ins = plug_ins
        self._settings = settings
        self._clock = clock
        self._engine = engine
        self._stopping = asyncio.Event()
        self._hub = WatchHub(engine=engine, watchers_max=settings.watchers_max)
        self._recover = Recover(engine=engine, blobs=blobs, clock=clock)
        self._expire = Expire(engine=engine, blobs=blobs, uploads=uploads, clock=clock)
        self._rpc = RpcServer(
            processing=_processing(behind, self._hub, clock, specs, limits),
            files=_files(behind, clock, limits),
            pipelines=_pipelines(behind, self._hub, clock, specs),
            search=SearchServicer(
                keyword_search=KeywordSearch(engine=engine, words=KeywordWords(), clock=clock, specs=specs)
            ),
            api_keys=None if keys is None else ApiKeys(keys),
        )
        self._advance = Advance(
            engine=engine,
            blobs=blobs,
            hub=self._hub,
            clock=clock,
            ids=ids,
            specs=specs,
            limits=limits,
            lease_seconds=settings.lease_seconds,
        )

    async def run(self, on_ready: Callable[[str], None]) -> None:
        """Serve until `stop`, then drain. `on_ready` hears HOST:PORT once the server can be called."""
        settings = self._settings
        for missing in missing_protections():
            log.warning("sandbox is weaker here", missing=missing)
        port = self._rpc.bind(settings.host, settings.port)
        started = self._clock.now()
        async with (
            asyncio.TaskGroup() as group,
            _relay(settings) as relay,
            Sandbox(
                limits=_child_limits(settings),
                children=settings.workers,
                plug_ins=self._plug_ins.found,
                output_factors={name: spec.output_factor for name, spec in self._plug_ins.specs.items()},
                indexers=[name for name, spec in self._plug_ins.specs.items() if spec.output_format is Format.DATABASE],
                relay=relay,
                spool_folder=settings.data_dir,
            ) as sandbox,
        ):
            self._hub.position = await self._engine.position()
            following = group.create_task(self._keep_going("watch hub", self._follow), name="watch hub")
            await self._rpc.start()
            on_ready(f"[{settings.host}]:{port}" if ":" in settings.host else f"{settings.host}:{port}")
            for name, work in (
                ("expire", partial(self._expire.run, self._stopping)),
                # The data folder is this server's alone: what lies there from before belongs to a job or to nobody.
                ("recover", partial(self._recover.run, self._stopping, started)),
            ):
                group.create_task(self._keep_going(name, work), name=name)
            loop = WorkerLoop(engine=self._engine, advance=self._advance, sandbox=sandbox, children=settings.workers)
            working = group.create_task(loop.run(), name="worker")
            await self._stopping.wait()
            await self._drain(loop, working)
            following.cancel()

    def stop(self) -> None:
        """Begin to drain."""
        self._stopping.set()

    async def _drain(self, loop: WorkerLoop, working: asyncio.Task[None]) -> None:
        log.info("draining", seconds_max=self._settings.drain_seconds)
        await self._rpc.refuse()
        loop.stop()
        # Before the gRPC server stops, which waits for open streams.
        self._hub.close()
        await self._rpc.stop(GRACE_SECONDS)
        await asyncio.wait({working}, timeout=self._settings.drain_seconds)
        # Whatever still runs is given back, for the next start or another worker.
        working.cancel()

    async def _follow(self) -> None:
        await self._hub.follow()
        if not self._stopping.is_set():
            raise UnavailableError("the feed of changes ended")

    async def _keep_going(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Trouble that passes (a locked database, a full disk) must not end the server."""
        while not self._stopping.is_set():
            try:
                await work()
            except Exception:
                log.exception("background task failed", task=name, retry_seconds=TROUBLE_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(TROUBLE_SECONDS):
                        await self._stopping.wait()


def _processing(
    behind: Adapters, hub: WatchHub, clock: Clock, specs: ModuleSpecs, limits: Limits
) -> ProcessingServicer:
    engine, blobs, uploads = behind
    report = Report(engine=engine, hub=hub, clock=clock)
    fetch = Fetch(engine=engine, blobs=blobs, clock=clock)
    return ProcessingServicer(
        accept=Accept(
            engine=engine, blobs=blobs, uploads=uploads, clock=clock, ids=RandomIds(), specs=specs, limits=limits
        ),
        report=report,
        watch=Watch(engine=engine, report=report, hub=hub),
        watch_pipeline=WatchPipeline(engine=engine, hub=hub, clock=clock),
        cancel=Cancel(engine=engine, report=report, clock=clock),
        retry=Retry(engine=engine, report=report, clock=clock),
        listing=ListJobs(engine=engine, clock=clock),
        fetch=fetch,
        list_snippets=ListSnippets(report=report, fetch=fetch, specs=specs),
    )


def _files(behind: Adapters, clock: Clock, limits: Limits) -> FileServicer:
    engine, blobs, uploads = behind
    find = FindFile(engine=engine, clock=clock)
    return FileServicer(
        receive=Receive(uploads=uploads, limits=limits),
        uploads=uploads,
        find=find,
        listing=ListFiles(engine=engine, clock=clock),
        update=UpdateFile(engine=engine, find=find, blobs=blobs, clock=clock),
        delete=DeleteFile(find=find, remove=RemoveJobs(engine=engine, blobs=blobs)),
        tree=ShowTree(engine=engine, clock=clock),
    )


def _pipelines(behind: Adapters, hub: WatchHub, clock: Clock, specs: ModuleSpecs) -> PipelineServicer:
    engine = behind.engine
    reset = ResetPipeline(engine=engine, remove=RemoveJobs(engine=engine, blobs=behind.blobs))
    return PipelineServicer(
        engine=engine,
        create=CreatePipeline(engine=engine, clock=clock, specs=specs),
        listing=ListPipelines(engine=engine),
        reset=reset,
        delete=DeletePipeline(engine=engine, hub=hub, reset=reset),
        specs=specs,
    )


def _plug_ins(settings: Settings) -> PlugIns:
    found = find_plug_ins()
    modules = with_plug_ins(MODULES, found)
    for plug_in in found:
        log.info("plug-in found", module=plug_in.name, distribution=plug_in.distribution)
    return PlugIns(found, module_specs(has_tika_server=settings.tika_url is not None, modules=modules))


def _child_limits(settings: Settings) -> ChildLimits:
    return ChildLimits(
        data_bytes_max=settings.child_data_bytes_max,
        output_bytes_max=settings.output_bytes_max,
        jobs_max=settings.child_jobs_max,
    )


@asynccontextmanager
async def _relay(settings: Settings) -> AsyncGenerator[TikaRelay | None, None]:
    """What children may ask, with the processes behind it: as many as children, for each asks for one at a time."""
    if settings.tika_url is None:
        yield None
        return
    for missing in missing_relay_protections():
        log.warning("sandbox is weaker here", missing=missing)
    limits = relay_limits(_child_limits(settings), settings.tika_url)
    async with Sandbox(
        limits=limits, children=settings.workers, modules="octavo_server.relays", spool_folder=settings.data_dir
    ) as sandbox:
        yield TikaRelay(url=settings.tika_url, seconds_max=settings.tika_seconds_max, sandbox=sandbox)


@asynccontextmanager
async def adapters(settings: Settings) -> AsyncGenerator[Adapters, None]:
    """What stands behind the ports on one machine. Raises DataDirError."""
    data_dir, clock = settings.data_dir, SystemClock()
    async with AsyncExitStack() as stack:
        engine = await SqliteEngine.open(
            data_dir,
            clock=clock,
            lease_seconds=settings.lease_seconds,
            queue_jobs_max=settings.queue_jobs_max,
            jobs_cached_max=settings.jobs_cached_max,
        )
        stack.push_async_callback(engine.close)
        blobs = DiskBlobs(data_dir / "blobs")
        stack.push_async_callback(blobs.close)
        uploads = DiskUploads(data_dir / "uploads", blobs=blobs, clock=clock)
        stack.push_async_callback(uploads.close)
        yield Adapters(engine, blobs, uploads)


async def serve(settings: Settings, keys: Mapping[str, TenantId] | None, on_ready: Callable[[str], None]) -> None:
    """Run a server until SIGTERM or SIGINT, then drain.

    Raises PlugInError, DataDirError or AddressError before it serves.
    """
    async with adapters(settings) as behind:
        application = Application(settings, keys, behind)
        running = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            running.add_signal_handler(number, application.stop)
        await application.run(on_ready)
    log.info("stopped")
