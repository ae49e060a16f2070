"""Who may call, from where, and what tools find out by themselves."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

import octavo
from octavo.v1.pipeline_service_pb2 import ListModulesRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from tests.servers import ServerProcess, clean_environment

KEY = "a-key-of-some-length"
OTHER_KEY = "another-key-of-some-length"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that asks for an API key."""
    keys = tmp_path / "keys"
    keys.write_text(f"# who   key\nacme {KEY}\nother {OTHER_KEY}\n")
    with ServerProcess(tmp_path / "data", "--api-keys-file", str(keys)) as server:
        yield server


def list_modules(address: str, *metadata: tuple[str, str]) -> dict[str, str | bytes]:
    with grpc.insecure_channel(address) as channel:
        _, call = PipelineServiceStub(channel).ListModules.with_call(ListModulesRequest(), metadata=metadata)
        return dict(call.trailing_metadata())


def test_a_call_without_the_right_key_is_unauthenticated(guarded: ServerProcess) -> None:
    for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", KEY),)):
        with pytest.raises(grpc.RpcError) as caught:
            list_modules(guarded.address, *metadata)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_a_call_with_the_right_key_is_told_that_it_was_checked(guarded: ServerProcess) -> None:
    trailing = list_modules(guarded.address, ("authorization", f"Bearer {KEY}"))
    assert trailing["octavo-auth"] == "api-key"
    assert trailing["octavo-call-id"]


async def test_a_key_never_shows_in_the_log(guarded: ServerProcess) -> None:
    async with octavo.Client(guarded.address, api_key=KEY) as client:
        await client.create_pipeline("p", ["parser"])
        job = await client.process("p", b"One.", source_file_name="a.txt")
        assert [status async for status in client.watch(job.request_id)]
    await asyncio.to_thread(guarded.terminate)
    log = guarded.log.read_text()
    assert job.request_id in log
    assert KEY not in log


async def test_tenants_do_not_see_each_others_jobs(guarded: ServerProcess) -> None:
    async with octavo.Client(guarded.address, api_key=KEY) as client:
        await client.create_pipeline("p", ["parser"])
        job = await client.process("p", b"One.", source_file_name="a.txt")
    async with octavo.Client(guarded.address, api_key=OTHER_KEY) as other:
        assert await other.list_pipelines() == []
        for call in (other.process_status, other.cancel, other.fetch_output):
            with pytest.raises(octavo.NotFoundError):
                await call(job.request_id)


def test_health_needs_no_key_and_knows_every_service(guarded: ServerProcess) -> None:
    with grpc.insecure_channel(guarded.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for service in ("", "octavo.v1.ProcessingService", "octavo.v1.FileService", "octavo.v1.PipelineService"):
            reply = health.Check(health_pb2.HealthCheckRequest(service=service))
            assert reply.status == health_pb2.HealthCheckResponse.SERVING


def test_a_server_without_keys_says_so(server: ServerProcess) -> None:
    assert list_modules(server.address)["octavo-auth"] == "none"


def test_reflection_names_every_service_and_its_messages(server: ServerProcess) -> None:
    with grpc.insecure_channel(server.address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert {
            "octavo.v1.ProcessingService",
            "octavo.v1.FileService",
            "octavo.v1.PipelineService",
            "grpc.health.v1.Health",
        } <= set(database.get_services())
        assert database.FindFileContainingSymbol("octavo.v1.ProcessRequest").package == "octavo.v1"


def refused_start(*arguments: str, **environment: str) -> str:
    """What a server says that does not start."""
    process = subprocess.run(
        [*ServerProcess(Path("unused")).command()[:4], *arguments],
        env={**clean_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert process.returncode == 2
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    return process.stderr


def test_other_machines_are_not_served_without_keys_unless_asked_to(tmp_path: Path) -> None:
    said = refused_start("--listen", "0.0.0.0:0", "--data-dir", str(tmp_path))
    assert "--insecure" in said
    assert "--api-keys-file" in said
    with ServerProcess(tmp_path / "data", "--insecure") as server:
        server.kill()
        server.address = "0.0.0.0:0"
        server.start()
        assert "serving everybody" in server.log.read_text()


def test_a_second_server_on_the_same_data_is_refused(server: ServerProcess) -> None:
    said = refused_start("--listen", "127.0.0.1:0", "--data-dir", str(server.data_dir))
    assert str(server.data_dir) in said


def test_a_port_in_use_is_told(server: ServerProcess, tmp_path: Path) -> None:
    said = refused_start("--listen", server.address, "--data-dir", str(tmp_path / "other"))
    assert "--listen" in said


@pytest.mark.parametrize(
    ("arguments", "environment", "name"),
    [
        (("--listen", "here"), {}, "--listen"),
        (("--workers", "-1"), {}, "--workers"),
        ((), {"OCTAVO_MODULE_SECONDS_MAX": "soon"}, "OCTAVO_MODULE_SECONDS_MAX"),
        ((), {"OCTAVO_TYPO": "1"}, "OCTAVO_TYPO"),
        (("--api-keys-file", "/nowhere"), {}, "/nowhere"),
    ],
)
def test_a_bad_setting_is_named(
    arguments: tuple[str, ...], environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    assert name in refused_start("--data-dir", str(tmp_path), *arguments, **environment)
