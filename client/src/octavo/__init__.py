"""The Octavo SDK.

Asynchronous: `Client`. For scripts: `init`, `create_pipeline`, `reset_pipeline`, and what a `Pipeline` can do.
"""

import os

# gRPC's core would tell of every lost connection on stderr; the SDK resumes without a word. Whoever wants to read
# gRPC's log sets the variable.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

from octavo.catalog import DataFormat, ModelInfo, ModuleInfo, ParamInfo, PipelineInfo
from octavo.client import Client
from octavo.errors import (
    AlreadyExistsError,
    DataLossError,
    DeadlineExceededError,
    FailedPreconditionError,
    InvalidArgumentError,
    JobFailedError,
    NotFoundError,
    NotInitializedError,
    OctavoError,
    OutOfRangeError,
    PermissionDeniedError,
    ResourceExhaustedError,
    ServerError,
    UnauthenticatedError,
    UnavailableError,
    UnimplementedError,
)
from octavo.facade import create_pipeline, init, reset_pipeline
from octavo.pipeline import Pipeline
from octavo.retry import Patience
from octavo.statuses import (
    DocumentMetadata,
    Failure,
    FileTag,
    Job,
    JobState,
    JobStatus,
    ModuleState,
    ModuleStatus,
    Output,
    OverallStatus,
    Priority,
    Progress,
)

__all__ = [
    "AlreadyExistsError",
    "Client",
    "DataFormat",
    "DataLossError",
    "DeadlineExceededError",
    "DocumentMetadata",
    "FailedPreconditionError",
    "Failure",
    "FileTag",
    "InvalidArgumentError",
    "Job",
    "JobFailedError",
    "JobState",
    "JobStatus",
    "ModelInfo",
    "ModuleInfo",
    "ModuleState",
    "ModuleStatus",
    "NotFoundError",
    "NotInitializedError",
    "OctavoError",
    "OutOfRangeError",
    "Output",
    "OverallStatus",
    "ParamInfo",
    "Patience",
    "PermissionDeniedError",
    "Pipeline",
    "PipelineInfo",
    "Priority",
    "Progress",
    "ResourceExhaustedError",
    "ServerError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "create_pipeline",
    "init",
    "reset_pipeline",
]
