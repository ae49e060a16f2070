"""What a ProcessRequest asks for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.submissions import ModuleOptions, Submission
from octavo_server.rpc import convert

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

    from octavo.v1 import processing_service_pb2 as wire
    from octavo_server.domain.jobs import Priority


def submission(request: wire.ProcessRequest) -> Submission:
    """What a ProcessRequest asks for."""
    has_content = request.WhichOneof("source") == "content"
    return Submission(
        pipeline=request.pipeline,
        content=request.content if has_content else None,
        upload_id=request.upload_id,
        file_name=request.file_name,
        source_file_name=request.source_file_name,
        directory=request.symbolic_directory_path,
        path=request.symbolic_file_path,
        tags=tuple((tag.key, tag.value) for tag in request.file_tags),
        description=request.file_description if request.HasField("file_description") else None,
        options={
            key: ModuleOptions(options.model, _params(options.params)) for key, options in request.modules.items()
        },
        expire_seconds=convert.seconds(request.expire_after) if request.HasField("expire_after") else None,
        processing_seconds=convert.seconds(request.processing_timeout)
        if request.HasField("processing_timeout")
        else None,
        priority=_priority(request.priority),
        idempotency_key=request.idempotency_key,
        fingerprint=_fingerprint(request) if request.idempotency_key else "",
    )


def _priority(number: wire.Priority.ValueType) -> Priority:
    if number not in convert.PRIORITY:
        raise InvalidArgumentError("priority", f"{number} is none; leave it out, or choose 1 (low) to 3 (high)")
    return convert.PRIORITY[number]


def _params(params: Struct) -> dict[str, object]:
    """Numbers, texts and booleans as they are; lists and structs as something that no param is."""
    return {name: getattr(value, value.WhichOneof("kind") or "null_value") for name, value in params.fields.items()}


def _fingerprint(request: wire.ProcessRequest) -> str:
    """The same for the same request only. Maps are written in order of their keys."""
    return hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
