"""Find one file by its id."""

from octavo_server.domain.errors import InvalidArgumentError, NotFoundError
from octavo_server.domain.ids import FileId, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine


class FindFile:
    """Looks up files."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(self, tenant: TenantId, file_id: str, *, pipeline: str = "") -> Job:
        """The job of a file; with `pipeline`, only if it belongs there. Raises InvalidArgumentError, NotFoundError."""
        if not file_id:
            raise InvalidArgumentError("file_id", "is missing: give the id that Process returned")
        job = await self._engine.get_by_file(tenant, FileId(file_id))
        is_elsewhere = bool(pipeline) and job.pipeline != pipeline
        if is_elsewhere or job.has_expired(self._clock.now()):
            # The sweeper may be a second late; for callers it is gone.
            raise NotFoundError("file", file_id)
        return job
