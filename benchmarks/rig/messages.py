"""The messages that the bare server answers with: what Octavo sends about a job of one module, field by field.

Their sizes are compared with Octavo's in each run (rounds.py), so that the ceiling stays honest when the contract
grows.
"""

from google.protobuf.timestamp_pb2 import Timestamp

from octavo.v1 import job_pb2
from octavo.v1 import processing_service_pb2 as wire

PIPELINE = "benchmark"
MODULE = "parser"
MODEL = "sentence"
DOCUMENT_BYTES = 2048
DOCUMENT = (b"A sentence of a document that nobody will ever read. " * 40)[:DOCUMENT_BYTES]
SUBMISSION = wire.ProcessRequest(pipeline=PIPELINE, content=DOCUMENT, source_file_name="document.txt")

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_FILE_ID = "11111111-1111-4111-8111-111111111111"
_TIME = Timestamp(seconds=1_800_000_000, nanos=123_456_000)
_REVISION = 10_000
_RESUME_TOKEN = f"r1.{_REVISION}"

ACCEPTED = wire.ProcessResponse(
    file_id=_FILE_ID,
    request_id=REQUEST_ID,
    file_name="octavo_generated_file_name_abcdefghij.txt",
    symbolic_directory_path="/etc",
    pipeline=PIPELINE,
    expire_time=_TIME,
    revision=_REVISION,
)


def _status(state: job_pb2.JobState, overall: job_pb2.OverallStatus) -> wire.ProcessStatusResponse:
    is_cancelled = state == job_pb2.JOB_STATE_CANCELLED
    module = job_pb2.ModuleStatus(
        name=MODULE,
        key=MODULE,
        model=MODEL,
        state=job_pb2.MODULE_STATE_CANCELLED if is_cancelled else job_pb2.MODULE_STATE_PENDING,
        end_time=_TIME if is_cancelled else None,
    )
    return wire.ProcessStatusResponse(
        status_code=200,
        request_id=REQUEST_ID,
        file_id=_FILE_ID,
        message="SUCCESS: process_status found",
        pipeline=PIPELINE,
        process_status={MODULE: False},
        overall_status=overall,
        state=state,
        modules=[module],
        revision=_REVISION,
        create_time=_TIME,
        update_time=_TIME,
        expire_time=_TIME,
    )


PENDING = _status(job_pb2.JOB_STATE_PENDING, job_pb2.OVERALL_STATUS_ONGOING)
CANCELLED = _status(job_pb2.JOB_STATE_CANCELLED, job_pb2.OVERALL_STATUS_FAILED)
CANCEL_REPLY = wire.CancelProcessResponse(status=CANCELLED)
FIRST_EVENT = wire.StatusWatchResponse(status=PENDING, resume_token=_RESUME_TOKEN)
LAST_EVENT = wire.StatusWatchResponse(status=CANCELLED, resume_token=_RESUME_TOKEN)
