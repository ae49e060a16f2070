"""What engines promise about pipelines."""

import asyncio
from dataclasses import replace

import pytest

from octavo_server.domain.errors import AlreadyExistsError, NotFoundError, QuotaExceededError
from octavo_server.domain.ids import Instant, PipelineName
from octavo_server.domain.limits import PIPELINES_MAX
from octavo_server.ports.engine import Engine
from tests.contract.samples import DOCUMENT, NOW, OTHER_TENANT, PIPELINE, TENANT, new_job, new_pipeline


async def test_a_pipeline_is_on_record_for_its_tenant(engine: Engine) -> None:
    pipeline = new_pipeline("q", chain=("parser", "segmenter"))
    assert await engine.put_pipeline(pipeline) == pipeline
    assert await engine.get_pipeline(TENANT, pipeline.name) == pipeline
    with pytest.raises(NotFoundError) as missing:
        await engine.get_pipeline(OTHER_TENANT, pipeline.name)
    assert missing.value.reason == "PIPELINE_NOT_FOUND"


async def test_the_same_chain_again_is_no_change(engine: Engine) -> None:
    later = replace(new_pipeline(), create_time=Instant(NOW + 5))
    assert await engine.put_pipeline(later) == new_pipeline()
    await engine.accept(new_job(), DOCUMENT)
    assert await engine.put_pipeline(later) == new_pipeline()


async def test_another_chain_replaces_that_of_an_empty_pipeline(engine: Engine) -> None:
    other = new_pipeline(chain=("segmenter",))
    assert await engine.put_pipeline(other) == other
    assert await engine.get_pipeline(TENANT, PIPELINE) == other


async def test_another_chain_is_refused_while_a_job_is_on_record(engine: Engine) -> None:
    job = (await engine.accept(new_job(), DOCUMENT)).job
    other = new_pipeline(chain=("segmenter",))
    with pytest.raises(AlreadyExistsError, match="with the chain parser, and holds files") as taken:
        await engine.put_pipeline(other)
    assert taken.value.reason == "PIPELINE_NAME_TAKEN"
    assert await engine.get_pipeline(TENANT, PIPELINE) == new_pipeline()
    await engine.remove(TENANT, [job.request_id])
    assert await engine.put_pipeline(other) == other


async def test_pipelines_are_listed_by_name_in_pages(engine: Engine) -> None:
    await engine.put_pipeline(new_pipeline("other", tenant=OTHER_TENANT))
    for name in ("c", "\N{LATIN SMALL LETTER E WITH ACUTE}", "a", "b", "\N{BOOKS}"):
        await engine.put_pipeline(new_pipeline(name))
    names = [one.name for one in await engine.list_pipelines(TENANT, after="", pipelines_max=10)]
    assert names == sorted(names)
    assert len(names) == 6
    page = await engine.list_pipelines(TENANT, after="a", pipelines_max=2)
    assert [one.name for one in page] == [PipelineName("b"), PipelineName("c")]


async def test_a_tenant_has_so_many_pipelines_and_no_more(engine: Engine) -> None:
    names = [f"q{number}" for number in range(PIPELINES_MAX - 1)]
    await asyncio.gather(*(engine.put_pipeline(new_pipeline(name)) for name in names))
    with pytest.raises(QuotaExceededError, match="10,000 pipelines") as full:
        await engine.put_pipeline(new_pipeline("more"))
    assert (full.value.reason, full.value.subject) == ("PIPELINES_FULL", "pipelines")
    other_chain = new_pipeline("q7", chain=("segmenter",))
    assert await engine.put_pipeline(new_pipeline("q7")) == new_pipeline("q7")
    assert await engine.put_pipeline(other_chain) == other_chain
    await engine.put_pipeline(new_pipeline("more", tenant=OTHER_TENANT))
    await engine.delete_pipeline(TENANT, PipelineName("q0"))
    assert await engine.put_pipeline(new_pipeline("more")) == new_pipeline("more")
