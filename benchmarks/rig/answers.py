"""How long calls of a store of many jobs take, in a process of its own.

    python -m benchmarks.rig.answers ADDRESS --calls N

Prints JSON: for each kind of call a list of its cases, each with its name and how many milliseconds each call took:
`alone_ms` one at a time, `at_once_ms` with eight under way.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from typing import Any

import grpc.aio
from google.protobuf.message import Message

from benchmarks.rig.at_100k.plan import CHAINS
from benchmarks.rig.at_100k.questions import Question, questions
from benchmarks.rig.client import OPTIONS, run
from octavo.v1.file_service_pb2_grpc import FileServiceStub
from octavo.v1.pipeline_service_pb2 import CreatePipelineRequest
from octavo.v1.pipeline_service_pb2_grpc import PipelineServiceStub
from octavo.v1.processing_service_pb2_grpc import ProcessingServiceStub
from octavo.v1.search_service_pb2_grpc import SearchServiceStub

AT_ONCE = 8
WARM_UP_CALLS = 3
PAGES_TO_THE_MIDDLE = 5
MIDDLES_MAX = 2
"""Calls of a case that are asked for a page in the middle, too: to walk there takes longer than to measure it."""
WALK_PAGE_SIZE = 1_000
"""How the middle is reached: 5,000 files behind the first page, or the last page if there are fewer."""

Call = Callable[[Message], Awaitable[Any]]


def _answered(method: Call) -> Call:
    """An answer as well: no such job."""

    async def call(request: Message) -> Any:
        try:
            return await method(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.NOT_FOUND:
                raise

    return call


async def _middle(call: Call, request: Message) -> Message | None:
    """The same request for a page in the middle, None if all is on the first."""
    walking, token = type(request)(), ""
    walking.CopyFrom(request)
    for page in range(PAGES_TO_THE_MIDDLE):
        # The first step is as long as a page of the default size, so that whatever has two pages has a middle.
        walking.page_size = WALK_PAGE_SIZE if page else 100
        walking.page_token = token
        following = (await call(walking)).next_page_token
        if not following:
            break
        token = following
    if not token:
        return None
    middle = type(request)()
    middle.CopyFrom(request)
    middle.page_token = token
    return middle


async def _lane(call: Call, requests: Sequence[Message]) -> list[float]:
    times = []
    for request in requests:
        begin = time.perf_counter()
        await call(request)
        times.append((time.perf_counter() - begin) * 1e3)
    return times


async def _measured(case: str, call: Call, requests: Sequence[Message], calls: int) -> dict[str, object]:
    await _lane(call, list(islice(cycle(requests), WARM_UP_CALLS)))
    alone = await _lane(call, list(islice(cycle(requests), calls)))
    share = -(-calls // AT_ONCE)
    lanes = await asyncio.gather(
        *(_lane(call, list(islice(cycle(requests), lane, lane + share))) for lane in range(AT_ONCE))
    )
    return {"case": case, "alone_ms": alone, "at_once_ms": [one for lane in lanes for one in lane]}


async def _asked(question: Question, call: Call, calls_min: int) -> list[dict[str, object]]:
    calls = max(calls_min, len(question.requests))
    results = [await _measured(question.case, call, question.requests, calls)]
    if question.is_paged:
        found = [await _middle(call, request) for request in question.requests[:MIDDLES_MAX]]
        middles = [one for one in found if one is not None]
        if middles:
            results.append(await _measured(f"{question.case}, in the middle", call, middles, calls_min))
    return results


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--calls", type=int, required=True)
    arguments = parser.parse_args()
    results: dict[str, list[dict[str, object]]] = {}
    async with grpc.aio.insecure_channel(arguments.address, options=OPTIONS) as channel:
        pipelines = PipelineServiceStub(channel)
        for name, chain in CHAINS.items():
            # An empty server has none.
            await pipelines.CreatePipeline(CreatePipelineRequest(name=name, module_chain=chain))
        stubs = {
            "ProcessStatus": ProcessingServiceStub(channel).ProcessStatus,
            "ListFiles": FileServiceStub(channel).ListFiles,
            "ShowTree": FileServiceStub(channel).ShowTree,
            "KeywordSearch": SearchServiceStub(channel).KeywordSearch,
        }
        for question in questions():
            asked = await _asked(question, _answered(stubs[question.method]), arguments.calls)
            results.setdefault(question.kind, []).extend(asked)
    print(json.dumps(results))


if __name__ == "__main__":
    run(_main())
