"""Jobs and pipelines to hold engines to their contract with."""

import itertools
from typing import Any

from octavo_server.domain.contents import Content, describe
from octavo_server.domain.files import File
from octavo_server.domain.ids import BlobKey, FileId, Instant, PipelineName, RequestId, TenantId
from octavo_server.domain.jobs import Failure, Job, ModuleRun
from octavo_server.domain.pipelines import Pipeline

TENANT = TenantId("tenant")
OTHER_TENANT = TenantId("other tenant")
PIPELINE = PipelineName("p")
NOW = Instant(1_700_000_000.25)
DOCUMENT = b"One. Two."
OUTPUT = b'[{"snippet": "One."}]'
FAILURE = Failure("parser", "NO_TEXT", "no text")

_numbers = itertools.count(1)


class ManualClock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> Instant:
        return self.time


def new_pipeline(name: str = PIPELINE, *, tenant: TenantId = TENANT, chain: tuple[str, ...] = ("parser",)) -> Pipeline:
    return Pipeline(tenant=tenant, name=PipelineName(name), chain=chain, create_time=NOW)


def new_job(*, name: str = "", blob_key: str | None = None, chain: tuple[str, ...] = ("parser",), **fields: Any) -> Job:
    """A job with ids nobody had, ready to be accepted."""
    number = next(_numbers)
    job = {
        "request_id": RequestId(f"request-{number}"),
        "tenant": TENANT,
        "pipeline": PIPELINE,
        "file": File(file_id=FileId(f"file-{number}"), name=name or f"{number}.txt", directory="/etc"),
        "document": describe(DOCUMENT, blob_key=BlobKey(blob_key) if blob_key else None),
        "runs": tuple(ModuleRun(name=name, key=name, model="m") for name in chain),
        "create_time": NOW,
        "update_time": NOW,
        "expire_time": Instant(NOW + 1_800),
    }
    return Job(**{**job, **fields})


def output(data: bytes = OUTPUT, blob_key: str | None = None) -> Content:
    return describe(data, "application/json", BlobKey(blob_key) if blob_key else None)
