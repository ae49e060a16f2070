"""Pipelines, and the modules that chains are made of."""

from __future__ import annotations

from types import MappingProxyType

from octavo import catalog
from octavo.convert import plain
from octavo.v1 import pipeline_service_pb2

DATA_FORMAT_OF = MappingProxyType(
    {
        pipeline_service_pb2.DATA_FORMAT_DOCUMENT: catalog.DataFormat.DOCUMENT,
        pipeline_service_pb2.DATA_FORMAT_TEXT: catalog.DataFormat.TEXT,
        pipeline_service_pb2.DATA_FORMAT_JSON: catalog.DataFormat.JSON,
        pipeline_service_pb2.DATA_FORMAT_DATABASE: catalog.DataFormat.DATABASE,
    }
)


def pipeline_info(pipeline: pipeline_service_pb2.Pipeline) -> catalog.PipelineInfo:
    """A named chain."""
    return catalog.PipelineInfo(
        name=pipeline.name, module_chain=tuple(pipeline.module_chain), create_time=plain.time(pipeline.create_time)
    )


def module_info(module: pipeline_service_pb2.Module) -> catalog.ModuleInfo:
    """A step that a chain can have."""
    return catalog.ModuleInfo(
        name=module.name,
        description=module.description,
        input_format=DATA_FORMAT_OF[module.input_format],
        output_format=DATA_FORMAT_OF[module.output_format],
        extensions=tuple(module.extensions),
        models=tuple(_model_info(model) for model in module.models),
        next_modules=tuple(module.next_modules),
        input_key=module.input_key,
        output_key=module.output_key,
    )


def _model_info(model: pipeline_service_pb2.Model) -> catalog.ModelInfo:
    params = tuple(
        catalog.ParamInfo(
            name=param.name,
            description=param.description,
            default=plain.json_value(param.default_value),
            minimum=param.minimum if param.HasField("minimum") else None,
            maximum=param.maximum if param.HasField("maximum") else None,
            choices=tuple(param.choices),
        )
        for param in model.params
    )
    return catalog.ModelInfo(name=model.name, description=model.description, params=params)
