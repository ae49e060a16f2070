"""The README's examples run as they stand, but for the server's address."""

import re
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from tests.servers import ServerProcess, clean_environment

README = (Path(__file__).parents[2] / "README.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- runs: (\w+) -->\n```python\n(.*?)```", README, re.DOTALL))
ADDRESS = "127.0.0.1:50051"
EXPECTED = {"scenario": "ongoing", "async": "'snippet': '# Octavo", "stubs": "JOB_STATE_SUCCEEDED"}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_of_the_readme_runs(name: str, server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README)
    if name == "stubs":
        with grpc.insecure_channel(server.address) as channel:
            PipelineServiceStub(channel).CreatePipeline(
                CreatePipelineRequest(name="my-parser-pipeline", module_chain=["parser"])
            )
    assert ADDRESS in EXAMPLES[name]
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[name].replace(ADDRESS, server.address)],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert EXPECTED[name] in done.stdout or (name == "scenario" and "complete" in done.stdout), done.stdout


def test_every_example_is_tried() -> None:
    assert set(EXAMPLES) == set(EXPECTED)
    assert README.count("```python") == len(EXAMPLES)


def test_every_command_of_the_readme_exists() -> None:
    commands = set(re.findall(r"^octavo (\w+)", README, re.MULTILINE))
    said = subprocess.run(
        [sys.executable, "-m", "octavo.cli", "--help"], capture_output=True, text=True, timeout=30, check=True
    ).stdout
    assert commands
    assert all(command in said for command in commands)


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    for target in re.findall(r"`?make (\w+)", README):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target
