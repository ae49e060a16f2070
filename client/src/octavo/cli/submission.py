"""Takes many files through a pipeline at once: submit, watch, fetch, save."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from octavo import answers
from octavo.cli.each import worst
from octavo.cli.failures import BadInputError, ExitCode, exit_code_of, sentence_of, tell
from octavo.cli.live import REFUSED, LiveView, Row
from octavo.cli.module_options import module_options
from octavo.cli.printing import print_json
from octavo.errors import NotFoundError, OctavoError
from octavo.saving import save
from octavo.statuses import JobState, OverallStatus, Priority

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from octavo.client import Client
    from octavo.statuses import Job, JobStatus

SENT_AT_ONCE_MAX = 8
"""Files that are sent at the same time."""
FOLLOWED_AT_ONCE_MAX = 64
"""Files between being sent and being saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done with each file."""

    pipeline: str
    save_directory: str
    is_waiting: bool
    is_json: bool
    models: tuple[str, ...] = ()
    """`[KEY:]MODEL`."""
    params: tuple[str, ...] = ()
    """`[KEY:]NAME=VALUE`."""
    file_name: str = ""
    keeps_names: bool = False
    """Take each file's own name as its name there."""
    directory: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    expire_seconds: float | None = None
    priority: Priority = Priority.NORMAL


@dataclass(slots=True)
class FileRun:
    """One file on its way."""

    path: Path
    job: Job | None = None
    status: JobStatus | None = None
    saved_paths: list[str] = field(default_factory=list)
    error: Exception | None = None

    @property
    def exit_code(self) -> ExitCode:
        """How it ended."""
        if self.error is not None:
            return exit_code_of(self.error)
        is_failed = self.status is not None and self.status.overall_status is OverallStatus.FAILED
        return ExitCode.FAILED if is_failed else ExitCode.OK

    def answer(self) -> answers.Answer:
        """The JSON object of this file."""
        status = self.status
        answer: answers.Answer = {
            "local_file_path": str(self.path),
            **(answers.submitted(self.job) if self.job else NOT_SUBMITTED),
            "state": status.state.value if status else (JobState.PENDING.value if self.job else REFUSED),
            "overall_status": status.overall_status.value if status else ("ongoing" if self.job else "failed"),
            "warnings": list(status.warnings) if status else [],
            "document": answers.document(status.document) if status else None,
            "process_output_files": self.saved_paths,
        }
        if status is not None and status.failure is not None:
            answer["failure_status"] = answers.failure_status(status.failure)
        if self.error is not None:
            answer["error"] = {"reason": getattr(self.error, "reason", ""), "message": sentence_of(self.error)}
        return answer


NOT_SUBMITTED: Mapping[str, None] = dict.fromkeys(
    ("file_id", "request_id", "file_name", "symbolic_directory_path", "file_tags", "file_description")
)


class Submission:
    """All files of one command."""

    def __init__(self, client: Client, order: Order, view: LiveView, paths: Sequence[Path]) -> None:
        self._client = client
        self._order = order
        self._view = view
        self.runs = [FileRun(path) for path in paths]
        self._sending = asyncio.Semaphore(SENT_AT_ONCE_MAX)
        self._following = asyncio.Semaphore(FOLLOWED_AT_ONCE_MAX)

    @property
    def unfinished(self) -> list[str]:
        """The request ids of jobs that were accepted and whose end was not seen."""
        return [run.job.request_id for run in self.runs if run.job and not (run.status and run.status.state.is_final)]

    async def run(self) -> ExitCode:
        """Take all files through; returns how the worst of them ended. What stops all of them is raised."""
        chain = await _chain(self._client, self._order.pipeline)
        options = module_options(self._order.models, self._order.params, first_module=chain[0])
        async with asyncio.TaskGroup() as group:
            for run in self.runs:
                group.create_task(self._follow(run, options), name=f"follow {run.path}")
        return worst({run.exit_code for run in self.runs})

    async def _follow(self, run: FileRun, options: Mapping[str, Mapping[str, Any]]) -> None:
        async with self._following:
            row = self._view.add(str(run.path))
            try:
                await self._take(run, row, options)
            except BrokenPipeError:
                raise
            except (OctavoError, OSError) as error:
                run.error = error
                self._view.finish(row, state=run.status.state.value if run.status else REFUSED)
                tell(f"{run.path}: {sentence_of(error)}")
            if self._order.is_json:
                print_json(run.answer())

    async def _take(self, run: FileRun, row: Row, options: Mapping[str, Mapping[str, Any]]) -> None:
        async with self._sending:
            run.job = await self._send(run.path, options)
        if not self._order.is_waiting:
            self._view.finish(row, run.job.request_id, state=JobState.PENDING.value)
            return
        async with aclosing(self._client.watch(run.job.request_id)) as statuses:
            async for status in statuses:
                run.status = status
                self._view.update(row, status)
        if run.status is None or run.status.state is not JobState.SUCCEEDED:
            self._view.finish(row)
            return
        output = await self._client.fetch_output(run.job.request_id)
        saved_path = await asyncio.to_thread(save, output, self._order.save_directory, run.job.file_id)
        run.saved_paths.append(saved_path)
        self._view.finish(row, saved_path)

    async def _send(self, path: Path, options: Mapping[str, Mapping[str, Any]]) -> Job:
        order = self._order
        return await self._client.process(
            order.pipeline,
            path,
            modules=options,
            file_name=path.name if order.keeps_names else order.file_name,
            symbolic_directory_path=order.directory,
            file_tags=order.tags,
            file_description=order.description,
            expire_seconds=order.expire_seconds,
            priority=order.priority,
        )


async def _chain(client: Client, pipeline: str) -> Sequence[str]:
    """The pipeline's modules; one that does not exist but is named like a module is made. Raises BadInputError."""
    try:
        return (await client.get_pipeline(pipeline)).module_chain
    except NotFoundError:
        modules = [module.name for module in await client.list_modules()]
        if pipeline in modules:
            return (await client.create_pipeline(pipeline, [pipeline])).module_chain
        pipelines = [info.name for info in await client.list_pipelines()]
        raise BadInputError(
            f"no pipeline {pipeline!r}: choose one with --pipeline. Pipelines: {', '.join(pipelines) or 'none yet'}; "
            f"modules that make one of their own: {', '.join(modules)}"
        ) from None
