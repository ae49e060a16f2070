"""The page of all errors: what gRPC sends, what the SDK raises, every reason and what to do about it."""

import inspect
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from google.rpc import error_details_pb2
from grpc import StatusCode

from docsite.markdown import anchored, code, prose, section, table
from docsite.page_error import PageError
from docsite.places import ROOT
from docsite.reasons import find_reasons
from octavo.errors import ERROR_OF
from octavo_server.domain.errors import OctavoError
from octavo_server.rpc.errors import INTERNAL, STATUS_OF

INTERNAL_REASON = "INTERNAL"
"""What nobody foresaw has no class of its own."""
_DETAIL = re.compile(r"\bdetails\.(\w+)")
_JOB_REASONS = ("docs/documents.md", "when-a-job-fails")

_INTRODUCTION = """# Errors

A refused call ends with a gRPC status. Its rich details always hold a `google.rpc.ErrorInfo` with the domain `octavo`
and a `reason`, a constant to program against; many hold a second message that says more. The trailing metadata
`octavo-call-id` names the call in the server's log. The Python SDK raises the exception beside the status, with the
details as its attributes ([Python SDK](sdk.md#OctavoError)).

A job that fails is no refused call: its status tells, with reasons of their own ([below](#failed-jobs)).

## Statuses
"""
_CALLS = "## Reasons of refused calls { #reasons }\n"
_JOBS = """## Reasons of failed jobs { #failed-jobs }

`failure.reason` of a job's status, and `JobFailedError.reason` of the SDK.
"""


def errors_page() -> str:
    """Statuses, then reasons of calls, then reasons of jobs."""
    parts = (_INTRODUCTION, _statuses(), _CALLS, _reasons(), _JOBS, _job_reasons())
    return "\n".join(parts)


def read_notes() -> Mapping[str, str]:
    """What is written about each reason of refused calls."""
    notes: dict[str, str] = tomllib.loads((Path(__file__).parent / "reasons.toml").read_text())
    return notes


def call_reasons() -> dict[str, frozenset[type[OctavoError]]]:
    """Each reason of refused calls with the classes that carry it; none for what nobody foresaw."""
    return dict(find_reasons().of_calls) | {INTERNAL_REASON: frozenset()}


def _statuses() -> str:
    classes = {status: [kind for kind, row in STATUS_OF.items() if row.code is status] for status in StatusCode}
    classes[INTERNAL.code].append(OctavoError)
    return table(
        ("gRPC status", "details beside ErrorInfo", "SDK exception", "when"),
        (
            (
                anchored(status.name, code(status.name)),
                "<br>".join(dict.fromkeys(_details(kind) for kind in kinds)),
                _exception(status),
                "<br>".join(map(_when, kinds or (ERROR_OF[status],))),
            )
            # First what this server sends, then what gRPC itself and proxies do.
            for status, kinds in sorted(classes.items(), key=lambda one: not one[1])
            if kinds or status in ERROR_OF
        ),
    )


def _reasons() -> str:
    notes, known = read_notes(), call_reasons()
    if lacking := known.keys() - notes.keys():
        raise PageError(f"docsite/reasons.toml says nothing about {', '.join(sorted(lacking))}: add a line for each")
    return table(
        ("reason", "gRPC status", "details", "SDK exception", "what happened, what to do"),
        (_reason_row(reason, kinds, notes[reason]) for reason, kinds in sorted(known.items())),
    )


def _reason_row(reason: str, kinds: frozenset[type[OctavoError]], note: str) -> tuple[str, ...]:
    named = sorted(kinds, key=lambda kind: kind.__name__)
    statuses = [STATUS_OF[kind].code for kind in named] or [INTERNAL.code]
    return (
        anchored(f"reason-{reason}", code(reason)),
        "<br>".join(f"[{code(status.name)}](#{status.name})" for status in dict.fromkeys(statuses)),
        "<br>".join(dict.fromkeys(_details(kind) for kind in named)),
        "<br>".join(dict.fromkeys(map(_exception, statuses))),
        prose(note),
    )


def _job_reasons() -> str:
    path, anchor = _JOB_REASONS
    found = section((ROOT / path).read_text(), anchor)
    if found is None:
        raise PageError(f"{path} has no section #{anchor}, which the page of errors includes")
    return found.partition("\n")[2].replace("](", "](../")


def _details(kind: type[OctavoError]) -> str:
    """The names of the messages that the row's maker of details makes."""
    if kind not in STATUS_OF:
        return ""
    named = _DETAIL.findall(inspect.getsource(STATUS_OF[kind].detail))
    return ", ".join(
        code(name) for name in dict.fromkeys(named) if name in error_details_pb2.DESCRIPTOR.message_types_by_name
    )


def _exception(status: StatusCode) -> str:
    name = ERROR_OF[status].__name__
    return f"[{code(name)}](sdk.md#{name})"


def _when(kind: type[Exception]) -> str:
    if kind is OctavoError:
        return "A fault of the server; its log has the reason."
    return prose(inspect.getdoc(kind) or "")
