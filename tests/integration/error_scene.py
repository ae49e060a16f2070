"""Servers and jobs in the states that errors need, for plain blocking stubs."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import google_crc32c
import grpc
from google.protobuf.duration_pb2 import Duration

from octavo.v1 import file_service_pb2 as files
from octavo.v1 import processing_service_pb2 as pb
from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.v1.search_service_pb2_grpc import SearchServiceStub

UPLOADS_OPEN_MAX = 1_000


class Stubs:
    """The services of one server."""

    def __init__(self, address: str) -> None:
        self.channel = grpc.insecure_channel(address)
        self.processing = ProcessingServiceStub(self.channel)
        self.pipelines = PipelineServiceStub(self.channel)
        self.files = FileServiceStub(self.channel)
        self.search = SearchServiceStub(self.channel)

    def make(self, name: str, *chain: str, **call: Any) -> None:
        """A pipeline."""
        self.pipelines.CreatePipeline(CreatePipelineRequest(name=name, module_chain=chain), **call)

    def submit(self, path: str, content: bytes = b"One.", *, metadata: Any = None, **fields: Any) -> pb.ProcessResponse:
        """A document for the pipeline `p`, or another."""
        request = pb.ProcessRequest(symbolic_file_path=path, content=content, **{"pipeline": "p", **fields})
        return self.processing.Process(request, metadata=metadata)

    def done(self, path: str, content: bytes = b"One.", **fields: Any) -> pb.ProcessResponse:
        """The same, and its job has ended."""
        reply = self.submit(path, content, **fields)
        list(self.processing.StatusWatch(pb.StatusWatchRequest(request_ids=[reply.request_id])))
        return reply

    def expired(self) -> pb.ProcessResponse:
        """A document whose time is over."""
        reply = self.submit("/expired.txt", expire_after=Duration(seconds=1))
        try:
            while True:
                request = pb.ProcessStatusRequest(
                    request_id=reply.request_id, wait=Duration(seconds=5), known_revision=2**60
                )
                self.processing.ProcessStatus(request)
        except grpc.RpcError:
            return reply


def chunk(upload_id: str, data: bytes, *, offset: int = 0, crc32c: int | None = None) -> files.UploadFileRequest:
    """A message of an upload, not its last."""
    checksum = google_crc32c.value(data) if crc32c is None else crc32c
    return files.UploadFileRequest(upload_id=upload_id, offset=offset, chunk=data, crc32c=checksum)


def whole(upload_id: str, data: bytes) -> Iterator[files.UploadFileRequest]:
    """An upload of one message."""
    message = chunk(upload_id, data)
    message.sha256 = hashlib.sha256(data).digest()
    yield message


def fill_uploads(data_dir: Path) -> None:
    """As many uploads of the one tenant that has one as a tenant may have."""
    [tenant] = (data_dir / "uploads").iterdir()
    for number in range(UPLOADS_OPEN_MAX):
        (tenant / f"{number:064x}").mkdir(exist_ok=True)
