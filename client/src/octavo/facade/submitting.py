"""Sends a document to a pipeline's server, checked as far as it can be checked here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from octavo import arguments
from octavo.errors import InvalidArgumentError
from octavo.facade import known_modules, local_inputs
from octavo.facade.making import ready
from octavo.facade.module_choices import hydrated, models_by_key, valid_choices
from octavo.facade.refusals import in_hosted_words, refused

if TYPE_CHECKING:
    import os

    from octavo.facade.identity import Identity
    from octavo.narration import Narrator
    from octavo.statuses import Job


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
        arguments.check_texts(
            file_name=self.file_name,
            symbolic_directory_path=self.symbolic_directory_path,
            symbolic_file_path=self.symbolic_file_path,
            file_description=self.file_description,
        )
        arguments.check_one_path(self.file_name, self.symbolic_directory_path, self.symbolic_file_path)
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
    current = ready(pipeline, takes_chain=True)
    modules = known_modules.of_chain(pipeline.module_chain)
    if document.source is None:
        local_inputs.check(document.path, modules[0], known_modules.by_name())
    narrator.hydrated(hydrated(choices, modules), given=document.modules)
    submission = current.client.process(
        pipeline.pipeline,
        document.path,
        file_name=document.file_name or "",
        source_file_name=document.source_path.name,
        symbolic_directory_path=document.symbolic_directory_path or "",
        symbolic_file_path=document.symbolic_file_path or "",
        file_tags=document.file_tags,
        file_description=document.file_description,
        modules=choices,
        expire_seconds=document.expire_seconds,
    )
    try:
        job = current.run(submission)
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
