"""Hand out what a module made."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from octavo_server.domain.contents import Content
from octavo_server.domain.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, ReadOffsetError
from octavo_server.domain.ids import FileId, RequestId, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine

CHUNK_BYTES_MAX = 256 * 1024
EXTENSIONS = {"application/json": ".json", "text/plain": ".txt", "application/vnd.sqlite3": ".db"}


@dataclass(frozen=True, slots=True)
class Output:
    """What is there to read."""

    content: Content
    file_name: str
    job: Job
    index: int


class Fetch:
    """Reads outputs."""

    def __init__(self, *, engine: Engine, blobs: Blobs, clock: Clock) -> None:
        self._engine = engine
        self._blobs = blobs
        self._clock = clock

    async def locate(
        self, tenant: TenantId, target: RequestId | None, file_id: FileId | None, *, module: str, offset: int
    ) -> Output:
        """The output of `module` (its key; empty: the last), of a job or of a file, to be read from `offset` on.

        Raises InvalidArgumentError (no such module), NotFoundError, ReadOffsetError, FailedPreconditionError
        (OUTPUT_NOT_READY, NO_OUTPUT).
        """
        if offset < 0:
            raise InvalidArgumentError("read_offset", "must be 0 or more")
        job = await self._job(tenant, target, file_id)
        index = _index(job, module)
        run = job.runs[index]
        if run.output is None:
            why = job.failure.message if job.failure else "the job was cancelled" if job.state.is_final else ""
            raise FailedPreconditionError(
                f"jobs/{job.request_id}",
                f"module {run.key} made no output: {why}" if why else f"module {run.key} has not finished yet: wait",
                reason="NO_OUTPUT" if why else "OUTPUT_NOT_READY",
            )
        if offset > run.output.size_bytes:
            raise ReadOffsetError(offset, run.output.size_bytes)
        name = f"{job.file.file_id}{EXTENSIONS.get(run.output.media_type, '.bin')}"
        return Output(run.output, name, job, index)

    async def read(self, output: Output, *, offset: int) -> AsyncGenerator[bytes, None]:
        """The bytes from `offset` on, in chunks of at most 256 KiB. Raises NotFoundError."""
        content = output.content
        if content.blob_key is None:
            data = await self._engine.inline(output.job.request_id, output.index)
            for start in range(offset, len(data), CHUNK_BYTES_MAX):
                yield data[start : start + CHUNK_BYTES_MAX]
        else:
            async for chunk in self._blobs.read(content.blob_key, offset=offset, chunk_bytes_max=CHUNK_BYTES_MAX):
                yield chunk

    async def _job(self, tenant: TenantId, target: RequestId | None, file_id: FileId | None) -> Job:
        if target:
            job = await self._engine.get(tenant, target)
        elif file_id:
            job = await self._engine.get_by_file(tenant, file_id)
        else:
            raise InvalidArgumentError("request_id", "is missing: give a request_id or a file_id")
        if job.has_expired(self._clock.now()):
            raise NotFoundError("job", target) if target else NotFoundError("file", job.file.file_id)
        return job


def _index(job: Job, module: str) -> int:
    keys = [run.key for run in job.runs]
    if not module:
        return len(keys) - 1
    if module not in keys:
        raise InvalidArgumentError("module", f"the job has no module {module!r}; it has {', '.join(keys)}")
    return keys.index(module)
