"""Change what a file is called and where it is filed, its tags, its description, and how long it is kept."""

from dataclasses import dataclass, replace

from octavo_server.domain import files, submissions
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.files import File, extension_of
from octavo_server.domain.ids import Instant, TenantId
from octavo_server.domain.jobs import Job
from octavo_server.ports.blobs import Blobs
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine, StaleError
from octavo_server.usecases.discard_blobs import discard_blobs
from octavo_server.usecases.find_file import FindFile

FIELDS = (
    "file_name",
    "symbolic_directory_path",
    "symbolic_file_path",
    "file_tags",
    "file_description",
    "expire_after",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """What to change, as asked for: nothing in it is checked yet. Only fields that `fields` names are looked at."""

    fields: frozenset[str]
    name: str = ""
    directory: str = ""
    path: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    expire_seconds: float | None = None


class UpdateFile:
    """Refiles files."""

    def __init__(self, *, engine: Engine, find: FindFile, blobs: Blobs, clock: Clock) -> None:
        self._engine = engine
        self._find = find
        self._blobs = blobs
        self._clock = clock

    async def __call__(self, tenant: TenantId, file_id: str, changes: FileChanges, *, pipeline: str = "") -> Job:
        """The file's job as it is now. A module that runs goes on.

        Raises InvalidArgumentError, NotFoundError, AlreadyExistsError (PATH_TAKEN).
        """
        _check_fields(changes)
        while True:
            job = await self._find(tenant, file_id, pipeline=pipeline)
            now = self._clock.now()
            wanted = job.refiled(now, _changed(job.file, changes), _expiry(job, changes, now))
            try:
                refiled = await self._engine.refile(wanted)
            except StaleError:
                # It changed in between: look again.
                continue
            # Expired jobs made room.
            await discard_blobs(self._blobs, refiled.removed.blob_keys)
            return refiled.job


def _check_fields(changes: FileChanges) -> None:
    unknown = sorted(changes.fields.difference(FIELDS))
    if unknown:
        raise InvalidArgumentError(
            "update_mask", f"{unknown[0]!r} can't be changed; these fields can: {', '.join(FIELDS)}"
        )
    if not changes.fields:
        raise InvalidArgumentError("update_mask", f"nothing is to be changed; these fields can be: {', '.join(FIELDS)}")
    if "symbolic_file_path" in changes.fields:
        for name in ("file_name", "symbolic_directory_path"):
            if name in changes.fields:
                raise InvalidArgumentError(name, "must be empty when symbolic_file_path is given")
    if "expire_after" in changes.fields and changes.expire_seconds is None:
        raise InvalidArgumentError("expire_after", "is named to be changed and has no value; it can't be emptied")


def _changed(file: File, changes: FileChanges) -> File:
    fields, extension = changes.fields, extension_of(file.name)
    if "symbolic_file_path" in fields:
        directory, name = files.split_path(changes.path)
        file = replace(
            file,
            directory=files.valid_directory(directory, field="symbolic_file_path"),
            name=files.valid_name(name, extension=extension, field="symbolic_file_path"),
        )
    if "symbolic_directory_path" in fields:
        if not changes.directory:
            # Whoever submits a file may leave the directory to us; whoever moves one knows where to.
            raise InvalidArgumentError("symbolic_directory_path", "is named to be changed and empty; `/` is the root")
        file = replace(file, directory=files.valid_directory(changes.directory))
    if "file_name" in fields:
        file = replace(file, name=files.valid_name(changes.name, extension=extension))
    if "file_tags" in fields:
        file = replace(file, tags=files.valid_tags(changes.tags))
    if "file_description" in fields:
        file = replace(file, description=files.valid_description(changes.description))
    return file


def _expiry(job: Job, changes: FileChanges, now: Instant) -> Instant:
    if "expire_after" not in changes.fields:
        return job.expire_time
    return Instant(now + submissions.seconds_until_expiry(changes.expire_seconds))
