"""Which output a change adds."""

from octavo_server.domain.jobs import Job


def latest_output(job: Job) -> int | None:
    """The index of the last module with an output: if a change adds an output, it is this one's."""
    return max((index for index, run in enumerate(job.runs) if run.output), default=None)
