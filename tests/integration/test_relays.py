"""Processes that may connect to a Tika Server: what they may not, and who may make them work."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from octavo_server.domain.jobs import ModuleRun, Progress
from octavo_server.ports.runner import Crashed, Outcome, Succeeded, Task
from octavo_server.worker import landlock
from octavo_server.worker.limits import ChildLimits, missing_protections
from octavo_server.worker.sandbox import Sandbox
from octavo_server.worker.tika_relay import TikaRelay, relay_limits
from tests import documents
from tests.integration import scripted_tika as scripted
from tests.integration.scripted_tika import ScriptedTika

MODULES = "tests.integration.relay_modules"
LIMITS = ChildLimits()


def task(module: str, source: bytes = b"x") -> Task:
    run = ModuleRun(name=module, key=module, model="only")
    return Task(run=run, file_name="a.txt", media_type="", source=source, seconds_max=60.0)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


async def asked(module: str, tika: ScriptedTika) -> list[Outcome]:
    """The outcomes of the module, and of an honest one after it, in a child that may ask."""
    url = tika.url
    async with (
        Sandbox(limits=relay_limits(LIMITS, url), children=1, modules="octavo_server.relays") as relays,
        Sandbox(
            limits=LIMITS, children=1, modules=MODULES, relay=TikaRelay(url=url, seconds_max=30, sandbox=relays)
        ) as sandbox,
    ):
        return [await sandbox.run(task(name), ignore) for name in (module, "ask")]


@pytest.mark.skipif(bool(missing_protections()), reason="this system lacks the protections")
@pytest.mark.skipif(not landlock.can_limit_ports(), reason="needs Landlock 4 (Linux 6.7)")
async def test_a_relay_has_one_port_and_no_other_rights(tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.write_text("here")
    with socket.create_server(("127.0.0.1", 0)) as its, socket.create_server(("127.0.0.1", 0)) as other:
        ports = {"port": its.getsockname()[1], "other": other.getsockname()[1], "existing": str(existing)}
        limits = replace(LIMITS, connect_port=ports["port"])
        async with Sandbox(limits=limits, children=1, modules=MODULES) as sandbox:
            result = await sandbox.run(task("network", json.dumps(ports).encode()), ignore)

    assert isinstance(result, Succeeded), result
    attempts = json.loads(result.output)
    assert attempts.pop("connect to its port") == "allowed"
    assert attempts["connect elsewhere"] == "EACCES"
    assert attempts["UDP"] == attempts["unix socket"] == attempts["send elsewhere"] == "EPERM"
    assert "allowed" not in attempts.values(), attempts
    assert (existing.read_text(), existing.with_name("new").exists()) == ("here", False)


@pytest.mark.skipif(bool(missing_protections()), reason="this system lacks the protections")
async def test_a_child_beside_it_has_no_network_at_all(tmp_path: Path) -> None:
    wanted = {"port": 1, "other": 2, "existing": str(tmp_path / "existing")}
    async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
        result = await sandbox.run(task("network", json.dumps(wanted).encode()), ignore)

    assert isinstance(result, Succeeded), result
    attempts = json.loads(result.output)
    assert {attempts["connect to its port"], attempts["connect elsewhere"], attempts["UDP"]} == {"EPERM"}


async def test_a_child_that_asks_is_answered() -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        results = await asked("ask", tika)

    assert results == [Succeeded(output=f"{scripted.TEXT}\n".encode(), media_type="text/plain")] * 2


@pytest.mark.parametrize(("module", "requests"), [("ask_again", 1), ("ask_and_go_on", 1), ("ask_for_another", 0)])
async def test_a_child_that_asks_more_than_it_may_is_a_crash(module: str, requests: int) -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        hostile, honest = await asked(module, tika)

    assert isinstance(hostile, Crashed)
    assert isinstance(honest, Succeeded)
    assert len(tika.requests) == requests + 1


async def test_a_child_that_asks_where_nobody_answers_is_a_crash() -> None:
    async with Sandbox(limits=LIMITS, children=1, modules=MODULES) as sandbox:
        assert isinstance(await sandbox.run(task("ask_nobody"), ignore), Crashed)


async def test_a_relay_that_is_killed_costs_nothing_but_its_answer() -> None:
    with ScriptedTika(scripted.is_fine) as tika:
        limits = relay_limits(LIMITS, tika.url)
        async with (
            Sandbox(limits=limits, children=1, modules="tests.integration.sandbox_modules") as wrong,
            Sandbox(
                limits=LIMITS,
                children=1,
                modules=MODULES,
                relay=TikaRelay(url=tika.url, seconds_max=30, sandbox=wrong),
            ) as sandbox,
        ):
            # No module of that name is there: the process dies of it.
            result = await sandbox.run(task("can_ask", documents.text()), ignore)

    assert result == Succeeded(output=b"the process that talks to Tika Server failed", media_type="text/plain")
