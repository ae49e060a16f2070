"""Every `reason` that the server gives, found in its source: of refused calls, and of failed jobs."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docsite.places import SERVER
from octavo_server.domain import errors

_ERRORS: dict[str, type[errors.OctavoError]] = {
    kind.__name__: kind for kind in errors.OctavoError.__subclasses__() if kind.__module__ == errors.__name__
}
REASON = "reason"
CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|[A-Z]{4,}")


class UnknownReasonError(Exception):
    """A reason is made in a way that this search does not follow; the message names the place."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Of calls: with the error classes that carry it. Of jobs: by themselves."""

    of_calls: Mapping[str, frozenset[type[errors.OctavoError]]]
    of_jobs: frozenset[str]


@cache
def find_reasons() -> Reasons:
    """All reasons in the server's source. Raises UnknownReasonError."""
    sources = [_Source(path) for path in sorted(SERVER.rglob("*.py"))]
    of_calls: dict[str, set[type[errors.OctavoError]]] = {}
    for kind in _ERRORS.values():
        if isinstance(reason := kind.__dict__.get(REASON), str):
            of_calls.setdefault(reason, set()).add(kind)
    for source in sources:
        for kind, reason in source.of_calls():
            of_calls.setdefault(reason, set()).add(kind)
    of_jobs = {reason for source in sources if not source.speaks_of_calls for reason in source.of_jobs()}
    return Reasons({reason: frozenset(kinds) for reason, kinds in of_calls.items()}, frozenset(of_jobs))


@cache
def _constants() -> dict[str, set[str]]:
    """The strings with a name of their own at the top of a file of the server, by that name."""
    found: dict[str, set[str]] = {}
    for path in SERVER.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    found.setdefault(name, set()).add(text)
    return found


@cache
def _takers() -> frozenset[str]:
    """The functions and classes of the server that are given a reason, but for the errors that refuse calls."""
    nodes = (node for path in SERVER.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return frozenset(node.name for node in nodes if _takes_reason(node)) - _ERRORS.keys()  # type: ignore[attr-defined] # Only what has a name does.


def _takes_reason(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            return any(one.arg == REASON for one in (*arguments.args, *arguments.kwonlyargs))
        case ast.ClassDef(body=body):
            return any(_takes_reason(one) or _is_reason_field(one) for one in body)
    return False


def _is_reason_field(node: ast.AST) -> bool:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name == REASON
    return False


class _Source:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]

    @property
    def speaks_of_calls(self) -> bool:
        """Is it of the folder that speaks gRPC, and knows no job's reasons?"""
        return self._path.parent.name == "rpc"

    def of_calls(self) -> Iterator[tuple[type[errors.OctavoError], str]]:
        for call in self._calls:
            kind = _ERRORS.get(_name(call.func))
            if kind is errors.NotFoundError:
                for resource in self._texts(call.args[0]):
                    yield kind, f"{resource.upper()}_NOT_FOUND"
            elif kind:
                for reason in self._given(call, kind):
                    yield kind, reason

    def of_jobs(self) -> Iterator[str]:
        for call in self._calls:
            if _name(call.func) in _takers():
                for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                    # What is neither was made from such a one elsewhere: `error.reason`, `outcome.reason`.
                    if isinstance(argument, ast.Constant | ast.Name | ast.IfExp):
                        yield from filter(CONSTANT.fullmatch, self._texts(argument))

    def _given(self, call: ast.Call, kind: type[errors.OctavoError]) -> Iterator[str]:
        given = next((keyword.value for keyword in call.keywords if keyword.arg == REASON), None)
        default = inspect.signature(kind.__init__).parameters.get(REASON)
        if given:
            yield from self._texts(given)
        elif default and isinstance(default.default, str):
            yield default.default

    def _texts(self, value: ast.expr) -> Iterator[str]:
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=body, orelse=other):
                yield from self._texts(body)
                yield from self._texts(other)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _constants():
                yield from filter(CONSTANT.fullmatch, _constants()[name])
            case ast.Constant():
                return
            case ast.Name(id=name) if not CONSTANT.fullmatch(name):
                return
            case _:
                raise UnknownReasonError(f"{self._path}:{value.lineno}: {ast.unparse(value)}")


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
