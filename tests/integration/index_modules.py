"""Modules that make search indexes, honestly or not, for the tests of the sandbox. Children load this by its name."""

import time
from collections.abc import Callable, Iterator
from typing import cast

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import Report
from octavo_server.modules.base import Input, Output, RefusalError
from octavo_server.worker.child import Connection
from octavo_server.worker.frames import pack
from octavo_server.worker.messages import index_header

FACTOR = 3


class Function:
    """A module that does what a function does."""

    def __init__(self, work: Callable[[Input, Report], Output]) -> None:
        self.spec = ModuleSpec(
            name=work.__name__,
            description="For tests.",
            input_format=Format.DOCUMENT,
            output_format=Format.TEXT if "of_text" in work.__name__ else Format.DATABASE,
            extensions=(".txt",),
            models=(ModelSpec(name="only", description="For tests."),),
            output_factor=FACTOR,
        )
        self._work = work

    def run(self, given: Input, report: Report) -> Output:
        return self._work(given, report)

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        return iter(())


def made(data: bytes = b"data", index: bytes = b"index", **facts: int) -> Output:
    return Output(data=data, media_type="text/plain", index=index, facts=facts)


def connection(report: Report) -> Connection:
    """What a document that took over its child has, too."""
    return cast("Connection", report.__self__)  # type: ignore[attr-defined]  # a bound method


def index(given: Input, report: Report) -> Output:
    return made(num_lines=3)


def no_index(given: Input, report: Report) -> Output:
    return made(index=b"")


def large_index(given: Input, report: Report) -> Output:
    return made(bytes(given.output_bytes_max * FACTOR), bytes(given.output_bytes_max * FACTOR))


def too_large_index(given: Input, report: Report) -> Output:
    return made(index=bytes(given.output_bytes_max * FACTOR + 1))


def too_large_index_by_force(given: Input, report: Report) -> Output:
    connection(report).send(index_header(), bytes(given.output_bytes_max * FACTOR + 1))
    return made()


def two_indexes(given: Input, report: Report) -> Output:
    connection(report).send(index_header(), bytes(2_000_000))
    return made(index=bytes(2_000_000))


def index_of_another_task(given: Input, report: Report) -> Output:
    header = index_header() | {"task": "0" * 16}
    connection(report)._end.sendall(pack(header, 2_000_000) + bytes(2_000_000))
    return made()


def index_of_nothing(given: Input, report: Report) -> Output:
    connection(report).send(index_header(), bytes(2_000_000))
    raise RefusalError("NO_TEXT", "there is nothing in it")


def index_and_sleep(given: Input, report: Report) -> Output:
    connection(report).send(index_header(), bytes(2_000_000))
    report(Progress("step", 1, 2))
    time.sleep(3_600)
    return made()


def index_of_text(given: Input, report: Report) -> Output:
    return made()


def index_of_text_by_force(given: Input, report: Report) -> Output:
    connection(report).send(index_header(), bytes(2_000_000))
    return made(index=b"")


def wrong_facts(given: Input, report: Report) -> Output:
    return Output(data=b"", media_type="text/plain", facts={"Lines": 1})


def wrong_media_type(given: Input, report: Report) -> Output:
    return Output(data=b"", media_type="text")


def wrong_data(given: Input, report: Report) -> Output:
    return Output(data=cast("bytes", "text"), media_type="text/plain")


def wrong_reason(given: Input, report: Report) -> Output:
    raise RefusalError("no reason", "")


def wrong_progress(given: Input, report: Report) -> Output:
    report(Progress("step", -1, 0))
    return made()


FUNCTIONS = [
    index,
    no_index,
    large_index,
    too_large_index,
    too_large_index_by_force,
    two_indexes,
    index_of_another_task,
    index_of_nothing,
    index_and_sleep,
    index_of_text,
    index_of_text_by_force,
    wrong_facts,
    wrong_media_type,
    wrong_data,
    wrong_reason,
    wrong_progress,
]
MODULES = {work.__name__: Function(work) for work in FUNCTIONS}
DATABASE_MAKERS = [name for name, module in MODULES.items() if module.spec.output_format is Format.DATABASE]
