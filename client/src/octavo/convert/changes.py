"""Changes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.field_mask_pb2 import FieldMask

from octavo.convert import jobs, plain
from octavo.errors import invalid_argument
from octavo.v1.file_service_pb2 import UpdateFileRequest

if TYPE_CHECKING:
    from collections.abc import Iterable


def update_to_wire(
    file_id: str,
    *,
    pipeline: str,
    file_name: str | None,
    symbolic_directory_path: str | None,
    symbolic_file_path: str | None,
    file_tags: Iterable[tuple[str, str]] | None,
    file_description: str | None,
    expire_seconds: float | None,
) -> UpdateFileRequest:
    """A request whose mask names what is not None. Raises InvalidArgumentError if nothing is."""
    given = {
        "file_name": file_name,
        "symbolic_directory_path": symbolic_directory_path,
        "symbolic_file_path": symbolic_file_path,
        "file_tags": file_tags,
        "file_description": file_description,
        "expire_after": expire_seconds,
    }
    changed = [name for name, value in given.items() if value is not None]
    if not changed:
        raise invalid_argument(
            "update_mask",
            "give at least one of file_name, symbolic_directory_path, symbolic_file_path, file_tags, file_description "
            "and expire_seconds",
        )
    return plain.message(
        UpdateFileRequest,
        file_id=file_id,
        pipeline=pipeline,
        update_mask=FieldMask(paths=changed),
        file_name=file_name or "",
        symbolic_directory_path=symbolic_directory_path or "",
        symbolic_file_path=symbolic_file_path or "",
        file_tags=jobs.tags_to_wire(file_tags or ()),
        file_description=file_description,
        expire_after=plain.duration(expire_seconds, "expire_seconds"),
    )
