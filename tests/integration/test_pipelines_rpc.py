"""PipelineService as a caller without the SDK sees it."""

import grpc

from octavo.v1 import pipeline_service_pb2 as pb
from tests.integration.conftest import Caller
from tests.integration.pages import pages, refusal
from tests.integration.submitting import make_pipeline, submit

Code = grpc.StatusCode


async def test_a_pipeline_that_holds_files_is_deleted_by_force_only(caller: Caller) -> None:
    await submit(caller, "/a.txt")
    refused = await refusal(caller.pipelines.DeletePipeline(pb.DeletePipelineRequest(name="p")))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "PIPELINE_NOT_EMPTY")
    reply = await caller.pipelines.DeletePipeline(pb.DeletePipelineRequest(name="p", force=True))
    assert reply.deleted_file_count == 1
    for call in (
        caller.pipelines.GetPipeline(pb.GetPipelineRequest(name="p")),
        caller.pipelines.DeletePipeline(pb.DeletePipelineRequest(name="p")),
    ):
        assert (await refusal(call)).reason == "PIPELINE_NOT_FOUND"


async def test_an_empty_pipeline_is_deleted(caller: Caller) -> None:
    reply = await caller.pipelines.DeletePipeline(pb.DeletePipelineRequest(name="p"))
    assert reply.deleted_file_count == 0


async def test_pipelines_are_listed_by_name_page_by_page(caller: Caller) -> None:
    for name in ("ü", "z", "a"):
        await make_pipeline(caller, name, "parser")
    replies = await pages(caller.pipelines.ListPipelines, pb.ListPipelinesRequest(page_size=1))
    assert [pipeline.name for page in replies for pipeline in page.pipelines] == ["a", "p", "z", "ü"]
    # A name is no token.
    refused = await refusal(caller.pipelines.ListPipelines(pb.ListPipelinesRequest(page_token="a")))
    assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, "page_token")


async def test_modules_tell_what_fits_after_them(caller: Caller) -> None:
    reply = await caller.pipelines.ListModules(pb.ListModulesRequest())
    modules = {module.name: module for module in reply.modules}
    parser, last = modules["parser"], modules["keyword-db"]
    assert (parser.input_key, parser.output_key) == ("", "snippet")
    assert "json-to-txt" in parser.next_modules
    assert modules["json-to-txt"].input_key == "snippet"
    assert {"keyword-db", "parser"} <= set(modules["json-to-txt"].next_modules)
    assert (last.output_format, list(last.next_modules)) == (pb.DATA_FORMAT_DATABASE, [])


async def test_a_chain_that_does_not_fit_is_told_what_would(caller: Caller) -> None:
    async def told(*chain: str) -> str:
        request = pb.CreatePipelineRequest(name="bad", module_chain=chain)
        refused = await refusal(caller.pipelines.CreatePipeline(request))
        assert (refused.code, refused.field) == (Code.INVALID_ARGUMENT, "module_chain[1]")
        description: str = refused.details["BadRequest"].field_violations[0].description
        return description

    assert "after parser can come json-to-txt" in await told("parser", "keyword-db")
    assert "nothing can come after keyword-db" in await told("keyword-db", "parser")
