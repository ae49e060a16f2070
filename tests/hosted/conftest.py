"""One real server for the folder; each test connects as a script does, and names pipelines of its own."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import octavo
from octavo import session
from tests.hosted.library import Library, filled_library
from tests.servers import ServerProcess


@pytest.fixture(scope="session")
def hosted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with two workers."""
    with ServerProcess(tmp_path_factory.mktemp("hosted") / "data", "--workers", "2") as server:
        yield server


@pytest.fixture(scope="session")
def library(hosted_server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Files that tests only read."""
    octavo.init(api_key="any", api_url=hosted_server.address)
    return filled_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(autouse=True)
def connected(hosted_server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As after `octavo.init`, in a working directory of the test's own."""
    monkeypatch.chdir(tmp_path)
    octavo.init(api_key="any", api_url=hosted_server.address)
    yield
    session.stop()


@pytest.fixture
def new_pipeline() -> Callable[..., octavo.Pipeline]:
    """Makes a pipeline whose name no other test has."""

    def make(*module_chain: str) -> octavo.Pipeline:
        return octavo.create_pipeline(name=f"p-{uuid.uuid4()}", module_chain=list(module_chain or ("parser",)))

    return make


@pytest.fixture
def pipeline(new_pipeline: Callable[..., octavo.Pipeline]) -> octavo.Pipeline:
    """A parser."""
    return new_pipeline("parser")


@pytest.fixture
def text(tmp_path: Path) -> str:
    """A text of three lines and two sentences, in the working directory."""
    (tmp_path / "kettle.txt").write_text("The kettle sang.\nNobody heard it\nuntil noon.\n")
    return "kettle.txt"
