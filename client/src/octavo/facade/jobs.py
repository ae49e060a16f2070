"""What a pipeline does with a document: `process`, `process_status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octavo import answers, arguments, session
from octavo.arguments import told
from octavo.errors import Details, NotFoundError
from octavo.facade.filters import valid_request_id
from octavo.facade.identity import Identity
from octavo.facade.submitting import Submission, submit
from octavo.facade.waiting import wait
from octavo.narration import Narrator
from octavo.saving import save

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from octavo.answers import Answer
    from octavo.statuses import Job


class Jobs(Identity):
    """Submitting documents, and asking where they are."""

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
        og_local_file_path: str | os.PathLike[str] | None = None,
    ) -> Answer:
        """Submit a file.

        With `wait_for_process`: return when the job is done, its output saved to
        `<local_save_directory>/<file_id><extension>` and included; keys `status_code`, `pipeline`, `request_id`,
        `file_id`, `message`, `warnings`, `process_output`, `process_output_files`. Raises JobFailedError (a
        ValueError) if the job fails; its file stays, with the reason, until it expires, is deleted, or another is
        submitted to its path. Without: return when the job is durable; keys `file_id`, `request_id`,
        `file_name`, `symbolic_directory_path`, `file_tags`, `file_description`; with `wait_for_process` but not
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
            og_local_file_path: what the document was called before it was copied to `local_file_path`; its
                extension is then the document's.

        Raises OctavoError (most are ValueErrors, some TypeErrors too), and OSErrors for local files.
        """
        session.current()
        arguments.check_flags(verbose=verbose, wait_for_process=wait_for_process, download_output=download_output)
        save_directory = arguments.valid_directory(local_save_directory)
        document = Submission(
            path=arguments.valid_file(local_file_path),
            source=og_local_file_path,
            file_name=file_name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=arguments.valid_tags(file_tags),
            file_description=file_description,
            modules=modules,
            expire_seconds=arguments.valid_seconds(expire_time),
        )
        narrator = Narrator(is_verbose=verbose)
        with narrator.listening():
            job = submit(self, document, narrator)
            narrator.accepted(job, expire_seconds=expire_time, waits=wait_for_process)
            if not wait_for_process:
                return answers.submitted(job)
            return _waited(job, narrator, save_directory=save_directory, downloads=download_output)

    @told
    def process_status(self, request_id: str | None = None) -> Answer:
        """Where a job is.

        Keys `status_code`, `request_id`, `file_id`, `message`, `pipeline`, `process_status` (one boolean a module, in
        chain order), `overall_status` (`ongoing`, `complete` or `failed`); `failure_status` too if it failed.
        Raises NotFoundError (a ValueError) for an id that is unknown, expired, deleted, or another pipeline's.
        """
        current = session.current()
        wanted = valid_request_id(request_id)
        try:
            status = current.run(current.client.process_status(wanted))
        except NotFoundError as error:
            message = f"request failed with status code: {answers.REFUSED} - {error}"
            raise NotFoundError(message, code=error.code, details=error.details) from None
        if status.pipeline != self._name:
            raise NotFoundError(
                f"request failed with status code: {answers.REFUSED} - pipeline of process_id does not match "
                f"associated file pipeline: {wanted} belongs to pipeline {status.pipeline!r}, not to {self._name!r}",
                details=Details(reason="NOT_FOUND", resource_type="process", resource_name=wanted),
            )
        return answers.process_status(status)


def _waited(job: Job, narrator: Narrator, *, save_directory: str, downloads: bool) -> Answer:
    status = wait(job, narrator)
    if not downloads:
        narrator.say("INFO: download_output set to False, not fetching output")
        return {**answers.submitted(job), "status_code": answers.OK}
    current = session.current()
    output = current.run(current.client.fetch_output(job.request_id))
    saved_path = save(output, save_directory, job.file_id)
    narrator.say("SUCCESS: process output downloaded.")
    return answers.finished(status, output, [saved_path])
