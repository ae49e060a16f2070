"""What the protos say: services, messages and enums with their comments, from the compiler's own descriptors."""

import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from google.api import field_behavior_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)
from grpc_tools import protoc

from docsite.places import PROTOS

PACKAGE = "octavo.v1"

# The numbers of fields in descriptor.proto, of which the paths of comments are made.
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM, _MESSAGE_ONEOF = 2, 3, 4, 8
_ENUM_VALUE = 2
_SERVICE_METHOD = 2

_Comments = Callable[[Sequence[int]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeName:
    """A type as the proto writes it; `full_name` if it is a message or an enum."""

    text: str
    full_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `marks`: `required`, `repeated`, `optional`, `output only` ..."""

    name: str
    number: int
    type: TypeName
    key_type: str
    """Of a map; empty: it is none."""
    marks: tuple[str, ...]
    oneof: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `name` is relative to the package. `oneofs` are names with comments."""

    name: str
    comment: str
    fields: tuple[Field, ...]
    oneofs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of an enum."""

    name: str
    number: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """One enum; `name` is relative to the package."""

    name: str
    comment: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpc:
    """One call. `request` and `response` are full names."""

    name: str
    comment: str
    request: str
    response: str
    is_request_stream: bool
    is_response_stream: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service."""

    name: str
    comment: str
    rpcs: tuple[Rpc, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One proto file; `path` is relative to protos/."""

    path: str
    services: tuple[Service, ...]
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]


@cache
def read_contract() -> tuple[File, ...]:
    """All files of the package, by path. Raises ValueError if the compiler refuses one."""
    paths = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    includes = [PROTOS, Path(sysconfig.get_path("purelib")), Path(str(files("grpc_tools"))) / "_proto"]
    with tempfile.NamedTemporaryFile(suffix=".binpb") as answer:
        options = [*(f"-I{path}" for path in includes), "--include_source_info", f"--descriptor_set_out={answer.name}"]
        if protoc.main(["protoc", *options, *paths]):
            raise ValueError("protoc refuses the protos; its message is above")
        described = FileDescriptorSet.FromString(answer.read())
    return tuple(_file(one) for one in described.file)


def relative_name(full_name: str) -> str:
    """`Job` for `.octavo.v1.Job`; what is of another package keeps its name."""
    return full_name.removeprefix(".").removeprefix(f"{PACKAGE}.")


def _file(described: FileDescriptorProto) -> File:
    places = {tuple(place.path): place.leading_comments for place in described.source_code_info.location}

    def comments(path: Sequence[int]) -> str:
        return "\n".join(line.removeprefix(" ") for line in places.get(tuple(path), "").splitlines()).strip()

    nested = [
        item
        for number, one in enumerate(described.message_type)
        for item in _with_nested(one, (_FILE_MESSAGE, number), "", comments)
    ]
    enums = (_enum(one, (_FILE_ENUM, number), "", comments) for number, one in enumerate(described.enum_type))
    services = (_service(one, (_FILE_SERVICE, number), comments) for number, one in enumerate(described.service))
    return File(
        path=described.name,
        services=tuple(services),
        messages=tuple(item for item in nested if isinstance(item, Message)),
        enums=(*enums, *(item for item in nested if isinstance(item, Enum))),
    )


def _service(one: ServiceDescriptorProto, path: tuple[int, ...], comments: _Comments) -> Service:
    rpcs = tuple(_rpc(rpc, comments((*path, _SERVICE_METHOD, number))) for number, rpc in enumerate(one.method))
    return Service(name=one.name, comment=comments(path), rpcs=rpcs)


def _rpc(one: MethodDescriptorProto, comment: str) -> Rpc:
    return Rpc(
        name=one.name,
        comment=comment,
        request=one.input_type,
        response=one.output_type,
        is_request_stream=one.client_streaming,
        is_response_stream=one.server_streaming,
    )


def _with_nested(
    one: DescriptorProto, path: tuple[int, ...], outer: str, comments: _Comments
) -> Iterator[Message | Enum]:
    name = f"{outer}{one.name}"
    maps = {nested.name: nested for nested in one.nested_type if nested.options.map_entry}
    yield Message(
        name=name,
        comment=comments(path),
        fields=tuple(
            _field(field, one, maps, comments((*path, _MESSAGE_FIELD, number)))
            for number, field in enumerate(one.field)
        ),
        oneofs=tuple(
            (oneof.name, comments((*path, _MESSAGE_ONEOF, number)))
            for number, oneof in enumerate(one.oneof_decl)
            if not oneof.name.startswith("_")
        ),
    )
    for number, nested in enumerate(one.nested_type):
        if nested.name not in maps:
            yield from _with_nested(nested, (*path, _MESSAGE_NESTED, number), f"{name}.", comments)
    for number, enum in enumerate(one.enum_type):
        yield _enum(enum, (*path, _MESSAGE_ENUM, number), f"{name}.", comments)


def _enum(one: EnumDescriptorProto, path: tuple[int, ...], outer: str, comments: _Comments) -> Enum:
    values = tuple(
        Value(name=value.name, number=value.number, comment=comments((*path, _ENUM_VALUE, number)))
        for number, value in enumerate(one.value)
    )
    return Enum(name=f"{outer}{one.name}", comment=comments(path), values=values)


def _field(one: FieldDescriptorProto, owner: DescriptorProto, maps: dict[str, DescriptorProto], comment: str) -> Field:
    entry = maps.get(one.type_name.rpartition(".")[2])
    is_in_oneof = one.HasField("oneof_index") and not one.proto3_optional
    return Field(
        name=one.name,
        number=one.number,
        type=_type(entry.field[1] if entry else one),
        key_type=_type(entry.field[0]).text if entry else "",
        marks=() if entry else tuple(_marks(one)),
        oneof=owner.oneof_decl[one.oneof_index].name if is_in_oneof else "",
        comment=comment,
    )


def _marks(one: FieldDescriptorProto) -> Iterator[str]:
    for behavior in one.options.Extensions[field_behavior_pb2.field_behavior]:
        yield field_behavior_pb2.FieldBehavior.Name(behavior).lower().replace("_", " ")
    if one.label == FieldDescriptorProto.LABEL_REPEATED:
        yield "repeated"
    if one.proto3_optional:
        yield "optional"


def _type(one: FieldDescriptorProto) -> TypeName:
    if one.type_name:
        return TypeName(text=relative_name(one.type_name), full_name=one.type_name)
    return TypeName(text=FieldDescriptorProto.Type.Name(one.type).removeprefix("TYPE_").lower())
