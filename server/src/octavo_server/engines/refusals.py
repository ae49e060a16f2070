"""The refusals that every engine words alike. Their texts are read by callers."""

from octavo_server.domain.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    QuotaExceededError,
    ResourceExhaustedError,
    UnavailableError,
)
from octavo_server.domain.ids import PipelineName
from octavo_server.domain.jobs import Job
from octavo_server.domain.limits import PIPELINES_MAX
from octavo_server.domain.pipelines import Pipeline

QUEUE_RETRY_SECONDS = 5.0


def path_taken(job: Job) -> AlreadyExistsError:
    """Another file of the pipeline has the path of `job`."""
    return AlreadyExistsError(
        "file",
        job.file.path,
        f"pipeline {job.pipeline!r} has a file {job.file.path!r} already: choose another name or directory, "
        "delete that file, or wait until it has expired",
        reason="PATH_TAKEN",
    )


def key_reused(job: Job) -> AlreadyExistsError:
    """The idempotency key of `job` came with another request before."""
    return AlreadyExistsError(
        "idempotency_key",
        job.idempotency_key,
        f"the idempotency key {job.idempotency_key!r} was used in pipeline {job.pipeline!r} for another request: "
        "send the same request again, or choose a new key",
        reason="IDEMPOTENCY_KEY_REUSED",
    )


def id_taken(job: Job) -> AlreadyExistsError:
    """A job has the request id or the file id of `job` already; only a broken source of names leads here."""
    return AlreadyExistsError(
        "job", job.request_id, f"the id of job {job.request_id!r} or of its file was used before", reason="ID_TAKEN"
    )


def queue_full(jobs_max: int) -> ResourceExhaustedError:
    """There are `jobs_max` unfinished jobs."""
    return ResourceExhaustedError(
        f"{jobs_max} jobs wait or run, the most this server holds: try again when some have ended",
        reason="QUEUE_FULL",
        retry_seconds=QUEUE_RETRY_SECONDS,
    )


def pipeline_taken(recorded: Pipeline) -> AlreadyExistsError:
    """`recorded` has another chain, and files."""
    return AlreadyExistsError(
        "pipeline",
        recorded.name,
        f"pipeline {recorded.name!r} exists with the chain {', '.join(recorded.chain)}, and holds files: choose "
        "another name, or reset the pipeline first",
        reason="PIPELINE_NAME_TAKEN",
    )


def pipeline_not_empty(name: PipelineName) -> FailedPreconditionError:
    """A pipeline that has files can't be deleted."""
    return FailedPreconditionError(
        name, f"pipeline {name!r} holds files: reset it first, or delete it by force", reason="PIPELINE_NOT_EMPTY"
    )


def pipelines_full() -> QuotaExceededError:
    """The tenant has PIPELINES_MAX pipelines."""
    return QuotaExceededError(
        "pipelines",
        f"{PIPELINES_MAX:,} pipelines are on record for you, the most there may be: delete some first",
        reason="PIPELINES_FULL",
    )


def closed() -> UnavailableError:
    """The engine is closing."""
    return UnavailableError("this server is stopping: try again")
