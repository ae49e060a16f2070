"""The table of errors, case by case, through plain gRPC: code, reason, domain, and the detail with its fields.

PERMISSION_DENIED has no row: there are no permissions yet, a key opens all that its tenant has. Nor has STORAGE_FAILED
or DISK_FULL: they have the row of their class, and tests/contract has the conditions.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.rpc import error_details_pb2 as details
from grpc_status import rpc_status

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import pipeline_service_pb2 as pipelines
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1 import search_service_pb2 as search
from octavo.v1.file_service_pb2_grpc import FileServiceServicer
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceServicer, PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceServicer
from octavo.v1.search_service_pb2_grpc import SearchServiceServicer
from octavo_server.domain import errors
from octavo_server.rpc.errors import STATUS_OF
from octavo_server.rpc.server import RpcServer
from tests.integration.error_scene import Stubs, chunk, fill_uploads, whole
from tests.integration.pages import refusal
from tests.servers import ServerProcess

Code = grpc.StatusCode
KEY, OTHER_KEY = "key-of-acme-123456", "key-of-other-123456"

SETTINGS = {"idle": {"OCTAVO_QUEUE_JOBS_MAX": "1", "OCTAVO_WATCHERS_MAX": "1"}}


def bearer(key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {key}"),)


class Scene:
    """`busy` works, `idle` has no workers and room for little, `guarded` asks for a key, `stopping` is draining."""

    def __init__(self, servers: list[ServerProcess]) -> None:
        self.servers = servers
        self.busy, self.idle, self.guarded, self.stopping = (Stubs(server.address) for server in self.servers)
        for stubs in (self.busy, self.idle, self.stopping):
            stubs.make("p", "parser")
        self.busy.make("k", "keyword-db")
        self.done = self.busy.done("/done.txt", idempotency_key="key")
        self.failed = self.busy.done("/failed.txt", b"\0" * 500)
        self.indexed = self.busy.done("/indexed.txt", pipeline="k")
        self.expired = self.busy.expired()
        self.deleted = self.busy.done("/deleted.txt")
        self.busy.files.DeleteFile(files.DeleteFileRequest(file_id=self.deleted.file_id))
        self.busy.files.UploadFile(iter([chunk("half", b"12345")]))
        self.busy.files.UploadFile(whole("whole", b"12345"))
        self.pending = self.idle.submit("/pending.txt")
        self.watch = self.idle.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[self.pending.request_id]))
        next(self.watch)
        self.idle.files.UploadFile(iter([chunk("one", b"1")]))
        fill_uploads(servers[1].data_dir)
        self.guarded.make("p", "parser", metadata=bearer(KEY))
        self.theirs = self.guarded.submit("/theirs.txt", metadata=bearer(KEY))
        waiting = self.stopping.submit("/waiting.txt")
        self.last_watch = self.stopping.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[waiting.request_id]))
        next(self.last_watch)

    def stop(self) -> Any:
        self.servers[-1].signal(signal.SIGTERM)
        return self.last_watch


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("servers")
    keys = folder / "keys"
    keys.write_text(f"acme {KEY}\nother {OTHER_KEY}\n")
    with ExitStack() as running:
        scene = Scene(
            [
                running.enter_context(ServerProcess(folder / name, *arguments, environment=SETTINGS.get(name)))
                for name, arguments in (
                    ("busy", ("--workers", "1")),
                    ("idle", ("--workers", "0")),
                    ("guarded", ("--workers", "0", "--api-keys-file", str(keys))),
                    ("stopping", ("--workers", "0")),
                )
            ]
        )
        yield scene
        scene.watch.cancel()
        for stubs in (scene.busy, scene.idle, scene.guarded, scene.stopping):
            stubs.channel.close()


def options(key: str = "parser", model: str = "", **params: object) -> dict[str, pb.ModuleOptions]:
    struct = Struct()
    struct.update(params)  # type: ignore[arg-type]
    return {key: pb.ModuleOptions(model=model, params=struct)}


def fetch(stubs: Stubs, **fields: Any) -> Any:
    return stubs.processing.FetchOutput(pb.FetchOutputRequest(**fields))


def status(stubs: Stubs, request_id: str, **call: Any) -> Any:
    return stubs.processing.ProcessStatus(pb.ProcessStatusRequest(request_id=request_id), **call)


@dataclass(frozen=True)
class Case:
    """A row: what is done, and what it is answered."""

    name: str
    call: Callable[[Scene], Any]
    code: Code
    reason: str
    detail: Message | None = None
    """Fields that are empty here may be anything."""
    trailing: tuple[str, str] | None = None
    says: str = ""
    """Part of its sentence."""

    def __str__(self) -> str:
        return self.name


def invalid(name: str, call: Callable[[Scene], Any], field: str, reason: str = "INVALID_FIELD", says: str = "") -> Case:
    violation = details.BadRequest.FieldViolation(field=field, description=says)
    return Case(name, call, Code.INVALID_ARGUMENT, reason, details.BadRequest(field_violations=[violation]))


def missing(name: str, call: Callable[[Scene], Any], kind: str) -> Case:
    return Case(name, call, Code.NOT_FOUND, f"{kind.upper()}_NOT_FOUND", details.ResourceInfo(resource_type=kind))


def taken(name: str, call: Callable[[Scene], Any], reason: str, kind: str) -> Case:
    return Case(name, call, Code.ALREADY_EXISTS, reason, details.ResourceInfo(resource_type=kind))


def early(name: str, call: Callable[[Scene], Any], reason: str, subject: str = "") -> Case:
    violation = details.PreconditionFailure.Violation(type=reason, subject=subject)
    return Case(name, call, Code.FAILED_PRECONDITION, reason, details.PreconditionFailure(violations=[violation]))


def full(name: str, call: Callable[[Scene], Any], reason: str, says: str = "") -> Case:
    return Case(name, call, Code.RESOURCE_EXHAUSTED, reason, details.RetryInfo(), says=says)


CASES = (
    invalid("a field breaks a rule", lambda scene: scene.busy.submit("no-slash.txt"), "symbolic_file_path"),
    invalid("an unknown module", lambda scene: scene.busy.make("x", "nope"), "module_chain[0]", says="keyword-db"),
    invalid("modules that don't fit", lambda scene: scene.busy.make("x", "parser", "parser"), "module_chain[1]"),
    invalid("an unknown module in options", lambda s: s.busy.submit("/x.txt", modules=options("x")), "modules.x"),
    invalid(
        "an unknown model",
        lambda s: s.busy.submit("/x.txt", modules=options(model="x")),
        "modules.parser.model",
        says="sentence",
    ),
    invalid("an unknown param", lambda s: s.busy.submit("/x.txt", modules=options(x=1)), "modules.parser.params.x"),
    invalid(
        "a file type the chain can't take",
        lambda scene: scene.busy.submit("/x.exe"),
        "file_name",
        "UNSUPPORTED_FILE_TYPE",
        says=".pdf",
    ),
    invalid(
        "over a fixed size limit",
        lambda scene: scene.busy.submit("/x.txt", b"x" * (2 * 1024 * 1024 + 1)),
        "content",
    ),
    invalid(
        "a query breaks a rule",
        lambda s: s.busy.files.ListFiles(files.ListFilesRequest(pipeline="p", query=files.FileQuery(file_names=["*"]))),
        "query.file_names[0]",
    ),
    invalid(
        "a listing of no pipeline", lambda s: s.busy.files.ListFiles(files.ListFilesRequest()), "pipeline", says="name"
    ),
    invalid("a tree of no pipeline", lambda s: s.busy.files.ShowTree(files.ShowTreeRequest()), "pipeline"),
    invalid(
        "a search of no pipeline",
        lambda s: s.busy.search.KeywordSearch(search.KeywordSearchRequest(query="xy")),
        "pipeline",
    ),
    invalid("no pipeline to get", lambda s: s.busy.pipelines.GetPipeline(pipelines.GetPipelineRequest()), "name"),
    invalid("no pipeline to empty", lambda s: s.busy.pipelines.ResetPipeline(pipelines.ResetPipelineRequest()), "name"),
    invalid(
        "no pipeline to delete", lambda s: s.busy.pipelines.DeletePipeline(pipelines.DeletePipelineRequest()), "name"
    ),
    invalid(
        "nothing to watch",
        lambda s: s.busy.processing.StatusWatch(pb.StatusWatchRequest()),
        "request_ids",
        says="pipeline",
    ),
    invalid(
        "a token of another life",
        lambda s: s.busy.processing.StatusWatch(
            pb.StatusWatchRequest(request_ids=[s.done.request_id], resume_token="r1.999999")
        ),
        "resume_token",
        "RESUME_TOKEN_UNKNOWN",
        says="without it",
    ),
    invalid(
        "a token of another life of a pipeline",
        lambda s: s.busy.processing.StatusWatch(pb.StatusWatchRequest(pipeline="p", resume_token="r1.999999")),
        "resume_token",
        "RESUME_TOKEN_UNKNOWN",
        says="without it",
    ),
    invalid(
        "a token of another query",
        lambda s: s.busy.processing.ListProcesses(pb.ListProcessesRequest(page_token="x")),
        "page_token",
    ),
    invalid(
        "nothing to change",
        lambda s: s.busy.files.UpdateFile(files.UpdateFileRequest(file_id=s.done.file_id)),
        "update_mask",
        says="file_tags",
    ),
    missing("an unknown job", lambda scene: status(scene.busy, "none"), "job"),
    missing("an expired job", lambda scene: status(scene.busy, scene.expired.request_id), "job"),
    missing("a deleted job", lambda scene: status(scene.busy, scene.deleted.request_id), "job"),
    missing(
        "another tenant's job",
        lambda scene: status(scene.guarded, scene.theirs.request_id, metadata=bearer(OTHER_KEY)),
        "job",
    ),
    missing("a deleted file", lambda s: s.busy.files.GetFile(files.GetFileRequest(file_id=s.deleted.file_id)), "file"),
    missing("the output of an expired file", lambda s: fetch(s.busy, file_id=s.expired.file_id), "file"),
    missing("an unknown pipeline", lambda scene: scene.busy.submit("/x.txt", pipeline="none"), "pipeline"),
    missing(
        "an unknown pipeline to search",
        lambda s: s.busy.search.KeywordSearch(search.KeywordSearchRequest(pipeline="none", query="xy")),
        "pipeline",
    ),
    missing("an unknown upload", lambda s: s.busy.files.GetUpload(files.GetUploadRequest(upload_id="none")), "upload"),
    taken("a path is taken", lambda scene: scene.busy.submit("/done.txt"), "PATH_TAKEN", "file"),
    taken(
        "a path is taken by an update",
        lambda s: s.busy.files.UpdateFile(
            files.UpdateFileRequest(file_id=s.failed.file_id, symbolic_file_path="/done.txt")
        ),
        "PATH_TAKEN",
        "file",
    ),
    taken("a name with another chain", lambda s: s.busy.make("p", "extract"), "PIPELINE_NAME_TAKEN", "pipeline"),
    taken(
        "an idempotency key with another request",
        lambda scene: scene.busy.submit("/other.txt", idempotency_key="key"),
        "IDEMPOTENCY_KEY_REUSED",
        "",
    ),
    early("an output that is not ready", lambda s: fetch(s.idle, request_id=s.pending.request_id), "OUTPUT_NOT_READY"),
    early("an output that will never be", lambda s: fetch(s.busy, request_id=s.failed.request_id), "NO_OUTPUT"),
    early(
        "cancel after the end",
        lambda s: s.busy.processing.CancelProcess(pb.CancelProcessRequest(request_id=s.done.request_id)),
        "JOB_ENDED",
    ),
    early(
        "retry of a job that did not fail",
        lambda s: s.busy.processing.RetryProcess(pb.RetryProcessRequest(request_id=s.done.request_id)),
        "JOB_NOT_FAILED",
    ),
    early(
        "snippets of what is no list of them",
        lambda s: s.busy.processing.ListSnippets(pb.ListSnippetsRequest(request_id=s.indexed.request_id)),
        "NO_SNIPPETS",
    ),
    early(
        "a search without an index",
        lambda s: s.busy.search.KeywordSearch(search.KeywordSearchRequest(pipeline="p", query="xy")),
        "NO_KEYWORD_INDEX",
        "pipelines/p",
    ),
    early(
        "deleting a pipeline that holds files",
        lambda s: s.busy.pipelines.DeletePipeline(pipelines.DeletePipelineRequest(name="p")),
        "PIPELINE_NOT_EMPTY",
    ),
    early(
        "an upload that is not complete",
        lambda s: s.busy.processing.Process(pb.ProcessRequest(pipeline="p", upload_id="half", file_name="x.txt")),
        "UPLOAD_INCOMPLETE",
    ),
    early(
        "more for a complete upload",
        lambda s: s.busy.files.UploadFile(iter([chunk("whole", b"6", offset=5)])),
        "UPLOAD_COMPLETE",
    ),
    Case(
        "an upload's offset is not the committed size",
        lambda s: s.busy.files.UploadFile(iter([chunk("half", b"9", offset=9)])),
        Code.OUT_OF_RANGE,
        "UPLOAD_OFFSET",
        trailing=("octavo-committed-size", "5"),
    ),
    Case(
        "a read past the end",
        lambda s: fetch(s.busy, request_id=s.done.request_id, read_offset=10_000),
        Code.OUT_OF_RANGE,
        "READ_OFFSET",
    ),
    Case(
        "a digest does not match",
        lambda s: s.busy.files.UploadFile(iter([chunk("bent", b"1", crc32c=1)])),
        Code.DATA_LOSS,
        "DIGEST_MISMATCH",
    ),
    full("the queue is full", lambda scene: scene.idle.submit("/more.txt"), "QUEUE_FULL"),
    full(
        "too many watches",
        lambda s: s.idle.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[s.pending.request_id])),
        "WATCHERS_FULL",
    ),
    full(
        "a long poll beside too many watches",
        lambda s: s.idle.processing.ProcessStatus(
            pb.ProcessStatusRequest(request_id=s.pending.request_id, wait=Duration(seconds=1))
        ),
        "WATCHERS_FULL",
        says="without `wait`",
    ),
    full(
        "too many watches of pipelines",
        lambda s: s.idle.processing.StatusWatch(pb.StatusWatchRequest(pipeline="p")),
        "WATCHERS_FULL",
    ),
    Case(
        "a tenant's quota",
        lambda s: s.idle.files.UploadFile(iter([chunk("one-more", b"1")])),
        Code.RESOURCE_EXHAUSTED,
        "UPLOADS_FULL",
        details.QuotaFailure(violations=[details.QuotaFailure.Violation(subject="uploads")]),
    ),
    Case("the server stops", lambda scene: scene.stop(), Code.UNAVAILABLE, "SERVER_STOPPING", details.RetryInfo()),
    Case("no credential", lambda s: status(s.guarded, "x"), Code.UNAUTHENTICATED, "UNAUTHENTICATED"),
    Case(
        "a wrong credential",
        lambda scene: status(scene.guarded, "x", metadata=bearer("wrong")),
        Code.UNAUTHENTICATED,
        "UNAUTHENTICATED",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_refused_call_tells_code_reason_and_detail(scene: Scene, case: Case) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        drain(case.call(scene))
    refused: Any = caught.value
    told = rpc_status.from_call(refused)
    assert told is not None, refused
    info, *more = told.details
    expected = details.ErrorInfo()
    assert info.Unpack(expected)
    assert (refused.code(), expected.reason, expected.domain) == (case.code, case.reason, "octavo")
    assert told.message == refused.details()
    assert case.says in told.message
    trailing = dict(refused.trailing_metadata())
    assert trailing["octavo-call-id"]
    if case.trailing:
        assert trailing[case.trailing[0]] == case.trailing[1]
    if case.detail is None:
        assert not more
        return
    detail = type(case.detail)()
    assert more[0].Unpack(detail), more
    check_detail(detail, case.detail)


def drain(reply: Any) -> None:
    """Read a stream to its end; other replies are there already."""
    if hasattr(reply, "__next__"):
        for _ in reply:
            pass


def check_detail(told: Any, expected: Any) -> None:
    """Whatever must not be empty is not, and what is expected is there."""
    match told:
        case details.BadRequest():
            [violation], [wanted] = told.field_violations, expected.field_violations
            assert violation.field == wanted.field
            assert violation.description
            assert wanted.description in violation.description
        case details.ResourceInfo():
            assert told.resource_type
            assert told.resource_name
            assert expected.resource_type in ("", told.resource_type)
        case details.PreconditionFailure():
            [violation], [wanted] = told.violations, expected.violations
            assert violation.type == wanted.type
            assert violation.description
            assert violation.subject
            assert wanted.subject in ("", violation.subject)
        case details.QuotaFailure():
            [violation] = told.violations
            assert violation.subject == expected.violations[0].subject
            assert violation.description
        case details.RetryInfo():
            assert told.retry_delay.ToMilliseconds() > 0
        case _:
            raise AssertionError(told)


class Broken(PipelineServiceServicer):
    """Meets something unforeseen."""

    async def ListModules(self, request: pipelines.ListModulesRequest, context: object) -> Any:
        raise ZeroDivisionError("a secret")


async def test_anything_unforeseen_is_internal_and_never_shown() -> None:
    server = RpcServer(
        processing=ProcessingServiceServicer(),  # type: ignore[arg-type]  # nobody calls it
        files=FileServiceServicer(),  # type: ignore[arg-type]  # nor this
        pipelines=Broken(),  # type: ignore[arg-type]  # it breaks
        search=SearchServiceServicer(),  # type: ignore[arg-type]  # nor this
        api_keys=None,
    )
    port = server.bind("127.0.0.1", 0)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        refused = await refusal(PipelineServiceStub(channel).ListModules(pipelines.ListModulesRequest()))
    await server.stop(0)
    assert (refused.code, refused.reason, refused.domain) == (Code.INTERNAL, "INTERNAL", "octavo")
    assert refused.details == {}
    assert refused.error.details() == "internal error"


def test_every_class_of_error_has_a_case() -> None:
    told = {(case.code, None if case.detail is None else type(case.detail)) for case in CASES}
    samples = (
        errors.InvalidArgumentError("f", "d"),
        errors.NotFoundError("t", "n"),
        errors.AlreadyExistsError("t", "n", "d", reason="R"),
        errors.FailedPreconditionError("s", "d", reason="R"),
        errors.UploadOffsetError(1, 0),
        errors.ReadOffsetError(1, 0),
        errors.DigestMismatchError("d"),
        errors.ResourceExhaustedError("d", reason="R", retry_seconds=1),
        errors.QuotaExceededError("s", "d", reason="R"),
        errors.UnavailableError("d"),
        errors.UnauthenticatedError("d"),
    )
    assert {type(sample) for sample in samples} == set(errors.OctavoError.__subclasses__())
    for sample in samples:
        row = STATUS_OF[type(sample)]
        detail = row.detail(sample)
        assert (row.code, None if detail is None else type(detail)) in told, sample
