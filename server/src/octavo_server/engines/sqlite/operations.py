"""What travels to the owned thread and back."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from octavo_server.domain.jobs import Job
from octavo_server.engines.sqlite.removal import Removal
from octavo_server.engines.sqlite.tables import Tables
from octavo_server.ports.engine import Accepted

T = TypeVar("T")


class Operation(Generic[T]):
    """One call's part of a transaction. `work` runs on the owned thread, maybe more than once; `publish` on the event
    loop, once, after the commit, also if the caller has gone by then.
    """

    __slots__ = ("error", "future", "publish", "result", "work")

    def __init__(self, work: Callable[[Tables], T], publish: Callable[[T], None] | None = None) -> None:
        self.work = work
        self.publish = publish
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.result: T
        self.error: Exception | None = None

    def start(self) -> None:
        """Forget what came of it in a transaction that was undone."""
        self.error = None

    def complete(self) -> None:
        """Tell the event loop what came of it."""
        if self.error is None and self.publish is not None:
            self.publish(self.result)
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Chore(Operation[T]):
    """One that nobody waits for, done alone. `took` hears on the thread what came of it, and in how many seconds."""

    __slots__ = ("took",)

    def __init__(
        self, work: Callable[[Tables], T], publish: Callable[[T], None], took: Callable[[T, float], None]
    ) -> None:
        super().__init__(work, publish)
        self.took = took


class Acceptance(Operation[Accepted]):
    """A job to accept. All that wait are written together, see accepting.py."""

    __slots__ = ("body", "inline", "job", "publish_removal", "removal")

    def __init__(
        self,
        job: Job,
        body: str,
        inline: bytes | None,
        publish: Callable[[Accepted], None],
        publish_removal: Callable[[Removal], None],
    ) -> None:
        super().__init__(_not_alone, publish)
        self.job = job
        self.body = body
        self.inline = inline
        self.publish_removal = publish_removal
        self.removal: Removal | None = None
        """Expired jobs that were removed to make room for it, before it was recorded."""

    def start(self) -> None:
        """See Operation."""
        super().start()
        self.removal = None

    def complete(self) -> None:
        """See Operation."""
        if self.error is None and self.removal is not None:
            self.publish_removal(self.removal)
        super().complete()


def _not_alone(_tables: Tables) -> Any:
    raise AssertionError("acceptances are written together")
