"""The client's files, lists, searches and repeats against a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

import octavo
from tests.servers import ServerProcess

TEXT = b"It was a bright cold day in April. The clocks were striking thirteen."


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[octavo.Client]:
    async with octavo.Client(server.address) as client:
        await client.create_pipeline("p", ["parser"])
        yield client


async def submit(client: octavo.Client, path: str, *, pipeline: str = "p", text: bytes = TEXT, **more) -> octavo.Job:
    return await client.process(pipeline, text, symbolic_file_path=path, source_file_name=Path(path).name, **more)


async def ended(client: octavo.Client, *jobs: octavo.Job) -> list[octavo.JobStatus]:
    finals = {}
    async for status in client.watch(*(job.request_id for job in jobs)):
        finals[status.request_id] = status
    return [finals[job.request_id] for job in jobs]


async def test_a_file_tells_what_it_is(client: octavo.Client) -> None:
    job = await submit(client, "/A/B.txt", file_tags=[("Author", "Orwell")], file_description="A novel")
    await ended(client, job)

    file = await client.get_file(job.file_id, pipeline="p")

    assert (file.file_id, file.request_id, file.pipeline) == (job.file_id, job.request_id, "p")
    assert (file.symbolic_file_path, file.size_bytes) == ("/a/b.txt", len(TEXT))
    assert (file.file_tags, file.file_description) == ((octavo.FileTag("author", "orwell"),), "A novel")
    assert (file.state, file.failure) == (octavo.JobState.SUCCEEDED, None)
    assert file.update_time == file.create_time < file.expire_time
    (module,) = file.modules
    assert (module.key, module.media_type) == ("parser", "application/json")
    assert module.output_size_bytes == len((await client.fetch_output(file_id=job.file_id)).content)


async def test_files_are_found_by_terms_and_times(client: octavo.Client) -> None:
    one = await submit(client, "/a/one.txt", file_tags=[("k", "1")])
    two = await submit(client, "/a/b/two.txt", file_tags=[("k", "2")])
    await submit(client, "/c/three.txt")
    created = (await client.get_file(two.file_id)).create_time

    async def found(**terms) -> list[str]:
        return [file.file_name async for file in client.files("p", octavo.FileQuery(**terms), oldest_first=True)]

    assert [file.file_name async for file in client.files("p")] == ["three.txt", "two.txt", "one.txt"]
    assert await found(file_ids=(one.file_id,), file_names=("THREE*",)) == ["one.txt", "three.txt"]
    assert await found(symbolic_directory_paths=("/a*",)) == ["one.txt", "two.txt"]
    assert await found(symbolic_file_paths=("/a/b/*.txt",)) == ["two.txt"]
    assert await found(file_tags=(("k", "*"),)) == ["one.txt", "two.txt"]
    assert await found(create_time_start=created, create_time_end=created) == ["two.txt"]
    assert await found(create_time_start=created + timedelta(hours=1)) == []


async def test_a_list_names_the_terms_that_fit_nothing_and_ends_where_it_should(client: octavo.Client) -> None:
    for name in ("a", "b", "c"):
        await submit(client, f"/x/{name}.txt")

    found = await client.list_files("p", octavo.FileQuery(file_names=("*.txt", "no.pdf")), files_max=2)

    assert [file.file_name for file in found.files] == ["c.txt", "b.txt"]
    assert found.unmatched == octavo.FileQuery(file_names=("no.pdf",))


async def test_a_tree_is_in_the_order_of_its_paths(client: octavo.Client) -> None:
    jobs = {path: await submit(client, path) for path in ("/b/x.txt", "/a/z.txt", "/a/b/y.txt")}

    tree = await client.show_tree("p")

    assert [(leaf.symbolic_file_path, leaf.file_id) for leaf in tree] == [
        (path, jobs[path].file_id) for path in sorted(jobs)
    ]
    assert [leaf.symbolic_file_path for leaf in await client.show_tree("p", "/a/*")] == ["/a/b/y.txt"]
    assert len(await client.show_tree("p", files_max=2)) == 2


async def test_a_file_is_changed_where_it_is_told_to_be(client: octavo.Client) -> None:
    job = await submit(client, "/a/one.txt", file_tags=[("k", "v")], file_description="first")

    moved = await client.update_file(job.file_id, symbolic_directory_path="/B", expire_seconds=7_200)
    emptied = await client.update_file(job.file_id, pipeline="p", file_tags=[], file_description="")

    assert (moved.symbolic_file_path, moved.file_description) == ("/b/one.txt", "first")
    assert moved.expire_time > job.expire_time
    assert (emptied.symbolic_file_path, emptied.file_tags) == ("/b/one.txt", ())
    assert not emptied.file_description
    assert emptied.expire_time == moved.expire_time
    assert emptied.update_time > emptied.create_time


async def test_a_deleted_file_is_gone_with_its_job(client: octavo.Client) -> None:
    job = await submit(client, "/a/one.txt")

    await client.delete_file(job.file_id)

    for call in (client.get_file(job.file_id), client.process_status(job.request_id), client.delete_file(job.file_id)):
        with pytest.raises(octavo.NotFoundError):
            await call


async def test_a_long_poll_is_answered_by_the_end_of_the_job(client: octavo.Client) -> None:
    job = await submit(client, "/a/one.txt")

    status = await client.process_status(job.request_id)
    while not status.state.is_final:
        status = await client.process_status(job.request_id, wait_seconds=60, known_revision=status.revision)

    assert status.state is octavo.JobState.SUCCEEDED


async def test_a_failed_job_is_listed_and_tried_again(client: octavo.Client) -> None:
    good, bad = await submit(client, "/a/good.txt"), await submit(client, "/a/bad.txt", text=b" \n ")
    _, failed = await ended(client, good, bad)
    assert failed.state is octavo.JobState.FAILED

    dead = [status async for status in client.processes("p", states=[octavo.JobState.FAILED])]
    again = await client.retry(bad.request_id)
    (final,) = await ended(client, bad)

    assert [status.request_id for status in dead] == [bad.request_id]
    assert [status.request_id async for status in client.processes()] == [bad.request_id, good.request_id]
    assert (again.state, again.failure) == (octavo.JobState.PENDING, None)
    assert (final.state, final.modules[0].attempt) == (octavo.JobState.FAILED, failed.modules[0].attempt + 1)


async def test_snippets_are_those_of_the_output(client: octavo.Client) -> None:
    job = await submit(client, "/a/one.txt", text=TEXT + b"\n" + TEXT)
    await ended(client, job)

    snippets = [snippet async for snippet in client.snippets(job.request_id)]

    items = (await client.fetch_output(job.request_id)).json()
    assert [(each.snippet, list(each.line_numbers)) for each in snippets] == [
        (item["snippet"], item["line_numbers"]) for item in items
    ]


async def test_words_are_found_in_files(client: octavo.Client) -> None:
    await client.create_pipeline("k", ["parser", "json-to-txt", "keyword-db"])
    one = await submit(client, "/a/one.txt", pipeline="k")
    two = await submit(client, "/b/two.txt", pipeline="k", text=b"The clock strikes. Nobody hears a thing.")
    await ended(client, one, two)

    everywhere = await client.keyword_search("k", "the clocks", oldest_first=True)
    in_one = await client.keyword_search("k", "clocks", files=octavo.FileQuery(file_ids=(one.file_id,)))

    assert [found.file.file_id for found in everywhere.files] == [one.file_id, two.file_id]
    assert [[hit.keyword for hit in found.hits] for found in everywhere.files] == [["clocks"], ["clock"]]
    assert everywhere.stop_words == ("the",)
    assert [found.file.file_id for found in in_one.files] == [one.file_id]
    assert (await client.keyword_search("k", "zebra")).files == ()
    formats = {module.name: module.output_format for module in await client.list_modules()}
    assert formats["keyword-db"] is octavo.DataFormat.DATABASE


async def test_a_pipeline_with_files_is_deleted_by_force(client: octavo.Client) -> None:
    await submit(client, "/a/one.txt")

    with pytest.raises(octavo.FailedPreconditionError):
        await client.delete_pipeline("p")
    assert await client.delete_pipeline("p", force=True) == 1

    assert await client.list_pipelines() == []


@pytest.mark.parametrize("end", ["kill", "terminate"])
async def test_a_watch_of_a_pipeline_survives_a_restart_and_tells_all(tmp_path: Path, end: str) -> None:
    with ServerProcess(tmp_path / "data", "--workers", "0") as server:
        async with octavo.Client(server.address) as client, aclosing(client.watch_pipeline("p")) as events:
            await client.create_pipeline("p", ["parser"])
            first = await submit(client, "/a/first.txt")
            seen = [await anext(events)]
            await asyncio.to_thread(getattr(server, end))
            server.arguments = ("--workers", "1")
            await asyncio.to_thread(server.restart)
            second = await submit(client, "/a/second.txt")
            while {event.request_id for event in seen if is_done(event)} != {first.request_id, second.request_id}:
                seen.append(await anext(events))
            await client.delete_file(first.file_id)
            while seen[-1] != octavo.RemovedJob(first.request_id):
                seen.append(await anext(events))

    revisions = [event.revision for event in seen if isinstance(event, octavo.JobStatus) and not has_progress(event)]
    assert revisions == sorted(set(revisions))
    assert isinstance(seen[0], octavo.JobStatus)
    assert seen[0].state is octavo.JobState.PENDING


def is_done(event: octavo.JobStatus | octavo.RemovedJob) -> bool:
    return isinstance(event, octavo.JobStatus) and event.state is octavo.JobState.SUCCEEDED


def has_progress(status: octavo.JobStatus) -> bool:
    return any(module.progress for module in status.modules)
