"""The modules of a server on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.struct_pb2 import Value

from octavo.v1 import pipeline_service_pb2 as wire
from octavo_server.domain.modules import ChoiceParam, WholeParam
from octavo_server.domain.pipelines import fitting_after
from octavo_server.rpc import convert

if TYPE_CHECKING:
    from octavo_server.domain.modules import ModelSpec, ModuleSpec, ModuleSpecs, ParamSpec


def catalog(specs: ModuleSpecs) -> list[wire.Module]:
    """All of them by name."""
    return [_module(specs[name], specs) for name in sorted(specs)]


def _module(spec: ModuleSpec, specs: ModuleSpecs) -> wire.Module:
    return wire.Module(
        name=spec.name,
        description=spec.description,
        input_format=convert.FORMAT[spec.input_format],
        output_format=convert.FORMAT[spec.output_format],
        extensions=spec.extensions,
        models=[_model(model) for model in spec.models],
        next_modules=fitting_after(spec, specs),
        input_key=spec.input_key,
        output_key=spec.output_key,
    )


def _model(model: ModelSpec) -> wire.Model:
    return wire.Model(
        name=model.name,
        description=model.description,
        params=[_param(param) for param in model.params],
    )


def _param(param: ParamSpec) -> wire.Param:
    message = wire.Param(name=param.name, description=param.description)
    match param:
        case WholeParam(default=number, minimum=minimum, maximum=maximum):
            default = Value(number_value=number)
            message.MergeFrom(wire.Param(default_value=default, minimum=minimum, maximum=maximum))
        case ChoiceParam(default=text, choices=choices):
            message.MergeFrom(wire.Param(default_value=Value(string_value=text), choices=choices))
    return message
