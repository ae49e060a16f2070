"""Makes, lists and removes pipelines; tells which modules there are."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from octavo.calls.base import Calls
from octavo.calls.paging import pages
from octavo.channel import AUTH_KEY
from octavo.convert import pipelines, plain
from octavo.errors import NotFoundError
from octavo.v1.pipeline_service_pb2 import (
    CreatePipelineRequest,
    DeletePipelineRequest,
    GetPipelineRequest,
    ListModulesRequest,
    ListPipelinesRequest,
    ResetPipelineRequest,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from octavo.catalog import ModuleInfo, PipelineInfo


class PipelineCalls(Calls):
    """Makes, lists and removes pipelines; tells which modules there are."""

    async def create_pipeline(self, name: str, module_chain: Sequence[str]) -> PipelineInfo:
        """Make a pipeline; the same name and chain again is OK and changes nothing.

        Raises InvalidArgumentError (a bad name, an unknown module, modules that don't fit together), AlreadyExistsError
        if the name has another chain and files on record.
        """
        request = plain.message(CreatePipelineRequest, name=name, module_chain=module_chain)
        reply, _ = await self._connection.unary(self._pipelines.CreatePipeline, request)
        return pipelines.pipeline_info(reply.pipeline)

    async def get_pipeline(self, name: str) -> PipelineInfo:
        """One pipeline. Raises NotFoundError."""
        request = plain.message(GetPipelineRequest, name=name)
        reply, _ = await self._connection.unary(self._pipelines.GetPipeline, request)
        return pipelines.pipeline_info(reply.pipeline)

    async def list_pipelines(self) -> list[PipelineInfo]:
        """All your pipelines, by name."""
        request = ListPipelinesRequest()
        async with aclosing(pages(self._connection, self._pipelines.ListPipelines, request)) as replies:
            return [pipelines.pipeline_info(pipeline) async for reply in replies for pipeline in reply.pipelines]

    async def reset_pipeline(self, name: str) -> int:
        """Delete everything the pipeline holds, running jobs included; returns how many files that were.

        The pipeline itself stays. Raises NotFoundError.
        """
        request = plain.message(ResetPipelineRequest, name=name)
        reply, _ = await self._connection.unary(self._pipelines.ResetPipeline, request)
        return reply.deleted_file_count

    async def delete_pipeline(self, name: str, *, force: bool = False) -> int:
        """Delete a pipeline; returns how many files went with it.

        Raises NotFoundError, and FailedPreconditionError if it holds files and `force` is not set. If the connection
        was lost on the way, the files that a first attempt deleted are not counted.

        Args:
            name: the pipeline's.
            force: delete everything it holds, too; running jobs are stopped.
        """
        request = plain.message(DeletePipelineRequest, name=name, force=force)
        try:
            reply, _ = await self._connection.unary(self._pipelines.DeletePipeline, request)
        except NotFoundError as error:
            if not error.was_repeated:
                raise
            return 0
        return reply.deleted_file_count

    async def list_modules(self) -> list[ModuleInfo]:
        """The modules that chains can be made of, by name."""
        reply, _ = await self._connection.unary(self._pipelines.ListModules, ListModulesRequest())
        return [pipelines.module_info(module) for module in reply.modules]

    async def authenticate(self) -> str:
        """Reach the server and show the credential; returns how it knew the caller.

        `api-key`, or `none` if the server asks for no credential. Raises UnauthenticatedError, UnavailableError.
        """
        _, metadata = await self._connection.unary(self._pipelines.ListModules, ListModulesRequest())
        return str(metadata.get(AUTH_KEY, "none"))
