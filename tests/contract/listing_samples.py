"""Files to list, and how to ask for them with little to write."""

from dataclasses import replace
from typing import Any

from octavo_server.domain.files import File, Tag, split_path
from octavo_server.domain.ids import FileId, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import EVERY_FILE, FileQuery, directory_term
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import KeywordEntry, Position
from tests.contract.samples import DOCUMENT, FAILURE, NOW, OUTPUT, PIPELINE, TENANT, new_job, output

STATES = list(JobState)


async def file_at(
    engine: Engine, path: str, *, tags: tuple[tuple[str, str], ...] = (), uuid: str = "", **fields: Any
) -> Job:
    """A job whose file is at `path`."""
    directory, name = split_path(path)
    job = new_job(**fields)
    file = File(
        file_id=FileId(uuid) if uuid else job.file.file_id,
        name=name,
        directory=directory,
        tags=tuple(Tag(key, value) for key, value in tags),
    )
    return (await engine.accept(replace(job, file=file), DOCUMENT)).job


async def ended(engine: Engine, *, fails: bool = False, lemmas: tuple[str, ...] = ()) -> Job:
    """Work on the next job until its end."""
    lease = await engine.claim()
    job = await engine.record(lease, lease.job.module_started(NOW))
    if lemmas:
        await engine.index(lease, entries(*lemmas), is_first=True)
    if fails:
        return await engine.record(lease, job.module_failed(NOW, FAILURE))
    return await engine.record(lease, job.module_succeeded(NOW, output()), OUTPUT)


def entries(*lemmas: str, line: int = 1) -> list[KeywordEntry]:
    return [KeywordEntry(lemma, f'["{lemma}",{line},1]', 1) for lemma in lemmas]


async def paths(engine: Engine, query: FileQuery = EVERY_FILE, *, page_jobs: int = 100, **options: Any) -> list[str]:
    """What `list_files` finds, page by page."""
    found: list[str] = []
    after: Position | None = None
    options = {"tenant": TENANT, "pipeline": PIPELINE, "states": [], "now": NOW, **options}
    tenant, pipeline = options.pop("tenant"), options.pop("pipeline")
    while True:
        page = await engine.list_files(tenant, pipeline, query, after=after, jobs_max=page_jobs, **options)
        assert len(page.jobs) <= page_jobs
        found += [one.job.file.path for one in page.jobs]
        if page.next is None:
            return found
        assert after is None or (page.next > after if options.get("oldest_first") else page.next < after)
        after = page.next


async def jobs_listed(
    engine: Engine,
    pipeline: PipelineName | None = None,
    *,
    states: list[JobState] | None = None,
    page_jobs: int = 100,
    tenant: TenantId = TENANT,
    now: Instant = NOW,
) -> list[RequestId]:
    """What `list_jobs` finds, page by page."""
    found: list[RequestId] = []
    after: Position | None = None
    while True:
        page = await engine.list_jobs(tenant, pipeline, states=states or [], now=now, after=after, jobs_max=page_jobs)
        found += [one.job.request_id for one in page.jobs]
        if page.next is None:
            return found
        after = page.next


async def leaves(engine: Engine, directory: str, *, page_files: int = 100, **options: Any) -> list[str]:
    """What `tree` draws, page by page."""
    found: list[str] = []
    after = ""
    options = {"tenant": TENANT, "pipeline": PIPELINE, "states": [], "now": NOW, **options}
    tenant, pipeline = options.pop("tenant"), options.pop("pipeline")
    term = directory_term(directory, field="directory")
    while True:
        page = await engine.tree(tenant, pipeline, term, after=after, files_max=page_files, **options)
        found += [leaf.path for leaf in page.files]
        if page.next is None:
            return found
        after = page.next


async def hits(
    engine: Engine, *lemmas: str, query: FileQuery = EVERY_FILE, page_files: int = 100, **options: Any
) -> list[tuple[str, list[str]]]:
    """Path and lemmas of what `search` finds, page by page."""
    found: list[tuple[str, list[str]]] = []
    after: Position | None = None
    options = {"tenant": TENANT, "pipeline": PIPELINE, "now": NOW, **options}
    tenant, pipeline = options.pop("tenant"), options.pop("pipeline")
    while True:
        page = await engine.search(tenant, pipeline, lemmas, query, after=after, files_max=page_files, **options)
        found += [(one.job.file.path, [entry.lemma for entry in one.entries]) for one in page.files]
        if page.next is None:
            return found
        after = page.next
