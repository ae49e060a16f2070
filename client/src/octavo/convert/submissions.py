"""What is told with a document when it is submitted."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from google.protobuf.struct_pb2 import Struct

from octavo.convert import plain
from octavo.errors import invalid_argument
from octavo.statuses import Priority
from octavo.v1 import processing_service_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIORITY_TO_WIRE = MappingProxyType(
    {
        Priority.LOW: processing_service_pb2.PRIORITY_LOW,
        Priority.NORMAL: processing_service_pb2.PRIORITY_NORMAL,
        Priority.HIGH: processing_service_pb2.PRIORITY_HIGH,
    }
)


def modules_to_wire(
    modules: Mapping[str, Mapping[str, Any]],
) -> dict[str, processing_service_pb2.ModuleOptions]:
    """`{"parser": {"model": "fixed", "params": {"chunk_size": 10}}}`; both inner keys are optional.

    Raises InvalidArgumentError for another inner key, or params that no JSON can hold; the server checks the rest.
    """
    options = {}
    for key, choice in modules.items():
        unknown = set(choice) - {"model", "params"}
        if unknown:
            raise invalid_argument(f"modules.{key}", f"may have the keys model and params; {min(unknown)!r} is neither")
        params = Struct()
        try:
            params.update(choice.get("params") or {})
        except (TypeError, *plain.UNFIT) as error:
            raise invalid_argument(f"modules.{key}.params", f"must be a dict of JSON values: {error}") from error
        options[key] = plain.message(
            processing_service_pb2.ModuleOptions, model=choice.get("model") or "", params=params
        )
    return options
