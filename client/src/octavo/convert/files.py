"""Files, queries for them, changes of them, and what a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from octavo import files
from octavo.convert import jobs, plain
from octavo.v1 import file_service_pb2, search_service_pb2

if TYPE_CHECKING:
    from datetime import datetime

NEWEST_FIRST = file_service_pb2.SORT_ORDER_NEWEST_FIRST
OLDEST_FIRST = file_service_pb2.SORT_ORDER_OLDEST_FIRST


def order(*, oldest_first: bool) -> file_service_pb2.SortOrder.ValueType:
    """In which order files are told."""
    return OLDEST_FIRST if oldest_first else NEWEST_FIRST


def file(message: file_service_pb2.File) -> files.File:
    """What was submitted."""
    return files.File(
        file_id=message.file_id,
        request_id=message.request_id,
        pipeline=message.pipeline,
        file_name=message.file_name,
        symbolic_directory_path=message.symbolic_directory_path,
        file_tags=jobs.tags(message.file_tags),
        file_description=message.file_description if message.HasField("file_description") else None,
        state=jobs.JOB_STATE_OF[message.state],
        modules=tuple(jobs.module_status(module) for module in message.modules),
        failure=jobs.failure(message.failure) if message.HasField("failure") else None,
        size_bytes=message.size_bytes,
        create_time=plain.time(message.create_time),
        update_time=plain.time(message.update_time),
        expire_time=plain.time(message.expire_time),
    )


def query_to_wire(query: files.FileQuery | None) -> file_service_pb2.FileQuery | None:
    """None stays absent: all files."""
    if query is None:
        return None
    return plain.message(
        file_service_pb2.FileQuery,
        file_ids=query.file_ids,
        file_names=query.file_names,
        symbolic_directory_paths=query.symbolic_directory_paths,
        symbolic_file_paths=query.symbolic_file_paths,
        file_tags=jobs.tags_to_wire(query.file_tags),
        create_time_start=plain.time_to_wire(query.create_time_start, "create_time_start"),
        create_time_end=plain.time_to_wire(query.create_time_end, "create_time_end"),
        update_time_start=plain.time_to_wire(query.update_time_start, "update_time_start"),
        update_time_end=plain.time_to_wire(query.update_time_end, "update_time_end"),
    )


def query(message: file_service_pb2.FileQuery) -> files.FileQuery:
    """As the server tells the terms that fit no file."""
    return files.FileQuery(
        file_ids=tuple(message.file_ids),
        file_names=tuple(message.file_names),
        symbolic_directory_paths=tuple(message.symbolic_directory_paths),
        symbolic_file_paths=tuple(message.symbolic_file_paths),
        file_tags=jobs.tags(message.file_tags),
        create_time_start=_time(message, "create_time_start"),
        create_time_end=_time(message, "create_time_end"),
        update_time_start=_time(message, "update_time_start"),
        update_time_end=_time(message, "update_time_end"),
    )


def tree_file(message: file_service_pb2.TreeFile) -> files.TreeFile:
    """A leaf."""
    return files.TreeFile(
        symbolic_file_path=message.symbolic_file_path,
        file_id=message.file_id,
        state=jobs.JOB_STATE_OF[message.state],
    )


def file_hits(message: search_service_pb2.FileHits) -> files.FileHits:
    """The words found in one file."""
    hits = tuple(
        files.KeywordHit(keyword=hit.keyword, line_number=hit.line_number, keyword_number=hit.keyword_number)
        for hit in message.hits
    )
    return files.FileHits(file=file(message.file), hits=hits, omitted_hit_count=message.omitted_hit_count)


def _time(
    message: file_service_pb2.FileQuery,
    name: Literal["create_time_start", "create_time_end", "update_time_start", "update_time_end"],
) -> datetime | None:
    return plain.time(getattr(message, name)) if message.HasField(name) else None
