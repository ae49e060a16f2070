"""What callers get: jobs, their status, outputs. Frozen values, no protobuf."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

JSON_MEDIA_TYPE = "application/json"


class JobState(StrEnum):
    """PENDING -> RUNNING -> SUCCEEDED | FAILED; PENDING | RUNNING -> CANCELLING -> CANCELLED."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """A job in a final state stays there, unless it is retried."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


class OverallStatus(StrEnum):
    """The three-valued view of a job; a cancelled one shows as FAILED."""

    ONGOING = "ongoing"
    COMPLETE = "complete"
    FAILED = "failed"


class ModuleState(StrEnum):
    """Where one module of a job's chain is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Which waiting job goes first."""

    LOW = 1
    NORMAL = 2
    HIGH = 3


class FileTag(NamedTuple):
    """A key and a value to find a file by."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A submitted document, as stored. `request_id` is what status, watch, cancel and output ask for."""

    file_id: str
    request_id: str
    file_name: str
    symbolic_directory_path: str
    file_tags: tuple[FileTag, ...]
    file_description: str | None
    pipeline: str
    expire_time: datetime
    """When everything about it is removed, UTC."""
    revision: int
    deduplicated: bool
    """True: the idempotency key was known, and this is the job of back then."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed."""

    module: str
    """The module that gave up, as its key in the chain."""
    reason: str
    """A constant to program against, e.g. `DOCUMENT_ENCRYPTED`."""
    message: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running module is. Best effort."""

    unit: str
    """What is counted, in the singular: `page`, `slide`, `sheet`, `chapter`, `member`, `byte`, `character`."""
    completed: int
    total: int
    """0 while unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleStatus:
    """One module of a job's chain."""

    name: str
    key: str
    """The name; `name_2` for the second of a name."""
    model: str
    state: ModuleState
    progress: Progress | None
    attempt: int
    start_time: datetime | None
    end_time: datetime | None
    error: str
    """Why it failed; empty if it did not."""
    warnings: tuple[str, ...]
    """What to know although it worked."""
    params: Mapping[str, object] = field(default_factory=dict)
    """What it runs with, defaults filled in."""
    media_type: str = ""
    """Of its output, e.g. `application/json`; empty until there is one."""
    output_size_bytes: int = 0
    """0 until there is an output."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """What it counted in its output, by name, e.g. `num_lines`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMetadata:
    """What a document says about itself, and how it was read. What it does not tell is empty or None."""

    media_type: str
    """By its content, e.g. `application/pdf`."""
    title: str
    """A mail's subject."""
    author: str
    """A mail's sender."""
    create_time: datetime | None
    """When it was written, by its own account, UTC; a mail's date."""
    page_count: int | None
    """Pages, slides or sheets."""
    language: str
    """As the document tells it, mostly like `en-GB`."""
    extractor: str
    """What read the text, e.g. `pdfium`."""
    warnings: tuple[str, ...]
    """What to know of the text, e.g. which part was left out."""
    more: Mapping[str, str]
    """The rest, under the document's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A full snapshot of one job."""

    request_id: str
    file_id: str
    message: str
    pipeline: str
    state: JobState
    overall_status: OverallStatus
    failure: Failure | None
    modules: tuple[ModuleStatus, ...]
    """In chain order."""
    revision: int
    create_time: datetime
    update_time: datetime
    expire_time: datetime
    document: DocumentMetadata | None = None
    """Known once a module has read the document."""
    symbolic_file_path: str = ""
    """The file's directory and name, as they are now."""

    @property
    def process_status(self) -> dict[str, bool]:
        """Has the module succeeded, by module key, in chain order."""
        return {module.key: module.state is ModuleState.SUCCEEDED for module in self.modules}

    @property
    def current(self) -> ModuleStatus | None:
        """The module that runs or waits to run; None after the end."""
        if self.state.is_final:
            return None
        return next((module for module in self.modules if module.state is not ModuleState.SUCCEEDED), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the caller should know although it worked, as `module: sentence`."""
        return tuple(f"{module.key}: {warning}" for module in self.modules for warning in module.warnings)


@dataclass(frozen=True, slots=True)
class RemovedJob:
    """A job of a watched pipeline that expired or was deleted."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a module made, whole: its size and SHA-256 were checked."""

    content: bytes
    media_type: str
    sha256: str
    file_name: str
    """A name to save it under."""

    def json(self) -> Any:
        """The parsed content of a JSON output. Raises ValueError for any other."""
        if self.media_type != JSON_MEDIA_TYPE:
            raise ValueError(f"the output is {self.media_type or 'of unknown type'}, not {JSON_MEDIA_TYPE}")
        return json.loads(self.content)
