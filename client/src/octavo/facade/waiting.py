"""Waits for a job and tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import answers, session
from octavo.statuses import JobState

if TYPE_CHECKING:
    from octavo.narration import Narrator
    from octavo.statuses import Job, JobStatus


def wait(job: Job, narrator: Narrator) -> JobStatus:
    """The final status of a job that succeeded. Raises JobFailedError, OctavoError."""
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
