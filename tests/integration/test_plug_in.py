"""A server with the sample plug-in, and servers with broken ones."""

import json
import os
import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct

from octavo.v1.job_pb2 import OverallStatus
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest, ListModulesRequest
from octavo.v1.processing_service_pb2 import FetchOutputRequest, ModuleOptions, ProcessRequest, StatusWatchRequest
from octavo_server.domain.jobs import ModuleRun
from octavo_server.modules.plug_ins import find_plug_ins
from octavo_server.ports.runner import Succeeded, Task
from octavo_server.worker.limits import ChildLimits, missing_protections
from octavo_server.worker.process import Child
from octavo_server.worker.receiver import ChildEndedError
from octavo_server.worker.registry import Registry
from octavo_server.worker.sandbox import Sandbox
from tests.integration.conftest import Caller
from tests.plug_ins import install_sample, write_plug_in
from tests.servers import STOP_SECONDS_MAX, ServerProcess, clean_environment

CHAIN = ["parser", "json-to-txt", "word-count"]


READER = """
import json
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.modules.base import Output

class Mine:
    spec = ModuleSpec(name="mine", description="Mine.", input_format=Format.TEXT, output_format=Format.TEXT,
                      extensions=(), models=(ModelSpec(name="only", description="The only one."),))

    def run(self, given, report):
        from beside_it import WORD
        try:
            secret = open(given.document.data[:].decode()).read()
        except PermissionError:
            secret = "PermissionError"
        return Output(data=json.dumps([open(__file__).read(), WORD, secret]).encode(), media_type="text/plain")

    def warm_ups(self):
        return iter(())
"""


def environment(folder: Path) -> dict[str, str]:
    """Makes a server see what is installed in `folder`."""
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


async def test_the_sample_plug_in_ends_a_chain(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    install_sample(packages, workspace=tmp_path)
    with ServerProcess(tmp_path / "data", "--workers", "1", environment=environment(packages)) as server:
        async with grpc.aio.insecure_channel(server.address) as channel:
            caller = Caller(channel)
            await caller.pipelines.CreatePipeline(CreatePipelineRequest(name="p", module_chain=CHAIN))
            modules = (await caller.pipelines.ListModules(ListModulesRequest())).modules
            content = b"The kettle sang. Kettle, kettle! Until noon."
            options = {"word-count": ModuleOptions(params=struct(words_max=2))}
            job = await caller.processing.Process(
                ProcessRequest(pipeline="p", content=content, file_name="a.txt", modules=options)
            )
            statuses = caller.processing.StatusWatch(StatusWatchRequest(request_ids=[job.request_id]))
            last = [message.status async for message in statuses if message.HasField("status")][-1]
            parts = caller.processing.FetchOutput(FetchOutputRequest(request_id=job.request_id))
            output = b"".join([part.chunk async for part in parts])

    assert {"parser", "word-count"} <= {module.name for module in modules}
    assert last.overall_status == OverallStatus.OVERALL_STATUS_COMPLETE, last
    assert json.loads(output) == [{"word": "kettle", "count": 3}, {"word": "the", "count": 1}]


async def test_a_plug_in_reads_its_own_files_and_what_lies_beside_it_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages, secret = tmp_path / "packages", tmp_path / "secret"
    secret.write_text("secret")
    write_plug_in(packages, READER)
    (packages / "beside_it.py").write_text("WORD = 'beside'")
    monkeypatch.syspath_prepend(packages)
    task = Task(
        run=ModuleRun(name="mine", key="mine", model="only"),
        file_name="a.txt",
        media_type="",
        source=str(secret).encode(),
        seconds_max=60.0,
    )

    async with Sandbox(limits=ChildLimits(), children=1, plug_ins=find_plug_ins()) as sandbox:
        outcome = await sandbox.run(task, lambda _progress: None)

    assert isinstance(outcome, Succeeded), outcome
    denied = "PermissionError" if not missing_protections() else "secret"
    assert json.loads(bytes(outcome.output)) == [READER, "beside", denied]


async def test_a_child_with_a_thread_of_an_import_outside_its_sandbox_takes_no_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = "import threading\nthreading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()\n"
    write_plug_in(tmp_path / "packages", thread + READER)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    registry = Registry(package="octavo_server.modules", plug_ins=find_plug_ins())

    async with await Child.start(limits=ChildLimits(), registry=registry) as child:
        with pytest.raises(ChildEndedError):
            await child.ready()


def struct(**values: int) -> Struct:
    message = Struct()
    message.update(values)
    return message


@pytest.mark.parametrize(
    ("source", "entry", "says"),
    [
        ("raise ValueError('broken')", "mine = a_plug_in:Mine", "it can't be loaded: ValueError: broken"),
        ("Mine = 7", "parser = a_plug_in:Mine", "the name 'parser' is taken by a module of Octavo"),
    ],
)
def test_a_server_with_a_broken_plug_in_does_not_start_and_says_why(
    tmp_path: Path, source: str, entry: str, says: str
) -> None:
    write_plug_in(tmp_path / "packages", source, entry=entry)
    command = ServerProcess(tmp_path / "data").command()

    done = subprocess.run(
        command,
        env=clean_environment() | environment(tmp_path / "packages"),
        capture_output=True,
        text=True,
        timeout=STOP_SECONDS_MAX,
        check=False,
    )

    assert done.returncode == 2
    name, _, value = entry.partition(" = ")
    assert f"octavo-server: plug-in '{name}' ({value}) of a-plug-in 1.0: {says}\n" in done.stderr
    assert "Traceback" not in done.stderr
