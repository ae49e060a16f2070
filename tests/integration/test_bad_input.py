"""What bad input gets: code, reason and detail, before anything is stored. Through plain gRPC."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import google_crc32c
import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.rpc import error_details_pb2 as details
from grpc_status import rpc_status

from octavo.v1 import file_service_pb2, job_pb2, pipeline_service_pb2
from octavo.v1 import processing_service_pb2 as pb
from tests.integration.conftest import Caller
from tests.servers import ServerProcess

Code = grpc.StatusCode


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for the whole file: what is refused leaves nothing behind."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", "--workers", "1") as server:
        yield server


@pytest.fixture(autouse=True)
async def emptied(caller: Caller) -> AsyncIterator[None]:
    """What a test had accepted goes with it."""
    yield
    await caller.pipelines.ResetPipeline(pipeline_service_pb2.ResetPipelineRequest(name="p"))


def request(**changes: Any) -> pb.ProcessRequest:
    fields: dict[str, Any] = {"pipeline": "p", "content": b"One. Two.", "file_name": "a.txt"}
    return pb.ProcessRequest(**{name: value for name, value in {**fields, **changes}.items() if value is not None})


def options(model: str = "", **params: object) -> dict[str, pb.ModuleOptions]:
    struct = Struct()
    struct.update(params)
    return {"parser": pb.ModuleOptions(model=model, params=struct)}


async def refusal(call: Any) -> tuple[Code, str, dict[str, Any], grpc.aio.AioRpcError]:
    """Code, reason and details by type of a call that must fail."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    error = caught.value
    status = rpc_status.from_call(error)
    assert status is not None, error
    unpacked: dict[str, Any] = {}
    for packed in status.details:
        name = packed.TypeName().rpartition(".")[2]
        message = getattr(details, name)()
        packed.Unpack(message)
        unpacked[name] = message
    assert unpacked["ErrorInfo"].domain == "octavo"
    return error.code(), unpacked["ErrorInfo"].reason, unpacked, error


def tags(*pairs: tuple[str, str]) -> list[job_pb2.FileTag]:
    return [job_pb2.FileTag(key=key, value=value) for key, value in pairs]


BAD_FIELDS: dict[str, tuple[Callable[[], pb.ProcessRequest], str]] = {
    "unknown module": (lambda: request(modules={"nope": pb.ModuleOptions()}), "modules.nope"),
    "unknown model": (lambda: request(modules=options("nope")), "modules.parser.model"),
    "unknown param": (lambda: request(modules=options("fixed", nope=1)), "modules.parser.params.nope"),
    "param of another model": (
        lambda: request(modules=options("sentence", chunk_size=4)),
        "modules.parser.params.chunk_size",
    ),
    "chunk_size 0": (lambda: request(modules=options("fixed", chunk_size=0)), "modules.parser.params.chunk_size"),
    "chunk_size 2.5": (lambda: request(modules=options("fixed", chunk_size=2.5)), "modules.parser.params.chunk_size"),
    "chunk_size true": (lambda: request(modules=options("fixed", chunk_size=True)), "modules.parser.params.chunk_size"),
    "chunk_size NaN": (
        lambda: request(modules=options("fixed", chunk_size=float("nan"))),
        "modules.parser.params.chunk_size",
    ),
    "chunk_size infinite": (
        lambda: request(modules=options("fixed", chunk_size=float("inf"))),
        "modules.parser.params.chunk_size",
    ),
    "chunk_size a text": (
        lambda: request(modules=options("fixed", chunk_size="4")),
        "modules.parser.params.chunk_size",
    ),
    "chunk_size null": (lambda: request(modules=options("fixed", chunk_size=None)), "modules.parser.params.chunk_size"),
    "chunk_size a list": (
        lambda: request(modules=options("fixed", chunk_size=[4])),
        "modules.parser.params.chunk_size",
    ),
    "no pipeline": (lambda: request(pipeline=""), "pipeline"),
    "unknown priority": (lambda: request(priority=99), "priority"),
    "binary content without a name": (lambda: request(content=bytes(range(256)), file_name=None), "file_name"),
    "overlap = chunk": (
        lambda: request(modules=options("fixed", chunk_size=4, overlap_size=4)),
        "modules.parser.params.overlap_size",
    ),
    "overlap > default chunk": (
        lambda: request(modules=options("fixed", overlap_size=11)),
        "modules.parser.params.overlap_size",
    ),
    "0-byte content": (lambda: request(content=b""), "content"),
    "no content": (lambda: request(content=None), "content"),
    "content over 2 MiB": (lambda: request(content=b"x" * (2 * 1024 * 1024 + 1)), "content"),
    "name without extension": (lambda: request(file_name="report"), "file_name"),
    "name with another extension": (lambda: request(source_file_name="a.pdf"), "file_name"),
    "source without extension": (lambda: request(source_file_name="a"), "source_file_name"),
    "name with a slash": (lambda: request(file_name="a/b.txt"), "file_name"),
    "path without slash": (
        lambda: request(file_name=None, symbolic_file_path="a.txt"),
        "symbolic_file_path",
    ),
    "path and name": (lambda: request(symbolic_file_path="/a/a.txt"), "file_name"),
    "directory without slash": (lambda: request(symbolic_directory_path="a"), "symbolic_directory_path"),
    "directory below /etc": (lambda: request(symbolic_directory_path="/etc/x"), "symbolic_directory_path"),
    "over-long tag": (lambda: request(file_tags=tags(("k", "v" * 33))), "file_tags[0].value"),
    "tag twice": (lambda: request(file_tags=tags(("k", "v"), ("K", "v"))), "file_tags[1]"),
    "21 tags": (lambda: request(file_tags=tags(*((f"k{n}", "v") for n in range(21)))), "file_tags"),
    "over-long description": (lambda: request(file_description="x" * 257), "file_description"),
    "a type the chain can't take": (lambda: request(file_name="song.mp3"), "file_name"),
    "expiry 0": (lambda: request(expire_after=Duration()), "expire_after"),
    "expiry over 30 days": (lambda: request(expire_after=Duration(seconds=30 * 24 * 3600 + 1)), "expire_after"),
    "timeout 0": (lambda: request(processing_timeout=Duration()), "processing_timeout"),
    "blank idempotency key": (lambda: request(idempotency_key=" "), "idempotency_key"),
    "upload id with a slash": (lambda: request(content=None, upload_id="../a"), "upload_id"),
    "upload without a name": (lambda: request(content=None, upload_id="u", file_name=None), "file_name"),
}


@pytest.mark.parametrize("case", BAD_FIELDS)
async def test_a_bad_field_is_refused_by_name_and_nothing_is_stored(caller: Caller, case: str) -> None:
    make, field = BAD_FIELDS[case]
    code, reason, unpacked, _ = await refusal(caller.processing.Process(make()))
    assert code is Code.INVALID_ARGUMENT
    assert reason in ("INVALID_FIELD", "UNSUPPORTED_FILE_TYPE", "DOCUMENT_TOO_LARGE")
    [violation] = unpacked["BadRequest"].field_violations
    assert violation.field == field
    assert violation.description
    reset = await caller.pipelines.ResetPipeline(pipeline_service_pb2.ResetPipelineRequest(name="p"))
    assert reset.deleted_file_count == 0


async def test_an_error_stays_readable_whatever_length_is_asked_for(caller: Caller) -> None:
    code, _, unpacked, _ = await refusal(
        caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id="\U0001f600" * 100_000))
    )
    assert code is Code.NOT_FOUND
    assert unpacked["ResourceInfo"].resource_type == "job"
    code, _, _, _ = await refusal(caller.processing.Process(request(source_file_name="x" * 100_000)))
    assert code is Code.INVALID_ARGUMENT


async def test_an_empty_id_is_a_missing_field(caller: Caller) -> None:
    code, _, unpacked, _ = await refusal(caller.processing.ProcessStatus(pb.ProcessStatusRequest()))
    assert (code, unpacked["BadRequest"].field_violations[0].field) == (Code.INVALID_ARGUMENT, "request_id")


async def test_one_upload_becomes_one_job(caller: Caller) -> None:
    async def whole() -> AsyncIterator[file_service_pb2.UploadFileRequest]:
        for message in upload_messages(b"One. Two.", "once"):
            yield message

    await caller.files.UploadFile(whole())
    calls = [
        caller.processing.Process(request(content=None, upload_id="once", file_name=f"{n}.txt")) for n in range(10)
    ]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert len(refused) == 9
    assert {error.code() for error in refused} == {Code.NOT_FOUND}


async def test_a_text_over_its_limit_is_refused_before_it_is_stored(caller: Caller) -> None:
    async def messages() -> AsyncIterator[file_service_pb2.UploadFileRequest]:
        for message in upload_messages(b"word " * 450_000, "u1"):
            yield message

    assert (await caller.files.UploadFile(messages())).complete
    code, reason, unpacked, _ = await refusal(caller.processing.Process(request(content=None, upload_id="u1")))
    assert (code, reason) == (Code.INVALID_ARGUMENT, "DOCUMENT_TOO_LARGE")
    assert "2097152" in unpacked["BadRequest"].field_violations[0].description


async def test_an_unknown_pipeline_is_not_found(caller: Caller) -> None:
    code, reason, unpacked, _ = await refusal(caller.processing.Process(request(pipeline="nope")))
    assert (code, reason) == (Code.NOT_FOUND, "PIPELINE_NOT_FOUND")
    assert unpacked["ResourceInfo"].resource_name == "nope"


async def test_an_unknown_job_is_not_found(caller: Caller) -> None:
    for call in (
        caller.processing.ProcessStatus(pb.ProcessStatusRequest(request_id="nope")),
        caller.processing.CancelProcess(pb.CancelProcessRequest(request_id="nope")),
        drained(caller.processing.StatusWatch(pb.StatusWatchRequest(request_ids=["nope"]))),
        drained(caller.processing.FetchOutput(pb.FetchOutputRequest(request_id="nope"))),
    ):
        code, reason, _, _ = await refusal(call)
        assert (code, reason) == (Code.NOT_FOUND, "JOB_NOT_FOUND")


async def test_a_taken_path_already_exists(caller: Caller) -> None:
    await caller.processing.Process(request())
    code, reason, unpacked, _ = await refusal(caller.processing.Process(request(file_name="A.TXT")))
    assert (code, reason) == (Code.ALREADY_EXISTS, "PATH_TAKEN")
    assert unpacked["ResourceInfo"].resource_name == "/etc/a.txt"


async def test_a_pipeline_with_files_keeps_its_chain(caller: Caller) -> None:
    create = pipeline_service_pb2.CreatePipelineRequest
    code, _, unpacked, _ = await refusal(caller.pipelines.CreatePipeline(create(name="q", module_chain=["nope"])))
    assert code is Code.INVALID_ARGUMENT
    assert unpacked["BadRequest"].field_violations[0].field == "module_chain[0]"
    code, _, unpacked, _ = await refusal(
        caller.pipelines.CreatePipeline(create(name="q", module_chain=["parser", "parser"]))
    )
    assert (code, unpacked["BadRequest"].field_violations[0].field) == (Code.INVALID_ARGUMENT, "module_chain[1]")
    code, _, unpacked, _ = await refusal(caller.pipelines.CreatePipeline(create(name="", module_chain=["parser"])))
    assert (code, unpacked["BadRequest"].field_violations[0].field) == (Code.INVALID_ARGUMENT, "name")


async def test_an_idempotency_key_with_another_body_is_refused(caller: Caller) -> None:
    first = await caller.processing.Process(request(idempotency_key="k"))
    again = await caller.processing.Process(request(idempotency_key="k"))
    assert (again.request_id, again.deduplicated) == (first.request_id, True)
    code, reason, _, _ = await refusal(
        caller.processing.Process(request(idempotency_key="k", content=b"Other.", file_name="b.txt"))
    )
    assert (code, reason) == (Code.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED")


async def test_an_output_that_is_not_there_yet_is_a_precondition(caller: Caller) -> None:
    slow = await caller.processing.Process(request(content=b"\0" * 500, file_name="a.txt"))
    async for event in caller.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[slow.request_id])):
        final = event
    assert final.status.state == job_pb2.JOB_STATE_FAILED
    code, reason, unpacked, _ = await refusal(
        drained(caller.processing.FetchOutput(pb.FetchOutputRequest(request_id=slow.request_id, read_offset=-1)))
    )
    assert (code, unpacked["BadRequest"].field_violations[0].field) == (Code.INVALID_ARGUMENT, "read_offset")
    code, reason, unpacked, _ = await refusal(
        drained(caller.processing.FetchOutput(pb.FetchOutputRequest(request_id=slow.request_id)))
    )
    assert (code, reason) == (Code.FAILED_PRECONDITION, "NO_OUTPUT")
    assert unpacked["PreconditionFailure"].violations[0].subject == f"jobs/{slow.request_id}"
    code, reason, _, _ = await refusal(
        caller.processing.CancelProcess(pb.CancelProcessRequest(request_id=slow.request_id))
    )
    assert (code, reason) == (Code.FAILED_PRECONDITION, "JOB_ENDED")


async def test_an_upload_with_a_wrong_offset_is_told_the_right_one(caller: Caller) -> None:
    async def ahead() -> AsyncIterator[file_service_pb2.UploadFileRequest]:
        first, *_ = upload_messages(b"12345", "ahead")
        first.sha256 = b""
        yield first
        yield file_service_pb2.UploadFileRequest(offset=9, chunk=b"6", crc32c=crc(b"6"))

    code, reason, _, error = await refusal(caller.files.UploadFile(ahead()))
    assert (code, reason) == (Code.OUT_OF_RANGE, "UPLOAD_OFFSET")
    assert error.trailing_metadata()["octavo-committed-size"] == "5"


async def test_an_upload_with_a_wrong_digest_is_data_loss(caller: Caller) -> None:
    async def bent(where: str) -> AsyncIterator[file_service_pb2.UploadFileRequest]:
        [message] = upload_messages(b"12345", "u" + where)
        if where == "crc":
            message.crc32c ^= 1
        else:
            message.sha256 = bytes(32)
        yield message

    for where in ("crc", "sha"):
        code, reason, _, _ = await refusal(caller.files.UploadFile(bent(where)))
        assert (code, reason) == (Code.DATA_LOSS, "DIGEST_MISMATCH")


async def test_an_incomplete_upload_is_a_precondition(caller: Caller) -> None:
    async def half() -> AsyncIterator[file_service_pb2.UploadFileRequest]:
        [message] = upload_messages(b"12345", "half")
        message.sha256 = b""
        yield message

    reply = await caller.files.UploadFile(half())
    assert (reply.committed_size, reply.complete) == (5, False)
    code, reason, _, _ = await refusal(caller.processing.Process(request(content=None, upload_id="half")))
    assert (code, reason) == (Code.FAILED_PRECONDITION, "UPLOAD_INCOMPLETE")


async def test_a_watch_refuses_what_it_can_not_do(caller: Caller) -> None:
    watch = pb.StatusWatchRequest
    for bad, field in (
        (watch(), "request_ids"),
        (watch(request_ids=["x"] * 1001), "request_ids"),
        (watch(request_ids=["x"], resume_token="nonsense"), "resume_token"),
        (watch(request_ids=["x"], heartbeat_interval=Duration(seconds=61)), "heartbeat_interval"),
    ):
        code, _, unpacked, _ = await refusal(drained(caller.processing.StatusWatch(bad)))
        assert (code, unpacked["BadRequest"].field_violations[0].field) == (Code.INVALID_ARGUMENT, field)


async def drained(call: Any) -> None:
    async for _ in call:
        pass


def upload_messages(data: bytes, upload_id: str) -> list[file_service_pb2.UploadFileRequest]:
    size = 1024 * 1024
    messages = [
        file_service_pb2.UploadFileRequest(
            upload_id=upload_id, offset=start, chunk=data[start : start + size], crc32c=crc(data[start : start + size])
        )
        for start in range(0, len(data), size)
    ]
    messages[-1].sha256 = hashlib.sha256(data).digest()
    return messages


def crc(data: bytes) -> int:
    return google_crc32c.value(data)
