"""One server for all examples, and the hand of its clock."""

from pathlib import Path

from tests.servers import ServerProcess
from tests.stateful.caller import Caller
from tests.stateful.choices import SECONDS_A_TICK
from tests.stateful.moved_clock import ClockHand


class ClockedServer(ServerProcess):
    """The real server with a clock that can be moved."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "data", "--workers", "2")
        self.clock_file = folder / "clock"

    def command(self) -> list[str]:
        python, flag, _, *options = super().command()
        return [python, flag, "tests.stateful.moved_clock", str(self.clock_file), *options]


class World:
    """What is there before and after each example."""

    def __init__(self, folder: Path) -> None:
        self.server = ClockedServer(folder)
        self._hand = ClockHand(self.server.clock_file)
        self.server.start()
        self.caller = Caller(self.server.address)
        self._pipelines = 0

    def new_pipeline(self) -> str:
        """A name nobody had."""
        self._pipelines += 1
        return f"pipeline {self._pipelines}"

    def pass_time(self, ticks: int) -> None:
        self._hand.move(ticks * SECONDS_A_TICK)

    def restart(self, *, is_crash: bool) -> None:
        self.caller.close()
        if is_crash:
            self.server.kill()
        else:
            assert self.server.terminate() == 0
        self.server.restart()
        self.caller = Caller(self.server.address)

    def close(self) -> None:
        self.caller.close()
        self.server.kill()
