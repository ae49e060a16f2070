"""The messages of parent and child, as frame headers; and the parent's distrust of a child's."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from octavo_server.domain.ids import Instant
from octavo_server.domain.jobs import Progress
from octavo_server.domain.metadata import DocumentMetadata, bounded
from octavo_server.ports.runner import Outcome, Refused, Spooled, Succeeded, Task
from octavo_server.worker.frames import Header, MalformedFrameError

READY: Header = {"type": "ready"}
PROGRESS_SECONDS_MIN = 0.25
"""Between two reports of progress: at most four a second. Children keep to it, and the parent sees to it."""
TEXT_CHARS_MAX = 500
"""A message or warning for people; beyond, it is cut."""
WARNINGS_MAX = 20
COUNT_MAX = 2**53
FACTS_MAX = 8
_EXTRACTOR = re.compile(r"[a-z][a-z-]{0,63}")
_NAME = re.compile(r"[A-Z][A-Z_]{0,63}")
_FACT = re.compile(r"[a-z_]{1,32}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,64}")


_NO_FACTS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ask:
    """The child wants the extractor of that name, which it can't reach itself, to read its document."""

    extractor: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Whoever takes the process down now is not the extractor before: it gave up, or served."""

    is_last: bool
    """No further extractor begins: the text is there."""


@dataclass(frozen=True, slots=True)
class Index:
    """What searches find in the output that follows. Whoever discards it closes its file, if it has one."""

    data: bytes | Spooled


Message = Progress | Ask | Handover | Index | Outcome
"""What a child says while it works on a task."""


def task_header(task: Task, number: str, *, has_relay: bool) -> Header:
    """What the child needs to know of a task. The document goes beside it, as a file descriptor.

    `number` comes back in every frame of this task: what was written before the task was known can't carry it.
    `has_relay`: may it ask? The answer to an ask is the header and payload of an outcome.
    """
    return {
        "task": number,
        "module": task.run.name,
        "model": task.run.model,
        "params": dict(task.run.params),
        "file_name": task.file_name,
        "media_type": task.media_type,
        "has_relay": has_relay,
        "extractors_spent": task.run.extractors_spent,
    }


def ask_header(extractor: str) -> Header:
    """Asks for an extractor in the middle of a task, and waits for the answer."""
    return {"type": "ask", "extractor": extractor}


def handover_header(*, is_last: bool) -> Header:
    """An extractor gave up, and the next one begins; or it served, and none does."""
    return {"type": "handover", "is_last": is_last}


def progress_header(progress: Progress) -> Header:
    """How far the module is."""
    return {
        "type": "progress",
        "unit": progress.unit,
        "completed": progress.completed,
        "total": progress.total,
    }


def index_header() -> Header:
    """Comes before the module's end, if it made a search index; that is the frame's payload."""
    return {"type": "index"}


def succeeded_header(
    media_type: str,
    warnings: tuple[str, ...],
    metadata: DocumentMetadata | None = None,
    facts: Mapping[str, int] = _NO_FACTS,
) -> Header:
    """The module's end; its output is the frame's payload."""
    return {
        "type": "succeeded",
        "media_type": media_type,
        "warnings": [_sentence(warning) for warning in warnings[:WARNINGS_MAX]],
        "metadata": asdict(bounded(metadata)) if metadata else None,
        "facts": dict(facts),
    }


def refused_header(reason: str, message: str) -> Header:
    """The module's end without an output."""
    return {"type": "refused", "reason": reason, "message": _sentence(message)}


def outcome_header(outcome: Succeeded | Refused) -> Header:
    """Tells a child what came of an ask; the output is the frame's payload."""
    if isinstance(outcome, Refused):
        return refused_header(outcome.reason, outcome.message)
    return succeeded_header(outcome.media_type, outcome.warnings, outcome.metadata)


def read_message(header: Header, payload: bytes | Spooled, *, number: str) -> Message:
    """What a child says while it works on task `number`. Raises MalformedFrameError."""
    if header.get("task") != number:
        raise MalformedFrameError("a frame belongs to another task")
    match header:
        case {"type": "progress", "unit": unit, "completed": completed, "total": total} if not payload:
            return Progress(_text(unit), _count(completed), _count(total))
        case {"type": "handover", "is_last": bool(is_last)} if not payload:
            return Handover(is_last)
        case {"type": "ask", "extractor": extractor} if not payload:
            return Ask(_matching(extractor, _EXTRACTOR))
        case {"type": "index"}:
            return Index(payload)
        case {"type": "succeeded"}:
            return _read_succeeded(header, payload)
        case {"type": "refused", "reason": reason, "message": message} if not payload:
            return Refused(_matching(reason, _NAME), _text(message))
    raise MalformedFrameError("a header of no known type")


def checked(header: Header) -> Header:
    """The header of a message, as a parent will take it. Raises MalformedFrameError for a module's mistake."""
    read_message(header | {"task": ""}, b"", number="")
    return header


def _read_succeeded(header: Header, payload: bytes | Spooled) -> Succeeded:
    match header:
        case {"media_type": media_type, "warnings": list(warnings), "metadata": metadata, "facts": dict(facts)}:
            if len(warnings) > WARNINGS_MAX or len(facts) > FACTS_MAX:
                raise MalformedFrameError("too many warnings or facts")
            return Succeeded(
                output=payload,
                media_type=_matching(media_type, _MEDIA_TYPE),
                warnings=tuple(map(_text, warnings)),
                metadata=None if metadata is None else read_metadata(metadata),
                facts={_matching(name, _FACT): _count(value) for name, value in facts.items()},
            )
    raise MalformedFrameError("an end that is not as it should be")


def read_metadata(value: Any) -> DocumentMetadata:
    """What a child says about a document, within the bounds. Raises MalformedFrameError."""
    match value:
        case {
            "media_type": str(media_type),
            "title": str(title),
            "author": str(author),
            "create_time": None | int() | float() as create_time,
            "page_count": None | int() as page_count,
            "language": str(language),
            "extractor": str(extractor),
            "more": dict(more),
        } if all(isinstance(text, str) for text in more.values()):
            return bounded(
                DocumentMetadata(
                    media_type=media_type,
                    title=title,
                    author=author,
                    create_time=None if create_time is None else Instant(create_time),
                    page_count=page_count,
                    language=language,
                    extractor=extractor,
                    more=more,
                )
            )
    raise MalformedFrameError("metadata is not as it should be")


def _sentence(text: str) -> str:
    """As the other side takes it: names of a document's parts may stand in it, with whatever its author put there."""
    return "".join(char if char.isprintable() else " " for char in text[:TEXT_CHARS_MAX])


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX or not value.isprintable():
        raise MalformedFrameError("a text is none, too long, or not printable")
    return value


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedFrameError("a name breaks its rule")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= COUNT_MAX:
        raise MalformedFrameError("a count is none, or out of bounds")
    return value
