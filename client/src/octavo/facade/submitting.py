"""Sends a document to a pipeline's server, checked as far as it can be checked here."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from octavo import arguments
from octavo.errors import AlreadyExistsError, InvalidArgumentError
from octavo.facade import known_modules, local_inputs
from octavo.facade.making import ready
from octavo.facade.module_choices import check_params, hydrated, models_by_key, valid_choices
from octavo.facade.refusals import in_hosted_words, refused, wrong_type
from octavo.facade.unfinished_files import remove_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo.facade.identity import Identity
    from octavo.narration import Narrator
    from octavo.session import Session
    from octavo.statuses import Job

PATH_TAKEN = "PATH_TAKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A document and what to do with it, as `process` was given it. Raises InvalidArgumentError."""

    path: Path
    source: str | os.PathLike[str] | None
    file_name: str | None
    symbolic_directory_path: str | None
    symbolic_file_path: str | None
    file_tags: list[tuple[str, str]]
    file_description: str | None
    modules: object
    expire_seconds: int | None

    def __post_init__(self) -> None:
        arguments.check_names(
            file_name=self.file_name,
            symbolic_directory_path=self.symbolic_directory_path,
            symbolic_file_path=self.symbolic_file_path,
        )
        arguments.check_texts(file_description=self.file_description)
        if self.source is not None and not isinstance(self.source, str | os.PathLike):
            raise wrong_type("og_local_file_path", "og_local_file_path must be a string or a path")
        if self.file_name and Path(self.file_name).suffix.lower() != self.source_path.suffix.lower():
            raise refused(
                "file_name",
                "input file_name extension must match input local_file_path extension "
                f"{self.source_path.suffix!r}; {self.file_name!r} does not",
            )

    @property
    def source_path(self) -> Path:
        """What the document was called before it was copied; the path itself if it was not."""
        return self.path if self.source is None else Path(self.source)


def submit(pipeline: Identity, document: Submission, narrator: Narrator) -> Job:
    """The job, on record. Raises OctavoError, OSError."""
    choices = valid_choices(document.modules, pipeline.module_chain)
    current = ready(pipeline)
    modules = known_modules.of_chain(pipeline.module_chain)
    extension = document.source_path.suffix.lower()
    local_inputs.check(document.path, modules[0], known_modules.by_name(), extension=extension)
    check_params(choices, modules)
    narrator.hydrated(hydrated(choices, modules), given=document.modules)
    try:
        job = _sent(current, pipeline, document, choices, narrator)
    except InvalidArgumentError as error:
        raise in_hosted_words(error, models_by_key(modules)) from None
    narrator.named(
        job,
        file_name=document.file_name,
        directory=document.symbolic_directory_path,
        path=document.symbolic_file_path,
        tags=document.file_tags,
    )
    return job


def _sent(
    current: Session,
    pipeline: Identity,
    document: Submission,
    choices: Mapping[str, Mapping[str, object]],
    narrator: Narrator,
) -> Job:
    # The same key twice: a document that was uploaded for the first call is there for the second.
    key = str(uuid.uuid4())
    try:
        return _sent_once(current, pipeline, document, choices, key)
    except AlreadyExistsError as error:
        if error.reason != PATH_TAKEN or not remove_at(error.details.resource_name, current, pipeline, narrator):
            raise
    return _sent_once(current, pipeline, document, choices, key)


def _sent_once(
    current: Session, pipeline: Identity, document: Submission, choices: Mapping[str, Mapping[str, object]], key: str
) -> Job:
    return current.run(
        current.client.process(
            pipeline.pipeline,
            document.path,
            file_name=document.file_name or "",
            # Only its extension counts there; a name of a local disk need be no text.
            source_file_name=document.source_path.name.encode(errors="replace").decode(),
            symbolic_directory_path=document.symbolic_directory_path or "",
            symbolic_file_path=document.symbolic_file_path or "",
            file_tags=document.file_tags,
            file_description=document.file_description,
            modules=choices,
            expire_seconds=document.expire_seconds,
            idempotency_key=key,
        )
    )
