"""What `close` promises."""

import asyncio

import pytest

from octavo_server.domain.errors import UnavailableError
from octavo_server.domain.ids import Instant, Revision
from octavo_server.domain.queries import EVERY_FILE
from octavo_server.domain.terms import EVERYWHERE
from octavo_server.ports.engine import Accepted, Engine, Removed
from tests.contract.samples import DOCUMENT, NOW, PIPELINE, TENANT, new_job, new_pipeline


async def test_a_closed_engine_is_unavailable(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    lease = await engine.claim()
    await engine.close()
    for call in (
        engine.accept(new_job(), DOCUMENT),
        engine.find_accepted(TENANT, PIPELINE, "k"),
        engine.get(TENANT, job.request_id),
        engine.get_by_file(TENANT, job.file.file_id),
        engine.inline(job.request_id, "document"),
        engine.update(job),
        engine.claim(),
        engine.extend(lease),
        engine.record(lease, job),
        engine.position(),
        engine.remove(TENANT, [job.request_id]),
        engine.expire(Instant(NOW + 9_999), jobs_max=1),
        engine.jobs_of(TENANT, PIPELINE, jobs_max=1),
        engine.known_blobs([]),
        engine.put_pipeline(new_pipeline()),
        engine.get_pipeline(TENANT, PIPELINE),
        engine.list_pipelines(TENANT, after="", pipelines_max=1),
        engine.delete_pipeline(TENANT, PIPELINE),
        engine.refile(job),
        engine.index(lease, [], is_first=True),
        engine.changes_in(TENANT, PIPELINE, Revision(0), changes_max=1),
        engine.list_files(TENANT, PIPELINE, EVERY_FILE, states=[], now=NOW, after=None, jobs_max=1),
        engine.unmatched(TENANT, PIPELINE, EVERY_FILE, states=[], now=NOW),
        engine.list_jobs(TENANT, None, states=[], now=NOW, after=None, jobs_max=1),
        engine.tree(TENANT, PIPELINE, EVERYWHERE, states=[], now=NOW, after="", files_max=1),
        engine.search(TENANT, PIPELINE, ["x"], EVERY_FILE, now=NOW, after=None, files_max=1),
    ):
        with pytest.raises(UnavailableError):
            await call
    await engine.release(lease)


async def test_closing_ends_the_claims_that_wait(engine: Engine) -> None:
    claims = [asyncio.create_task(engine.claim()) for _ in range(3)]
    await asyncio.sleep(0)
    await engine.close()
    answers = await asyncio.gather(*claims, return_exceptions=True)
    assert [type(answer) for answer in answers] == [UnavailableError] * 3


async def test_closing_finishes_what_was_begun(engine: Engine) -> None:
    calls = [asyncio.create_task(engine.accept(new_job(), DOCUMENT)) for _ in range(50)]
    await asyncio.sleep(0)
    await engine.close()
    assert all(isinstance(answer, Accepted) for answer in await asyncio.gather(*calls))


async def test_closing_answers_what_was_asked(engine: Engine) -> None:
    listing = engine.list_jobs(TENANT, None, states=[], now=NOW, after=None, jobs_max=1)
    calls = [asyncio.create_task(listing)]
    await asyncio.sleep(0)
    await engine.close()
    assert (await calls[0]).jobs == ()


async def test_closing_again_is_no_harm(engine: Engine) -> None:
    await asyncio.gather(engine.close(), engine.close())
    await engine.close()


async def test_an_empty_engine_has_nothing_to_remove(engine: Engine) -> None:
    assert await engine.expire(Instant(NOW + 9_999), jobs_max=10) == Removed((), ())
    assert await engine.position() == 0
