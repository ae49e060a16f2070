"""The Octavo SDK.

Asynchronous: `Client`. For scripts: `init`, `create_pipeline`, `load_pipeline`, `reset_pipeline`, and what a `Pipeline`
can do.
"""

import os
from typing import TYPE_CHECKING

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
from octavo.facade import functions, package
from octavo.facade.functions import (
    check_cap,
    create_pipeline,
    load_pipeline,
    reset_pipeline,
    view_module_click_data,
    view_module_config,
)
from octavo.facade.login import check_init_data, init
from octavo.facade.refusals import InvalidTypeError, MissingConfigError, MissingFileError
from octavo.files import File, FileHits, FileList, FileQuery, KeywordHit, SearchResult, Snippet, TreeFile
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
    RemovedJob,
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
    "File",
    "FileHits",
    "FileList",
    "FileQuery",
    "FileTag",
    "InvalidArgumentError",
    "InvalidTypeError",
    "Job",
    "JobFailedError",
    "JobState",
    "JobStatus",
    "KeywordHit",
    "MissingConfigError",
    "MissingFileError",
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
    "RemovedJob",
    "ResourceExhaustedError",
    "SearchResult",
    "ServerError",
    "Snippet",
    "TreeFile",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "available_modules",
    "check_cap",
    "check_init_data",
    "create_pipeline",
    "init",
    "load_pipeline",
    "local_conversion_directory",
    "reset_pipeline",
    "version",
    "view_module_click_data",
    "view_module_config",
]

available_modules: list[str]
"""The names of all modules, sorted; asked of the server each time."""
local_conversion_directory: str
"""The folder for temporary files."""
version: str
"""Of the SDK."""

if not TYPE_CHECKING:  # A checker that saw it would take any name for one of ours.

    def __getattr__(name: str) -> object:
        # The hosted product has these as properties; a module's properties are made so.
        if name == "available_modules":
            return functions.available_modules()
        if name == "local_conversion_directory":
            return package.local_conversion_directory()
        if name == "version":
            return package.package_version()
        raise AttributeError(f"module 'octavo' has no attribute {name!r}")
