"""Whatever is done in whatever order, the SQLite engine answers as the memory engine does, restarts included."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from octavo_server.domain.errors import OctavoError
from octavo_server.domain.files import Tag
from octavo_server.domain.ids import BlobKey, Instant, RequestId, Revision, TenantId
from octavo_server.domain.jobs import Job, JobState, ModuleState, Priority
from octavo_server.domain.queries import valid_query
from octavo_server.engines.memory import MemoryEngine
from octavo_server.engines.sqlite import SqliteEngine
from octavo_server.ports.engine import Accepted, Engine, JobChanged, JobRemoved, Lease, Refiled, Removed, StaleError
from octavo_server.ports.listings import KeywordEntry
from tests.contract.listing_samples import hits, jobs_listed, leaves, paths
from tests.contract.samples import (
    FAILURE,
    NOW,
    OTHER_TENANT,
    OUTPUT,
    PIPELINE,
    TENANT,
    ManualClock,
    new_job,
    new_pipeline,
    output,
)

QUEUE_JOBS_MAX = 6
CHAINS = [("parser",), ("parser", "segmenter")]
BLOBS = [BlobKey(letter * 32) for letter in "abcdef"]
FINAL = [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]
QUERY = valid_query(names=["*b*", "a.txt"], directories=["/a"], tags=[("x", "1"), ("y", "*")])
LONG_LEASE_SECONDS = 3_600.0

Call = Callable[[Engine], Awaitable[Any]]
Leases = tuple[Lease, Lease]
"""The same lease of the model and of the real engine."""


class EnginesAlike(RuleBasedStateMachine):
    """Does everything twice. Revisions may differ, their order not."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.model: Engine = MemoryEngine(
            clock=ManualClock(), lease_seconds=LONG_LEASE_SECONDS, queue_jobs_max=QUEUE_JOBS_MAX
        )
        self.real: Engine = self.runner.run(self._open())
        self.leases: list[Leases] = []
        self.jobs: list[RequestId] = []
        for tenant in (TENANT, OTHER_TENANT):
            self.both(lambda engine, tenant=tenant: engine.put_pipeline(new_pipeline(tenant=tenant)))

    async def _open(self) -> SqliteEngine:
        return await SqliteEngine.open(
            Path(self.folder.name),
            clock=ManualClock(),
            lease_seconds=LONG_LEASE_SECONDS,
            queue_jobs_max=QUEUE_JOBS_MAX,
            jobs_cached_max=2,
            looked_at_max=2,
        )

    def both(self, call: Call) -> list[Any]:
        """The answers of both engines, which must be alike."""
        answers = [self.runner.run(answer(call, engine)) for engine in (self.model, self.real)]
        assert comparable(answers[1]) == comparable(answers[0])
        return answers

    @rule(
        tenant=st.sampled_from([TENANT, OTHER_TENANT]),
        name=st.sampled_from(["a.txt", "b.txt", "c.txt", "d.txt", "", "", ""]),
        key=st.sampled_from(["", "", "k", "l"]),
        fingerprint=st.sampled_from(["f", "g"]),
        priority=st.sampled_from(Priority),
        chain=st.sampled_from(CHAINS),
        blob=st.sampled_from([None, None, *BLOBS]),
        age=st.integers(0, 100),
        seconds=st.integers(1, 100),
        document=st.binary(min_size=1, max_size=20),
    )
    def accept(
        self,
        *,
        tenant: TenantId,
        name: str,
        key: str,
        fingerprint: str,
        priority: Priority,
        chain: tuple[str, ...],
        blob: BlobKey | None,
        age: int,
        seconds: int,
        document: bytes,
    ) -> None:
        if blob and blob in self.runner.run(self.model.known_blobs([blob])):
            blob = None
        job = new_job(
            tenant=tenant,
            name=name,
            idempotency_key=key,
            fingerprint=fingerprint,
            priority=priority,
            chain=chain,
            blob_key=blob,
            create_time=Instant(NOW + age),
            expire_time=Instant(NOW + age + seconds),
        )
        accepted, _ = self.both(lambda engine: engine.accept(job, None if blob else document))
        if isinstance(accepted, Accepted):
            self.jobs.append(accepted.job.request_id)

    @rule()
    def claim(self) -> None:
        leases = self.both(claim_now)
        if leases[0]:
            self.leases.append((leases[0], leases[1]))

    @rule(choice=st.integers(0, 99), step=st.sampled_from(["start", "succeed", "fail", "cancel"]))
    def record(self, choice: int, step: str) -> None:
        leases = self.chosen(choice)
        if leases:
            recorded = [
                self.runner.run(answer(lambda engine, lease=lease: record_step(engine, lease, step), engine))
                for engine, lease in zip((self.model, self.real), leases, strict=True)
            ]
            assert comparable(recorded[1]) == comparable(recorded[0])

    @rule(choice=st.integers(0, 99))
    def release(self, choice: int) -> None:
        leases = self.chosen(choice)
        if leases:
            self.runner.run(self.model.release(leases[0]))
            self.runner.run(self.real.release(leases[1]))

    @rule(choice=st.integers(0, 99))
    def extend(self, choice: int) -> None:
        leases = self.chosen(choice)
        if leases:
            model = self.runner.run(answer(lambda engine: engine.extend(leases[0]), self.model))
            assert self.runner.run(answer(lambda engine: engine.extend(leases[1]), self.real)) == model

    @rule(choice=st.integers(0, 99))
    def cancel(self, choice: int) -> None:
        if self.jobs:
            request_id = self.jobs[choice % len(self.jobs)]
            self.both(lambda engine: cancel(engine, request_id))

    @rule(choice=st.integers(0, 99))
    def retry(self, choice: int) -> None:
        if self.jobs:
            request_id = self.jobs[choice % len(self.jobs)]
            self.both(lambda engine: retry(engine, request_id))

    @rule(
        choice=st.integers(0, 99),
        name=st.sampled_from(["a.txt", "b.txt", "e.txt"]),
        directory=st.sampled_from(["/etc", "/a"]),
        tags=st.lists(st.builds(Tag, st.sampled_from("xy"), st.sampled_from("12")), max_size=2, unique=True).map(tuple),
        seconds=st.integers(0, 200),
    )
    def refile(self, choice: int, name: str, directory: str, tags: tuple[Tag, ...], seconds: int) -> None:
        if self.jobs:
            request_id = self.jobs[choice % len(self.jobs)]
            changes = {"name": name, "directory": directory, "tags": tags}
            self.both(lambda engine: refile(engine, request_id, changes, Instant(NOW + seconds)))

    @rule(choice=st.integers(0, 99), lemmas=st.lists(st.sampled_from("uvw"), unique=True), is_first=st.booleans())
    def index(self, choice: int, lemmas: list[str], *, is_first: bool) -> None:
        leases = self.chosen(choice)
        if leases and (is_first or not lemmas):
            entries = [KeywordEntry(lemma, f"[{choice}]", choice) for lemma in lemmas]
            answers = [
                self.runner.run(
                    answer(lambda engine, lease=lease: engine.index(lease, entries, is_first=is_first), engine)
                )
                for engine, lease in zip((self.model, self.real), leases, strict=True)
            ]
            assert answers[1] == answers[0]

    @rule(choices=st.lists(st.integers(0, 99), max_size=3), tenant=st.sampled_from([TENANT, OTHER_TENANT]))
    def remove(self, choices: list[int], tenant: TenantId) -> None:
        if self.jobs:
            request_ids = [self.jobs[choice % len(self.jobs)] for choice in choices]
            self.both(lambda engine: engine.remove(tenant, request_ids))

    @rule(seconds=st.integers(0, 100))
    def expire(self, seconds: int) -> None:
        # All that have expired: of those that did so at the same time, any may come first.
        self.both(lambda engine: engine.expire(Instant(NOW + seconds), jobs_max=99))

    @rule(chain=st.sampled_from(CHAINS), tenant=st.sampled_from([TENANT, OTHER_TENANT]))
    def put_pipeline(self, chain: tuple[str, ...], tenant: TenantId) -> None:
        self.both(lambda engine: engine.put_pipeline(new_pipeline(chain=chain, tenant=tenant)))

    @rule()
    def reopen(self) -> None:
        self.runner.run(self.real.close())
        self.real = self.runner.run(self._open())
        # Its leases are gone; the model has to give them back.
        for lease, _ in self.leases:
            self.runner.run(self.model.release(lease))
        self.leases.clear()

    @invariant()
    def the_records_are_alike(self) -> None:
        self.both(replay)
        self.both(lambda engine: engine.known_blobs(BLOBS))
        for request_id in self.jobs[-5:]:
            self.both(lambda engine, request_id=request_id: engine.get(TENANT, request_id))
            self.both(lambda engine, request_id=request_id: engine.inline(request_id, "document"))
            self.both(lambda engine, request_id=request_id: engine.inline(request_id, 0))
        for key in ("", "k"):
            self.both(lambda engine, key=key: engine.find_accepted(TENANT, PIPELINE, key))
        self.both(lambda engine: paths(engine, page_jobs=1))
        self.both(lambda engine: paths(engine, QUERY, now=Instant(NOW + 50), oldest_first=True))
        self.both(lambda engine: jobs_listed(engine, page_jobs=2))
        self.both(lambda engine: jobs_listed(engine, PIPELINE, states=FINAL, page_jobs=1))
        self.both(lambda engine: leaves(engine, "/*", page_files=2))
        self.both(lambda engine: hits(engine, "u", "v", page_files=1))
        self.both(lambda engine: engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=99))

    def chosen(self, choice: int) -> Leases | None:
        return self.leases[choice % len(self.leases)] if self.leases else None

    def teardown(self) -> None:
        self.runner.run(self.real.close())
        self.runner.run(self.model.close())
        self.runner.close()
        self.folder.cleanup()


async def answer(call: Call, engine: Engine) -> Any:
    """What the call returns, or the error it raises."""
    try:
        return await call(engine)
    except (OctavoError, StaleError) as error:
        return type(error), str(error)


def comparable(value: Any) -> Any:
    """Without what may differ between engines: revisions and tokens."""
    match value:
        case Job():
            value = replace(value, revision=Revision(0))
        case Accepted():
            value = comparable(value.job), value.deduplicated, comparable(value.removed)
        case Refiled():
            value = comparable(value.job), comparable(value.removed)
        case Removed():
            value = set(value.request_ids), set(value.blob_keys)
        case Lease() | JobChanged():
            value = comparable(value.job)
        case JobRemoved():
            value = value.request_id, value.tenant, value.pipeline
        case list():
            value = [comparable(one) for one in value]
    return value


async def claim_now(engine: Engine) -> Lease | None:
    """A lease, if there is one at once."""
    claiming = asyncio.create_task(engine.claim())
    await asyncio.sleep(0)
    # The engine answers in order: a claim that could succeed has done so after this.
    await engine.known_blobs([])
    if claiming.done():
        return claiming.result()
    claiming.cancel()
    await asyncio.gather(claiming, return_exceptions=True)
    return None


async def record_step(engine: Engine, lease: Lease, step: str) -> Any:
    job = await engine.get(lease.job.tenant, lease.job.request_id)
    if job.state is JobState.CANCELLING:
        return await engine.record(lease, job.cancelled(NOW))
    if job.state.is_final:
        return await engine.record(lease, job)
    if step == "start" or job.runs[job.current].state is not ModuleState.RUNNING:
        return await engine.record(lease, job.module_started(NOW))
    if step == "succeed":
        data = OUTPUT + str(job.current).encode()
        return await engine.record(lease, job.module_succeeded(NOW, output(data)), data)
    if step == "fail":
        return await engine.record(lease, job.module_failed(NOW, FAILURE))
    # As if the worker did not know of a change: an outdated revision.
    return await engine.record(lease, replace(job, revision=Revision(job.revision - 1)))


async def cancel(engine: Engine, request_id: RequestId) -> Any:
    job = await engine.get(TENANT, request_id)
    return job if job.state.is_final else await engine.update(job.cancel_requested(NOW))


async def retry(engine: Engine, request_id: RequestId) -> Any:
    job = await engine.get(TENANT, request_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        return job
    return await engine.update(job.retried(NOW))


async def refile(engine: Engine, request_id: RequestId, changes: dict[str, Any], expire_time: Instant) -> Any:
    job = await engine.get(TENANT, request_id)
    return await engine.refile(job.refiled(NOW, replace(job.file, **changes), expire_time))


async def replay(engine: Engine) -> list[Any]:
    """All jobs and removals in the order of their revisions."""
    position = await engine.position()
    seen: list[Any] = []
    if position == 0:
        return seen
    async with aclosing(engine.changes(Revision(0))) as changes:
        async for change in changes:
            if isinstance(change, JobChanged):
                seen.append(change.job)
                reached = change.job.revision
            else:
                seen.append(change.request_id)
                reached = change.revision
            if reached == position:
                return seen
    raise AssertionError("the feed ended before its position")


EnginesAlike.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestEnginesAlike = EnginesAlike.TestCase
