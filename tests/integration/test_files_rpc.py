"""FileService as a caller without the SDK sees it: find, list, draw, change and delete files."""

from collections.abc import AsyncIterator, Iterator

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.pipeline_service_pb2 import ResetPipelineRequest
from tests.integration.conftest import Caller
from tests.integration.pages import pages, refusal
from tests.integration.submitting import done, ended, make_pipeline, submit
from tests.servers import ServerProcess

Code = grpc.StatusCode
Tag = job_pb2.FileTag


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for the whole file."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", "--workers", "1") as server:
        yield server


@pytest.fixture(autouse=True)
async def emptied(caller: Caller) -> AsyncIterator[None]:
    """Each test finds the pipeline empty."""
    yield
    await caller.pipelines.ResetPipeline(ResetPipelineRequest(name="p"))


async def get(caller: Caller, file_id: str) -> files.File:
    return (await caller.files.GetFile(files.GetFileRequest(file_id=file_id))).file


async def names(caller: Caller, query: files.FileQuery | None = None, **fields: object) -> list[str]:
    request = files.ListFilesRequest(pipeline="p", query=query, page_size=2)
    request.MergeFrom(files.ListFilesRequest(**fields))  # type: ignore[arg-type]
    return [file.file_name for page in await pages(caller.files.ListFiles, request) for file in page.files]


async def test_a_file_tells_what_was_submitted_and_how_far_it_is(caller: Caller) -> None:
    reply = await done(caller, "/a/B.txt", file_tags=[Tag(key="K", value="v")], file_description="Hello.")
    file = await get(caller, reply.file_id)
    assert (file.file_id, file.request_id, file.pipeline) == (reply.file_id, reply.request_id, "p")
    assert (file.symbolic_directory_path, file.file_name, file.file_description) == ("/a", "b.txt", "Hello.")
    assert list(file.file_tags) == [Tag(key="k", value="v")]
    assert (file.state, file.size_bytes) == (job_pb2.JOB_STATE_SUCCEEDED, 9)
    assert file.create_time == file.update_time
    [module] = file.modules
    assert (module.media_type, module.facts["num_lines"]) == ("application/json", 2)
    assert module.output_size_bytes > 0
    assert dict(module.params.items())["extractor"] == "auto"


async def test_a_file_that_failed_says_why(caller: Caller) -> None:
    reply = await done(caller, "/a.txt", b"\0" * 500)
    file = await get(caller, reply.file_id)
    assert file.state == job_pb2.JOB_STATE_FAILED
    assert file.failure.module == "parser"


async def test_a_file_of_another_pipeline_is_not_found_there(caller: Caller) -> None:
    reply = await submit(caller, "/a.txt")
    refused = await refusal(caller.files.GetFile(files.GetFileRequest(file_id=reply.file_id, pipeline="q")))
    assert (refused.code, refused.reason) == (Code.NOT_FOUND, "FILE_NOT_FOUND")
    assert (await caller.files.GetFile(files.GetFileRequest(file_id=reply.file_id, pipeline="p"))).file.file_id


async def test_files_are_listed_newest_first_and_any_term_may_fit(caller: Caller) -> None:
    for path in ("/a/1.txt", "/a/b/2.txt", "/c/3.txt", "/c/4.txt"):
        await submit(caller, path, file_tags=[Tag(key="n", value=path[-5])])
    query = files.FileQuery
    assert await names(caller) == ["4.txt", "3.txt", "2.txt", "1.txt"]
    assert await names(caller, order=files.SORT_ORDER_OLDEST_FIRST) == ["1.txt", "2.txt", "3.txt", "4.txt"]
    assert await names(caller, query(file_names=["4*"], symbolic_directory_paths=["/A"])) == ["4.txt", "1.txt"]
    assert await names(caller, query(symbolic_directory_paths=["/a/*"])) == ["2.txt"]
    assert await names(caller, query(symbolic_file_paths=["/c*/3*"])) == ["3.txt"]
    assert await names(caller, query(file_tags=[Tag(key="n", value="1")])) == ["1.txt"]
    assert len(await names(caller, query(file_tags=[Tag(key="n", value="*")]))) == 4


async def test_bounds_of_time_hold_beside_the_terms(caller: Caller) -> None:
    times = []
    for name in ("1.txt", "2.txt", "3.txt"):
        reply = await submit(caller, f"/{name}")
        times.append((await get(caller, reply.file_id)).create_time)
    query = files.FileQuery(create_time_start=times[1], create_time_end=times[1])
    assert await names(caller, query) == ["2.txt"]
    assert await names(caller, files.FileQuery(file_names=["*.txt"], create_time_end=times[1])) == ["2.txt", "1.txt"]
    assert await names(caller, files.FileQuery(update_time_start=times[2])) == ["3.txt"]


async def test_terms_that_fit_nothing_are_told_on_the_first_page_only(caller: Caller) -> None:
    for name in ("1.txt", "2.txt", "3.txt"):
        await submit(caller, f"/{name}")
    query = files.FileQuery(
        file_names=["*.txt", "nope*"], symbolic_directory_paths=["/no"], file_tags=[Tag(key="k", value="*")]
    )
    first, *rest = await pages(caller.files.ListFiles, files.ListFilesRequest(pipeline="p", query=query, page_size=1))
    assert list(first.unmatched.file_names) == ["nope*"]
    assert list(first.unmatched.symbolic_directory_paths) == ["/no"]
    assert list(first.unmatched.file_tags) == [Tag(key="k", value="*")]
    assert rest
    assert not any(page.HasField("unmatched") for page in rest)


async def test_only_files_in_the_states_asked_for_are_listed(caller: Caller) -> None:
    good, bad = await submit(caller, "/good.txt"), await submit(caller, "/bad.txt", b"\0" * 500)
    await ended(caller, good.request_id, bad.request_id)
    assert await names(caller, states=[job_pb2.JOB_STATE_FAILED]) == ["bad.txt"]
    assert await names(caller, states=[job_pb2.JOB_STATE_PENDING, job_pb2.JOB_STATE_SUCCEEDED]) == ["good.txt"]


async def test_nothing_is_skipped_or_repeated_while_files_come_and_go(caller: Caller) -> None:
    ids = {n: (await submit(caller, f"/{n}.txt")).file_id for n in range(6)}
    request = files.ListFilesRequest(pipeline="p", page_size=2)
    first = await caller.files.ListFiles(request)
    await submit(caller, "/new.txt")
    await caller.files.DeleteFile(files.DeleteFileRequest(file_id=ids[5]))
    await caller.files.DeleteFile(files.DeleteFileRequest(file_id=ids[1]))
    request.page_token = first.next_page_token
    rest = [file.file_name for page in await pages(caller.files.ListFiles, request) for file in page.files]
    assert [file.file_name for file in first.files] + rest == ["5.txt", "4.txt", "3.txt", "2.txt", "0.txt"]


async def test_a_token_belongs_to_its_query(caller: Caller) -> None:
    await make_pipeline(caller, "q", "parser")
    for n in range(3):
        await submit(caller, f"/{n}.txt")
    token = (await caller.files.ListFiles(files.ListFilesRequest(pipeline="p", page_size=1))).next_page_token
    for other in (
        files.ListFilesRequest(pipeline="q", page_token=token),
        files.ListFilesRequest(pipeline="p", page_token=token, order=files.SORT_ORDER_OLDEST_FIRST),
        files.ListFilesRequest(pipeline="p", page_token=token, query=files.FileQuery(file_names=["*"])),
        files.ListFilesRequest(pipeline="p", page_token=token + "A"),
        files.ListFilesRequest(pipeline="p", page_token="nonsense"),
    ):
        if other.query.file_names:
            other.query.file_names[:] = ["a*"]
        refused = await refusal(caller.files.ListFiles(other))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, "page_token")
    tree = files.ShowTreeRequest(pipeline="p", page_token=token)
    assert (await refusal(caller.files.ShowTree(tree))).field == "page_token"
    same = files.ListFilesRequest(pipeline="p", page_token=token, page_size=2)
    assert len((await caller.files.ListFiles(same)).files) == 2


async def test_queries_that_break_a_rule_name_their_field(caller: Caller) -> None:
    query, request = files.FileQuery, files.ListFilesRequest
    for bad, field in (
        (request(pipeline="p", page_size=1001), "page_size"),
        (request(pipeline="p", page_size=-1), "page_size"),
        (request(pipeline="p", states=[99]), "states[0]"),
        (request(pipeline="p", order=99), "order"),
        (request(pipeline="p", query=query(file_names=["*"])), "query.file_names[0]"),
        (request(pipeline="p", query=query(file_ids=["x"])), "query.file_ids[0]"),
        (request(pipeline="p", query=query(file_names=[f"a{n}*" for n in range(65)])), "query"),
    ):
        refused = await refusal(caller.files.ListFiles(bad))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, field)
    assert (await refusal(caller.files.ListFiles(request(pipeline="none")))).code is Code.NOT_FOUND


async def test_a_tree_is_told_in_the_order_of_paths(caller: Caller) -> None:
    for path in ("/b/z.txt", "/a.txt", "/b.txt", "/b/y/x.txt"):
        await submit(caller, path)

    async def drawn(directory: str = "") -> list[str]:
        request = files.ShowTreeRequest(pipeline="p", symbolic_directory_path=directory, page_size=2)
        return [file.symbolic_file_path for page in await pages(caller.files.ShowTree, request) for file in page.files]

    assert await drawn() == ["/a.txt", "/b.txt", "/b/y/x.txt", "/b/z.txt"]
    assert await drawn("/*") == await drawn()
    assert await drawn("/b") == ["/b/z.txt"]
    assert await drawn("/b*") == ["/b/y/x.txt", "/b/z.txt"]
    assert await drawn("/") == ["/a.txt", "/b.txt"]
    bad = files.ShowTreeRequest(pipeline="p", symbolic_directory_path="b")
    assert (await refusal(caller.files.ShowTree(bad))).field == "symbolic_directory_path"


async def test_an_update_changes_what_is_given_and_nothing_else(caller: Caller) -> None:
    reply = await done(caller, "/a/b.txt", file_tags=[Tag(key="k", value="v")], file_description="Old.")
    before = await get(caller, reply.file_id)
    request = files.UpdateFileRequest(file_id=reply.file_id, file_name="NEW.txt", expire_after=Duration(seconds=9_000))
    file = (await caller.files.UpdateFile(request)).file
    assert file == await get(caller, reply.file_id)
    assert (file.symbolic_directory_path, file.file_name) == ("/a", "new.txt")
    assert (list(file.file_tags), file.file_description) == ([Tag(key="k", value="v")], "Old.")
    assert file.create_time == before.create_time
    assert file.update_time.ToNanoseconds() > before.update_time.ToNanoseconds()
    assert 8_900 < file.expire_time.seconds - before.create_time.seconds <= 9_100
    assert file.state == job_pb2.JOB_STATE_SUCCEEDED


async def test_a_field_that_is_named_and_left_empty_is_emptied(caller: Caller) -> None:
    reply = await submit(caller, "/a/b.txt", file_tags=[Tag(key="k", value="v")], file_description="Old.")
    mask = FieldMask(paths=["file_tags", "file_description"])
    request = files.UpdateFileRequest(file_id=reply.file_id, update_mask=mask, file_name="not-named.txt")
    file = (await caller.files.UpdateFile(request)).file
    assert (file.symbolic_directory_path, file.file_name) == ("/a", "b.txt")
    assert not file.file_tags
    assert not file.HasField("file_description")


async def test_an_update_that_breaks_a_rule_changes_nothing(caller: Caller) -> None:
    reply, other = await submit(caller, "/a.txt"), await submit(caller, "/other.txt")
    update = files.UpdateFileRequest
    for bad, field in (
        (update(), "update_mask"),
        (update(update_mask=FieldMask(paths=["file_id"]), file_name="x.txt"), "update_mask"),
        (update(update_mask=FieldMask(paths=["expire_after"])), "expire_after"),
        (update(update_mask=FieldMask(paths=["file_name"])), "file_name"),
        (update(update_mask=FieldMask(paths=["symbolic_directory_path"])), "symbolic_directory_path"),
        (update(file_name="x.pdf"), "file_name"),
        (update(file_name="x.txt", symbolic_file_path="/x.txt"), "file_name"),
        (update(symbolic_file_path="/etc/b/x.txt"), "symbolic_file_path"),
        (update(file_name="x.txt", file_tags=[Tag(key="", value="v")]), "file_tags[0].key"),
        (update(file_description="x" * 257), "file_description"),
        (update(expire_after=Duration()), "expire_after"),
    ):
        bad.file_id = reply.file_id
        refused = await refusal(caller.files.UpdateFile(bad))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, field)
    taken = update(file_id=reply.file_id, file_name="other.txt")
    assert (await refusal(caller.files.UpdateFile(taken))).code is Code.ALREADY_EXISTS
    assert (await get(caller, reply.file_id)).file_name == "a.txt"
    gone = update(file_id=other.file_id, pipeline="q", file_name="x.txt")
    assert (await refusal(caller.files.UpdateFile(gone))).code is Code.NOT_FOUND


async def test_an_update_of_a_file_in_process_keeps_its_job_going(caller: Caller) -> None:
    content = b"A sentence that is one of very many. " * 20_000
    reply = await submit(caller, "/a.txt", content)
    for n in range(20):
        request = files.UpdateFileRequest(file_id=reply.file_id, file_name=f"a{n}.txt")
        await caller.files.UpdateFile(request)
    [status] = await ended(caller, reply.request_id)
    assert (status.state, status.modules[0].attempt) == (job_pb2.JOB_STATE_SUCCEEDED, 1)
    assert (await get(caller, reply.file_id)).file_name == "a19.txt"


async def test_a_deleted_file_is_gone_with_all_that_belongs_to_it(caller: Caller) -> None:
    reply = await done(caller, "/a.txt")
    await caller.files.DeleteFile(files.DeleteFileRequest(file_id=reply.file_id))
    for call in (
        caller.files.GetFile(files.GetFileRequest(file_id=reply.file_id)),
        caller.files.DeleteFile(files.DeleteFileRequest(file_id=reply.file_id)),
        caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id=reply.request_id)),
        caller.processing.FetchOutput(pb.FetchOutputRequest(file_id=reply.file_id)),
    ):
        assert (await refusal(call)).code is Code.NOT_FOUND
    await submit(caller, "/a.txt")


async def test_deleting_a_file_in_process_stops_its_job(caller: Caller) -> None:
    reply = await submit(caller, "/a.txt", b"A sentence that is one of very many. " * 50_000)
    watch = caller.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[reply.request_id]))
    await caller.files.DeleteFile(files.DeleteFileRequest(file_id=reply.file_id))
    assert (await refusal(watch)).code is Code.NOT_FOUND
    # The worker is free for the next.
    [status] = await ended(caller, (await submit(caller, "/b.txt")).request_id)
    assert status.state == job_pb2.JOB_STATE_SUCCEEDED
