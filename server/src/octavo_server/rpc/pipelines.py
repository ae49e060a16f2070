"""PipelineService: translates calls into use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.v1 import pipeline_service_pb2 as wire
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceServicer
from octavo_server.domain.pipelines import asked_name
from octavo_server.rpc import convert, pages
from octavo_server.rpc.caller import TENANT
from octavo_server.rpc.catalog import catalog

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from octavo_server.domain.modules import ModuleSpecs
    from octavo_server.domain.pipelines import Pipeline
    from octavo_server.ports.engine import Engine
    from octavo_server.usecases.create_pipeline import CreatePipeline
    from octavo_server.usecases.delete_pipeline import DeletePipeline
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
        delete: DeletePipeline,
        specs: ModuleSpecs,
    ) -> None:
        self._engine = engine
        self._create = create
        self._list = listing
        self._reset = reset
        self._delete = delete
        self._modules = catalog(specs)

    async def CreatePipeline(
        self, request: wire.CreatePipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.CreatePipelineResponse:
        pipeline = await self._create(TENANT.get(), request.name, list(request.module_chain))
        return wire.CreatePipelineResponse(pipeline=_pipeline(pipeline))

    async def GetPipeline(
        self, request: wire.GetPipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.GetPipelineResponse:
        pipeline = await self._engine.get_pipeline(TENANT.get(), asked_name(request.name, field="name"))
        return wire.GetPipelineResponse(pipeline=_pipeline(pipeline))

    async def ListPipelines(
        self, request: wire.ListPipelinesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListPipelinesResponse:
        found, following = await self._list(
            TENANT.get(),
            page_size=request.page_size,
            after=pages.text_position(request, request.page_token) or "",
        )
        page = pages.filled(((_pipeline(pipeline), pipeline.name) for pipeline in found), following)
        return wire.ListPipelinesResponse(pipelines=page.messages, next_page_token=pages.token_for(request, page.next))

    async def ResetPipeline(
        self, request: wire.ResetPipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.ResetPipelineResponse:
        return wire.ResetPipelineResponse(deleted_file_count=await self._reset(TENANT.get(), request.name))

    async def DeletePipeline(
        self, request: wire.DeletePipelineRequest, context: ServicerContext[Any, Any]
    ) -> wire.DeletePipelineResponse:
        count = await self._delete(TENANT.get(), request.name, force=request.force)
        return wire.DeletePipelineResponse(deleted_file_count=count)

    async def ListModules(
        self, request: wire.ListModulesRequest, context: ServicerContext[Any, Any]
    ) -> wire.ListModulesResponse:
        return wire.ListModulesResponse(modules=self._modules)


def _pipeline(pipeline: Pipeline) -> wire.Pipeline:
    return wire.Pipeline(
        name=pipeline.name, module_chain=pipeline.chain, create_time=convert.timestamp(pipeline.create_time)
    )
