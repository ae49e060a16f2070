"""Lists files, jobs and leaves of the tree. Everything here runs on the reader's thread."""

import json
from collections.abc import Collection, Sequence

from octavo_server.domain.files import join
from octavo_server.domain.ids import Instant, PipelineName, Revision, TenantId
from octavo_server.domain.jobs import Job, JobState
from octavo_server.domain.queries import EVERY_FILE, FileQuery
from octavo_server.domain.terms import DirectoryTerm
from octavo_server.engines.codec import decode_job
from octavo_server.engines.sqlite.candidates import behind, candidates, fitting
from octavo_server.engines.sqlite.conditions import conditions
from octavo_server.engines.sqlite.reading import Snapshot
from octavo_server.engines.sqlite.statements import SQL, filled
from octavo_server.engines.sqlite.terms import OWN, PAST_ALL
from octavo_server.engines.sqlite.walks import Walk, go
from octavo_server.ports.listings import JobPage, Listed, Position, TreeFile, TreePage

WILDCARDS_FREE = 32
"""So many patterns cost about as much as looking at a job; more make a walk shorter."""

TREE_SHARE = 4
"""A leaf is looked up in a second index, which takes about so many times as long as going along one."""

UNEXPIRED = "expire_time > :now"


def list_files(
    snapshot: Snapshot,
    tenant: TenantId,
    pipeline: PipelineName,
    query: FileQuery,
    *,
    states: Collection[JobState],
    now: Instant,
    after: Position | None,
    jobs_max: int,
    oldest_first: bool,
    looked_at_max: int,
) -> JobPage:
    """See ports.listings. Files that indexes lead to are looked up; otherwise all are gone through."""
    numbers = candidates(snapshot, tenant, pipeline, query, most=looked_at_max)
    if numbers is not None:
        found = fitting(
            snapshot,
            tenant,
            pipeline,
            behind(numbers, after, oldest_first=oldest_first),
            query,
            states=states,
            now=now,
            wanted=jobs_max + 1,
        )
        return _page(snapshot, found, None, jobs_max)
    fits = conditions(query, states, with_terms=True)
    fits.add(UNEXPIRED)
    walk = Walk(
        index="jobs_in_order",
        range=OWN,
        key="number",
        columns="number",
        shown="number",
        is_forward=oldest_first,
        fits=str(fits),
    )
    walked = go(
        snapshot,
        walk,
        {**fits.values, "tenant": tenant, "pipeline": pipeline, "now": now},
        after=after,
        wanted=jobs_max + 1,
        rows_max=max(1, looked_at_max * WILDCARDS_FREE // (WILDCARDS_FREE + query.wildcard_count)),
    )
    return _page(snapshot, walked.found, walked.reached, jobs_max)


def list_jobs(
    snapshot: Snapshot,
    tenant: TenantId,
    pipeline: PipelineName | None,
    *,
    states: Collection[JobState],
    now: Instant,
    after: Position | None,
    jobs_max: int,
    looked_at_max: int,
) -> JobPage:
    """See ports.listings. Goes through the jobs of each state, and merges what it finds."""
    if pipeline is not None and not states:
        return list_files(
            snapshot,
            tenant,
            pipeline,
            EVERY_FILE,
            states=(),
            now=now,
            after=after,
            jobs_max=jobs_max,
            oldest_first=False,
            looked_at_max=looked_at_max,
        )
    wanted = frozenset(states or JobState)
    found: list[Position] = []
    reached: list[Position] = []
    walk = Walk(
        index="jobs_by_state",
        range="tenant = :tenant AND state = :state",
        key="number",
        columns="number",
        shown="number",
        is_forward=False,
        fits=f"pipeline = :pipeline AND {UNEXPIRED}" if pipeline is not None else UNEXPIRED,
    )
    for state in sorted(wanted):
        walked = go(
            snapshot,
            walk,
            {"tenant": tenant, "pipeline": pipeline, "state": state.value, "now": now},
            after=after,
            wanted=jobs_max + 1,
            rows_max=max(1, looked_at_max // len(wanted)),
        )
        found += walked.found
        # If the page is full of this state alone, its walk does not end it.
        if walked.reached is not None and len(walked.found) <= jobs_max:
            reached.append(walked.reached)
    floor = max(reached, default=None)
    known = sorted((one for one in found if floor is None or one >= floor), reverse=True)
    return _page(snapshot, known, floor, jobs_max)


def draw(
    snapshot: Snapshot,
    tenant: TenantId,
    pipeline: PipelineName,
    directory: DirectoryTerm,
    *,
    states: Collection[JobState],
    now: Instant,
    after: str,
    files_max: int,
    looked_at_max: int,
) -> TreePage:
    """See ports.listings, `tree`."""
    fits = conditions(EVERY_FILE, states, with_terms=False)
    # A leaf that is drawn is read anyway. If states are asked for most may be left out: these are not read.
    of = "known." if states else ""
    fits.add(f"{of}expire_time > :now")
    values = {**fits.values, "tenant": tenant, "pipeline": pipeline, "now": now}
    place = join(directory.text, "")
    key = after
    if directory.is_exact:
        # In one directory paths sort as names do.
        key = after.removeprefix(place) if after.startswith(place) else ""
        if after > place and not key:
            return TreePage((), None)
        values |= {"directory": directory.text}
        index, column, part = "jobs_by_directory", "name", f"{OWN} AND directory = :directory"
    else:
        values |= {"from": directory.text, "to": directory.text + PAST_ALL}
        # The text may end within a name: what is filed above has such paths, too.
        fits.add(f"{of}directory >= :from")
        index, column, part = "sqlite_autoindex_jobs_4", "path", f"{OWN} AND path >= :from AND path < :to"
    walk = Walk(
        index=index,
        range=part,
        key=column,
        columns="path, file_id, state",
        shown="json_array(path, file_id, state)",
        is_forward=True,
        fits=filled("fits_in_order", fits=str(fits)) if states else str(fits),
    )
    walked = go(snapshot, walk, values, after=key, wanted=files_max + 1, rows_max=max(1, looked_at_max // TREE_SHARE))
    leaves = tuple(TreeFile(path, file_id, JobState(state)) for path, file_id, state in walked.found[:files_max])
    if len(walked.found) > files_max:
        return TreePage(leaves, leaves[-1].path)
    reached = walked.reached
    return TreePage(leaves, reached if reached is None or not directory.is_exact else place + reached)


def jobs_at(snapshot: Snapshot, numbers: Sequence[Position]) -> list[Listed]:
    """The jobs with these numbers, in this order."""
    if not numbers:
        return []
    found, revisions, bodies = snapshot.one(SQL["bodies"], {"numbers": json.dumps(numbers)})
    texts = zip(json.loads(found), json.loads(revisions), bodies.split("\n"), strict=True)
    jobs: dict[Position, Job] = {number: decode_job(body, Revision(revision)) for number, revision, body in texts}
    return [Listed(jobs[number], number) for number in numbers]


def _page(snapshot: Snapshot, found: Sequence[Position], reached: Position | None, jobs_max: int) -> JobPage:
    """`found`: one more than asked for if there are more."""
    jobs = tuple(jobs_at(snapshot, found[:jobs_max]))
    return JobPage(jobs, jobs[-1].position if len(found) > jobs_max else reached)
