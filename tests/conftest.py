"""Fixtures that several folders use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ServerProcess


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A real server with two workers and an empty data folder."""
    with ServerProcess(tmp_path / "data", "--workers", "2") as server:
        yield server
