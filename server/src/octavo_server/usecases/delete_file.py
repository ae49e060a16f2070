"""Delete a file with all that belongs to it."""

from octavo_server.domain.errors import NotFoundError
from octavo_server.domain.ids import TenantId
from octavo_server.usecases.find_file import FindFile
from octavo_server.usecases.remove_jobs import RemoveJobs


class DeleteFile:
    """Deletes files."""

    def __init__(self, *, find: FindFile, remove: RemoveJobs) -> None:
        self._find = find
        self._remove = remove

    async def __call__(self, tenant: TenantId, file_id: str, *, pipeline: str = "") -> None:
        """Gone on return, whatever state its job was in. Raises InvalidArgumentError, NotFoundError."""
        job = await self._find(tenant, file_id, pipeline=pipeline)
        if not await self._remove(tenant, [job.request_id]):
            # Somebody else deleted it in between.
            raise NotFoundError("file", file_id)
