"""Which job is worked on next, for engines whose workers live in one process. Nothing here is durable.

The queue holds every unfinished job by its id; the jobs themselves are the engine's to keep. All times are the event
loop's, which no change of the clock on the wall can shorten or stretch.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from octavo_server.domain.ids import RequestId, Revision
from octavo_server.domain.jobs import Job, ModuleState
from octavo_server.engines.refusals import closed

NO_LEASE = 0
OUTDATED_MIN = 64
"""Fewer outdated places in the heap are not worth clearing away."""

Place = tuple[int, Revision, RequestId]
"""Where a claimable job stands: the highest priority first, then the lowest revision."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to work on a job, until its token is replaced."""

    request_id: RequestId
    token: int


@dataclass(slots=True, eq=False)
class _Entry:
    """One unfinished job. With a token it is leased; without one, `timer` delays it, or it is claimable."""

    priority: int
    revision: Revision
    token: int = NO_LEASE
    timer: asyncio.TimerHandle | None = None

    @property
    def is_claimable(self) -> bool:
        return self.token == NO_LEASE and self.timer is None

    def stop_timer(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None


class JobQueue:
    """Unfinished jobs, their leases and their delays."""

    def __init__(self, *, lease_seconds: float) -> None:
        self._lease_seconds = lease_seconds
        self._entries: dict[RequestId, _Entry] = {}
        self._heap: list[Place] = []
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._last_token = NO_LEASE
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._entries)

    def fill(self, places: Iterable[tuple[RequestId, int, Revision]]) -> None:
        """Add claimable jobs, given as id, priority and revision. Before the first claim."""
        for request_id, priority, revision in places:
            self._entries[request_id] = _Entry(priority, revision)
            self._heap.append((-priority, revision, request_id))
        heapq.heapify(self._heap)

    def changed(self, job: Job, token: int = NO_LEASE) -> None:
        """Follow a change of a job. With the `token` of its lease, the change says whether the lease goes on."""
        if job.state.is_final:
            self.removed(job.request_id)
            return
        entry = self._entries.get(job.request_id)
        if entry is None:
            entry = self._entries[job.request_id] = _Entry(job.priority, job.revision)
        entry.revision = job.revision
        ends_lease = entry.token == token != NO_LEASE and job.runs[job.current].state is not ModuleState.RUNNING
        if ends_lease:
            self._free(entry)
        if entry.is_claimable:
            self._offer(job.request_id, entry)

    def removed(self, request_id: RequestId) -> None:
        """The job is gone, or needs no work any more; its lease, if any, ends."""
        entry = self._entries.pop(request_id, None)
        if entry:
            entry.stop_timer()

    async def claim(self) -> Ticket:
        """Wait for a claimable job and lease it. A cancelled call loses none. Raises UnavailableError when closed."""
        while True:
            self._check_open()
            ticket = self._take()
            if ticket:
                return ticket
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    # The bell has rung for us, and we don't come: it is the next one's.
                    self._ring()
                else:
                    self._waiters.remove(waiter)
                raise

    def holds(self, ticket: Ticket) -> bool:
        """Is this still the job's lease?"""
        entry = self._entries.get(ticket.request_id)
        return entry is not None and entry.token == ticket.token

    def extend(self, ticket: Ticket) -> bool:
        """Start the lease's time anew; False if it is not held any more."""
        if not self.holds(ticket):
            return False
        self._start_lease(ticket.request_id, self._entries[ticket.request_id])
        return True

    def release(self, ticket: Ticket, *, delay_seconds: float = 0.0) -> None:
        """Make the job claimable again after the delay, if the lease is still held."""
        if not self.holds(ticket):
            return
        entry = self._entries[ticket.request_id]
        self._free(entry)
        if delay_seconds > 0:
            entry.timer = self._later(delay_seconds, ticket.request_id, entry)
        else:
            self._offer(ticket.request_id, entry)

    def close(self) -> None:
        """End all waiting claims with UnavailableError, and all timers."""
        self._is_closed = True
        for entry in self._entries.values():
            entry.stop_timer()
        while self._waiters:
            self._ring()

    def _take(self) -> Ticket | None:
        while self._heap:
            _, revision, request_id = heapq.heappop(self._heap)
            entry = self._entries.get(request_id)
            if entry and entry.is_claimable and entry.revision == revision:
                self._last_token += 1
                entry.token = self._last_token
                self._start_lease(request_id, entry)
                return Ticket(request_id, entry.token)
        return None

    def _start_lease(self, request_id: RequestId, entry: _Entry) -> None:
        entry.stop_timer()
        entry.timer = self._later(self._lease_seconds, request_id, entry)

    def _later(self, seconds: float, request_id: RequestId, entry: _Entry) -> asyncio.TimerHandle:
        def make_claimable() -> None:
            self._free(entry)
            self._offer(request_id, entry)

        return asyncio.get_running_loop().call_later(seconds, make_claimable)

    def _free(self, entry: _Entry) -> None:
        entry.stop_timer()
        entry.token = NO_LEASE

    def _offer(self, request_id: RequestId, entry: _Entry) -> None:
        if len(self._heap) > 2 * len(self._entries) + OUTDATED_MIN:
            # Places of jobs that changed or went while nobody claimed.
            self._heap = [place for place in self._heap if self._is_valid(place)]
            heapq.heapify(self._heap)
        heapq.heappush(self._heap, (-entry.priority, entry.revision, request_id))
        self._ring()

    def _is_valid(self, place: Place) -> bool:
        entry = self._entries.get(place[2])
        return entry is not None and entry.is_claimable and entry.revision == place[1]

    def _ring(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _check_open(self) -> None:
        if self._is_closed:
            raise closed()
