"""PipelineService: translates calls into use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.struct_pb2 import Value

from octavo.v1 import pipeline_service_pb2 as wire
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceServicer
from octavo_server.domain.ids import PipelineName
from octavo_server.domain.modules import ChoiceParam, WholeParam
from octavo_server.rpc import convert
from octavo_server.rpc.caller import TENANT

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.domain.modules import ModelSpec, ModuleSpec, ModuleSpecs, ParamSpec
    from octavo_server.domain.pipelines import Pipeline
    from octavo_server.ports.engine import Engine
    from octavo_server.usecases.create_pipeline import CreatePipeline
    from octavo_server.usecases.list_pipelines import ListPipelines
    from octavo_server.usecases.reset_pipeline import ResetPipeline


class PipelineServicer(PipelineServiceServicer):
    """Pipelines and modules."""

    def __init__(
        self,
        *,
        engine: Engine,
        create: CreatePipeline,
        listing: ListPipelines,
        reset: ResetPipeline,
        specs: ModuleSpecs,
    ) -> None:
        self._engine = engine
        self._create = create
        self._list = listing
        self._reset = reset
        self._modules = [_module(specs[name]) for name in sorted(specs)]

    async def CreatePipeline(
        self, request: wire.CreatePipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.CreatePipelineResponse:
        pipeline = await self._create(TENANT.get(), request.name, list(request.module_chain))
        return wire.CreatePipelineResponse(pipeline=_pipeline(pipeline))

    async def GetPipeline(
        self, request: wire.GetPipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.GetPipelineResponse:
        pipeline = await self._engine.get_pipeline(TENANT.get(), PipelineName(request.name))
        return wire.GetPipelineResponse(pipeline=_pipeline(pipeline))

    async def ListPipelines(
        self, request: wire.ListPipelinesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListPipelinesResponse:
        pipelines, after = await self._list(TENANT.get(), page_size=request.page_size, after=request.page_token)
        return wire.ListPipelinesResponse(
            pipelines=[_pipeline(pipeline) for pipeline in pipelines], next_page_token=after
        )

    async def ResetPipeline(
        self, request: wire.ResetPipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.ResetPipelineResponse:
        return wire.ResetPipelineResponse(deleted_file_count=await self._reset(TENANT.get(), request.name))

    async def ListModules(
        self, request: wire.ListModulesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListModulesResponse:
        return wire.ListModulesResponse(modules=self._modules)


def _pipeline(pipeline: Pipeline) -> wire.Pipeline:
    return wire.Pipeline(
        name=pipeline.name, module_chain=pipeline.chain, create_time=convert.timestamp(pipeline.create_time)
    )


def _module(spec: ModuleSpec) -> wire.Module:
    return wire.Module(
        name=spec.name,
        description=spec.description,
        input_format=convert.FORMAT[spec.input_format],
        output_format=convert.FORMAT[spec.output_format],
        extensions=spec.extensions,
        models=[_model(model) for model in spec.models],
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
