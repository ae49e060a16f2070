"""A pipeline, for scripts: `process` and `process_status` as the hosted product has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo import answers, arguments, session
from octavo.arguments import told
from octavo.errors import invalid_argument
from octavo.narration import Narrator
from octavo.saving import save
from octavo.statuses import JobState

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from octavo.answers import Answer
    from octavo.statuses import Job, JobStatus


class Pipeline:
    """A named chain of modules on the server; `octavo.create_pipeline` makes it.

    Its identity is its name: files belong to the name, and are there for any later object of the same name.
    """

    def __init__(self, *, name: str, module_chain: tuple[str, ...]) -> None:
        self._name = name
        self._module_chain = module_chain

    def __repr__(self) -> str:
        return f"Pipeline(name={self._name!r}, module_chain={self.module_chain!r})"

    @property
    def pipeline(self) -> str:
        """Its name."""
        return self._name

    @property
    def pipeline_name(self) -> str:
        """Its name."""
        return self._name

    @property
    def module_chain(self) -> list[str]:
        """Its modules, in the order they run."""
        return list(self._module_chain)

    @told
    def process(
        self,
        *,
        local_file_path: str | os.PathLike[str] | None = None,
        file_name: str | None = None,
        symbolic_directory_path: str | None = None,
        symbolic_file_path: str | None = None,
        file_tags: list[dict[str, str]] | None = None,
        file_description: str | None = None,
        modules: Mapping[str, Mapping[str, Any]] | None = None,
        expire_time: int | None = None,
        verbose: bool = True,
        wait_for_process: bool = True,
        local_save_directory: str | os.PathLike[str] | None = None,
        download_output: bool = True,
    ) -> Answer:
        """Submit a file.

        With `wait_for_process`: return when the job is done, its output saved to
        `<local_save_directory>/<file_id>.json` and included; keys `status_code`, `pipeline`, `request_id`, `file_id`,
        `message`, `warnings`, `process_output`, `process_output_files`. Raises JobFailedError (a ValueError) if the
        job fails. Without: return when the job is durable; keys `file_id`, `request_id`, `file_name`,
        `symbolic_directory_path`, `file_tags`, `file_description`; with `wait_for_process` but not
        `download_output` the same and `status_code`.

        Args:
            local_file_path: the document.
            file_name: its name on the server; default: generated.
            symbolic_directory_path: where to file it; default `/etc`.
            symbolic_file_path: directory and name in one, instead of the two.
            file_tags: at most 20 dicts of one pair each.
            file_description: at most 256 characters.
            modules: model and params by module, `{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`.
            expire_time: seconds until everything about this file is gone; default 1,800.
            verbose: tell on the terminal what happens.
            wait_for_process: wait for the end.
            local_save_directory: where the output is saved; default: the working directory.
            download_output: after waiting, fetch and save the output.

        Raises OctavoError (most are ValueErrors), TypeError, and OSErrors for local files.
        """
        arguments.check_flags(verbose=verbose, wait_for_process=wait_for_process, download_output=download_output)
        arguments.check_texts(
            file_name=file_name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_description=file_description,
        )
        save_directory = arguments.valid_directory(local_save_directory)
        narrator = Narrator(is_verbose=verbose)
        current = session.current()
        with narrator.listening():
            job = current.run(
                current.client.process(
                    self._name,
                    arguments.valid_file(local_file_path),
                    file_name=file_name or "",
                    symbolic_directory_path=symbolic_directory_path or "",
                    symbolic_file_path=symbolic_file_path or "",
                    file_tags=arguments.valid_tags(file_tags),
                    file_description=file_description,
                    modules=arguments.valid_modules(modules, self._module_chain),
                    expire_seconds=arguments.valid_seconds(expire_time),
                )
            )
            narrator.named(job, file_name=file_name, directory=symbolic_directory_path, path=symbolic_file_path)
            narrator.accepted(job, expire_seconds=expire_time, waits=wait_for_process)
            if not wait_for_process:
                return answers.submitted(job)
            status = _wait(job, narrator)
            if not download_output:
                narrator.say("INFO: download_output set to False, not fetching output")
                return {**answers.submitted(job), "status_code": answers.OK}
            output = current.run(current.client.fetch_output(job.request_id))
            saved_path = save(output, save_directory, job.file_id)
            narrator.say("SUCCESS: process output downloaded.")
            return answers.finished(status, output, [saved_path])

    @told
    def process_status(self, request_id: str | None = None) -> Answer:
        """Where a job is.

        Keys `status_code`, `request_id`, `file_id`, `message`, `pipeline`, `process_status` (one boolean a module, in
        chain order), `overall_status` (`ongoing`, `complete` or `failed`); `failure_status` too if it failed.
        Raises NotFoundError (a ValueError) for an id that is unknown, expired, deleted, or another pipeline's.
        """
        if not request_id:
            raise invalid_argument("request_id", "process request_id cannot be empty")
        arguments.check_texts(request_id=request_id)
        current = session.current()
        status = current.run(current.client.process_status(request_id))
        if status.pipeline != self._name:
            raise invalid_argument(
                "request_id",
                "pipeline of process_id does not match associated file pipeline: "
                f"{request_id} belongs to pipeline {status.pipeline!r}, not to {self._name!r}",
            )
        return answers.process_status(status)


def _wait(job: Job, narrator: Narrator) -> JobStatus:
    narrator.say("INFO: File process and processing status:")
    current = session.current()
    status: JobStatus | None = None
    for status in current.iterate(current.client.watch(job.request_id)):
        narrator.status(status)
    assert status is not None, "a watch ends with the final status"
    if status.state is not JobState.SUCCEEDED:
        raise answers.job_failed(status)
    narrator.say("SUCCESS: pipeline process complete.")
    return status
