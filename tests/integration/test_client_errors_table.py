"""The table of errors as the SDK's callers meet it: one row a condition, through a real server where one can be had."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2

import octavo
from tests.integration.scripted_server import CALL_ID, ScriptedServer
from tests.servers import ServerProcess

MIB = 1024 * 1024
TEXT = b"It was a bright cold day in April. The clocks were striking thirteen."
KEY, OTHER_KEY = "key-of-acme-0123456789abcdef", "key-of-umbrella-0123456789ab"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class World:
    """What the calls of the table find: a job that succeeded, one that waits for its output for ever."""

    client: octavo.Client
    done: octavo.Job

    def submit(self, **arguments: Any) -> Awaitable[octavo.Job]:
        return self.client.process("p", TEXT, **{"source_file_name": "a.txt", **arguments})


@dataclass(frozen=True)
class Row:
    """A condition, a call that meets it, and what the caller is told."""

    condition: str
    call: Callable[[World], Awaitable[object]]
    kind: type[octavo.OctavoError]
    reason: str
    told: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.condition.replace(" ", "-")


async def first(items: Any) -> object:
    async with aclosing(items) as stream:
        return await anext(stream)


async def a_pipeline_with_files_gets_another_chain(world: World) -> None:
    await world.client.create_pipeline("p", ["json-to-txt"])


async def a_known_key_comes_with_another_body(world: World) -> None:
    await world.submit(idempotency_key="known", file_description="one")
    await world.submit(idempotency_key="known", file_description="two")


async def a_path_is_taken_by_another_file(world: World) -> None:
    other = await world.submit(file_name="other.txt", symbolic_directory_path="/o", idempotency_key="other")
    await world.client.update_file(other.file_id, symbolic_file_path="/d/done.txt")


async def a_large_text(world: World) -> None:
    await world.client.process("p", b"x" * (2 * MIB + 1), source_file_name="a.txt")


def invalid(condition: str, field_name: str, call: Callable[[World], Awaitable[object]], reason="INVALID_FIELD") -> Row:
    return Row(condition, call, octavo.InvalidArgumentError, reason, {"field": field_name})


def missing(condition: str, kind: str, call: Callable[[World], Awaitable[object]]) -> Row:
    return Row(condition, call, octavo.NotFoundError, f"{kind.upper()}_NOT_FOUND", {"resource_type": kind})


def blocked(condition: str, reason: str, call: Callable[[World], Awaitable[object]]) -> Row:
    return Row(condition, call, octavo.FailedPreconditionError, reason)


ROWS = (
    invalid("a field breaks its rule", "file_name", lambda w: w.submit(file_name="a/b.txt")),
    invalid("a tag breaks its rule", "file_tags[0].key", lambda w: w.submit(file_tags=[("?", "x")])),
    invalid("an unknown module", "module_chain[0]", lambda w: w.client.create_pipeline("x", ["nothing"])),
    invalid("modules that do not fit", "module_chain[1]", lambda w: w.client.create_pipeline("x", ["parser"] * 2)),
    invalid("an unknown model", "modules.parser.model", lambda w: w.submit(modules={"parser": {"model": "x"}})),
    invalid(
        "an unknown param",
        "modules.parser.params.x",
        lambda w: w.submit(modules={"parser": {"model": "fixed", "params": {"x": 1}}}),
    ),
    invalid(
        "a file type the chain can not take",
        "file_name",
        lambda w: w.submit(source_file_name="a.mp4"),
        "UNSUPPORTED_FILE_TYPE",
    ),
    invalid("over a fixed size limit", "content", a_large_text, "DOCUMENT_TOO_LARGE"),
    invalid(
        "a term breaks its rule",
        "query.file_names[0]",
        lambda w: w.client.list_files("p", octavo.FileQuery(file_names=("*",))),
    ),
    invalid("a directory breaks its rule", "symbolic_directory_path", lambda w: w.client.show_tree("p", "a")),
    invalid("a query that is too short", "query", lambda w: w.client.keyword_search("k", "x")),
    invalid("a wait that is too long", "wait", lambda w: w.client.process_status(w.done.request_id, wait_seconds=61)),
    invalid(
        "a change that breaks its rule",
        "file_name",
        lambda w: w.client.update_file(w.done.file_id, file_name="done.pdf"),
    ),
    missing("an unknown job", "job", lambda w: w.client.process_status(UNKNOWN)),
    missing("a watch of an unknown job", "job", lambda w: first(w.client.watch(UNKNOWN))),
    missing("a retry of an unknown job", "job", lambda w: w.client.retry(UNKNOWN)),
    missing("snippets of an unknown job", "job", lambda w: first(w.client.snippets(UNKNOWN))),
    missing("an unknown file", "file", lambda w: w.client.get_file(UNKNOWN)),
    missing("an output of an unknown file", "file", lambda w: w.client.fetch_output(file_id=UNKNOWN)),
    missing("a change of an unknown file", "file", lambda w: w.client.update_file(UNKNOWN, expire_seconds=60)),
    missing("a deletion of an unknown file", "file", lambda w: w.client.delete_file(UNKNOWN)),
    missing("a file of another pipeline", "file", lambda w: w.client.get_file(w.done.file_id, pipeline="k")),
    missing("an unknown pipeline", "pipeline", lambda w: w.client.get_pipeline("nobody")),
    missing("files of an unknown pipeline", "pipeline", lambda w: first(w.client.files("nobody"))),
    missing("a tree of an unknown pipeline", "pipeline", lambda w: w.client.show_tree("nobody")),
    missing("a search in an unknown pipeline", "pipeline", lambda w: w.client.keyword_search("nobody", "clocks")),
    missing("a watch of an unknown pipeline", "pipeline", lambda w: first(w.client.watch_pipeline("nobody"))),
    missing("a deletion of an unknown pipeline", "pipeline", lambda w: w.client.delete_pipeline("nobody")),
    Row(
        "a path is taken",
        lambda w: w.submit(symbolic_file_path="/d/done.txt", source_file_name="done.txt"),
        octavo.AlreadyExistsError,
        "PATH_TAKEN",
    ),
    Row("a file is moved to a taken path", a_path_is_taken_by_another_file, octavo.AlreadyExistsError, "PATH_TAKEN"),
    Row(
        "a pipeline name is taken by another chain",
        a_pipeline_with_files_gets_another_chain,
        octavo.AlreadyExistsError,
        "PIPELINE_NAME_TAKEN",
    ),
    Row(
        "an idempotency key is used with another body",
        a_known_key_comes_with_another_body,
        octavo.AlreadyExistsError,
        "IDEMPOTENCY_KEY_REUSED",
    ),
    blocked("a cancel after the end", "JOB_ENDED", lambda w: w.client.cancel(w.done.request_id)),
    blocked("a retry of a job that did not fail", "JOB_NOT_FAILED", lambda w: w.client.retry(w.done.request_id)),
    blocked("a pipeline that holds files", "PIPELINE_NOT_EMPTY", lambda w: w.client.delete_pipeline("p")),
    blocked("a search without an index", "NO_KEYWORD_INDEX", lambda w: w.client.keyword_search("p", "clocks")),
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A real server of two tenants."""
    folder = tmp_path_factory.mktemp("errors")
    keys = folder / "keys"
    keys.write_text(f"acme {KEY}\numbrella {OTHER_KEY}\n")
    keys.chmod(0o600)
    with ServerProcess(folder / "data", "--workers", "1", "--api-keys-file", str(keys)) as server:
        yield server


async def settled(client: octavo.Client) -> World:
    await client.create_pipeline("p", ["parser"])
    await client.create_pipeline("k", ["parser", "json-to-txt", "keyword-db"])
    done = await client.process(
        "p", TEXT, symbolic_file_path="/d/done.txt", source_file_name="done.txt", idempotency_key="done"
    )
    *_, final = [status async for status in client.watch(done.request_id)]
    assert final.state is octavo.JobState.SUCCEEDED
    return World(client, done)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_a_condition_of_a_real_server_is_told_as_its_exception(real: ServerProcess, row: Row) -> None:
    async with octavo.Client(real.address, api_key=KEY) as client:
        world = await settled(client)
        with pytest.raises(row.kind) as caught:
            await row.call(world)

    error = caught.value
    assert type(error) is row.kind
    assert error.reason == row.reason
    assert {name: getattr(error, name) for name in row.told} == row.told
    assert error.call_id
    assert str(error)
    assert not isinstance(error, octavo.FailedPreconditionError) or error.details.subject


async def test_what_belongs_to_another_tenant_is_not_there(real: ServerProcess) -> None:
    async with octavo.Client(real.address, api_key=KEY) as client:
        world = await settled(client)
    async with octavo.Client(real.address, api_key=OTHER_KEY) as stranger:
        for call in (
            stranger.process_status(world.done.request_id),
            stranger.get_file(world.done.file_id),
            stranger.delete_file(world.done.file_id),
            stranger.fetch_output(file_id=world.done.file_id),
            stranger.retry(world.done.request_id),
            stranger.list_files("p"),
        ):
            with pytest.raises(octavo.NotFoundError):
                await call
        assert [status async for status in stranger.processes()] == []


@pytest.mark.parametrize("api_key", [None, "wrong"])
async def test_no_or_a_wrong_credential_is_told(real: ServerProcess, api_key: str | None) -> None:
    async with octavo.Client(real.address, api_key=api_key) as client:
        for call in (client.show_tree("p"), client.keyword_search("p", "clocks"), client.retry(UNKNOWN)):
            with pytest.raises(octavo.UnauthenticatedError) as caught:
                await call
            assert caught.value.reason == "UNAUTHENTICATED"


async def test_what_is_full_says_when_to_come_back(tmp_path: Path) -> None:
    environment = {"OCTAVO_QUEUE_JOBS_MAX": "1", "OCTAVO_WATCHERS_MAX": "1"}
    with ServerProcess(tmp_path / "data", "--workers", "0", environment=environment) as server:
        async with octavo.Client(server.address) as client, aclosing(client.watch_pipeline("p")) as stream:
            await client.create_pipeline("p", ["parser"])
            job = await client.process("p", TEXT, source_file_name="a.txt")
            await anext(stream)
            with pytest.raises(octavo.ResourceExhaustedError) as queue:
                await client.process("p", TEXT, source_file_name="a.txt")
            with pytest.raises(octavo.ResourceExhaustedError) as watchers:
                await first(client.watch_pipeline("p"))
            with pytest.raises(octavo.FailedPreconditionError) as early:
                await client.fetch_output(job.request_id)
            with pytest.raises(octavo.FailedPreconditionError):
                await first(client.snippets(job.request_id))

    assert (queue.value.reason, watchers.value.reason) == ("QUEUE_FULL", "WATCHERS_FULL")
    assert queue.value.retry_seconds
    assert watchers.value.retry_seconds
    assert (early.value.reason, bool(early.value.details.subject)) == ("OUTPUT_NOT_READY", True)


def retry_info() -> error_details_pb2.RetryInfo:
    delay = Duration()
    delay.FromMilliseconds(100)
    return error_details_pb2.RetryInfo(retry_delay=delay)


def quota_failure() -> error_details_pb2.QuotaFailure:
    violation = error_details_pb2.QuotaFailure.Violation(subject="tenant:acme", description="1 GB is used up")
    return error_details_pb2.QuotaFailure(violations=[violation])


CALL_OF: dict[str, Callable[[octavo.Client], Awaitable[object]]] = {
    "Process": lambda client: client.process("p", TEXT, source_file_name="a.txt"),
    "UploadFile": lambda client: client.process("p", b"x" * (3 * MIB), source_file_name="a.pdf"),
    "FetchOutput": lambda client: client.fetch_output("a"),
}


@pytest.mark.parametrize(
    ("method", "refusal", "kind", "told"),
    [
        (
            "Process",
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "1 GB is used up", "QUOTA_EXCEEDED", quota_failure()),
            octavo.ResourceExhaustedError,
            {"retry_seconds": None},
        ),
        (
            "Process",
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "the disk is full", "DISK_FULL", retry_info()),
            octavo.ResourceExhaustedError,
            {"retry_seconds": 0.1},
        ),
        (
            "Process",
            (grpc.StatusCode.UNAVAILABLE, "the server is stopping", "SERVER_STOPPING", retry_info()),
            octavo.UnavailableError,
            {"target": ""},
        ),
        (
            "Process",
            (grpc.StatusCode.UNAVAILABLE, "no database", "STORAGE_FAILED", retry_info()),
            octavo.UnavailableError,
            {"target": ""},
        ),
        ("Process", (grpc.StatusCode.PERMISSION_DENIED, "not allowed", "DENIED"), octavo.PermissionDeniedError, {}),
        ("Process", (grpc.StatusCode.INTERNAL, "internal error", "INTERNAL"), octavo.ServerError, {}),
        ("FetchOutput", (grpc.StatusCode.OUT_OF_RANGE, "past the end", "READ_OFFSET"), octavo.OutOfRangeError, {}),
        ("UploadFile", (grpc.StatusCode.OUT_OF_RANGE, "not there", "UPLOAD_OFFSET"), octavo.OutOfRangeError, {}),
        ("UploadFile", (grpc.StatusCode.DATA_LOSS, "damaged", "DIGEST_MISMATCH"), octavo.DataLossError, {}),
    ],
    ids=lambda value: value[2] if isinstance(value, tuple) else None,
)
async def test_a_condition_no_test_can_bring_about_is_told_as_its_exception(
    method: str, refusal: tuple, kind: type[octavo.OctavoError], told: dict[str, object]
) -> None:
    patience = octavo.Patience(first_contact_seconds_max=0.2, unavailable_seconds_max=0.2)
    async with ScriptedServer() as server, octavo.Client(server.address, patience=patience) as client:
        server.refusals[method] = refusal
        with pytest.raises(kind) as caught:
            await CALL_OF[method](client)

    error = caught.value
    assert (type(error), error.reason, error.call_id) == (kind, refusal[2], CALL_ID)
    assert {name: getattr(error, name) for name in told} == told
    if refusal[2] == "QUOTA_EXCEEDED":
        assert error.details.subject == "tenant:acme"
