"""The rules that hold whatever the documents do, and which of them were broken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.hostile.result import End, Result

CHILD_MB_MAX = 1_200
SERVER_MB_MORE_MAX = 50
THROUGHPUT_RATIO_MIN = 0.8
"""The same load varies by a tenth on a quiet machine."""
SLACK_SECONDS = 10.0
"""Beyond the module's own limit: for an upload, a queue, and a child that must be started first."""
INNOCENTS_MIN = 20
SPECIFIC_REASONS = frozenset(
    {"DOCUMENT_DAMAGED", "DOCUMENT_ENCRYPTED", "DOCUMENT_TOO_LARGE", "NO_TEXT"}
    | {"MEMORY_LIMIT", "OUTPUT_TOO_LARGE", "TIME_LIMIT"}
)
"""What a module may fail with. MODULE_ERROR and CHILD_DIED tell a user nothing."""
_PLAIN_CHARS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that was measured."""

    results: Sequence[Result]
    module_seconds_max: float
    innocents: Counter[str]
    """How the honest documents ended that ran beside the hostile ones."""
    server_mb_before: float
    server_mb_after: float
    server_mb_peak: float
    documents_per_second_before: float
    documents_per_second_after: float
    is_server_alive: bool

    @property
    def throughput_ratio(self) -> float:
        """After to before."""
        return self.documents_per_second_after / self.documents_per_second_before

    @property
    def worst_seconds(self) -> float:
        """Of any document."""
        return max(result.seconds for result in self.results)

    @property
    def worst_peak_mb(self) -> float:
        """Of any child."""
        return max(result.peak_mb for result in self.results)

    def broken_rules(self) -> list[str]:
        """In sentences; empty is what everybody hopes for."""
        return [*self._of_documents(), *self._of_server()]

    def _of_documents(self) -> Iterator[str]:
        seconds_max = self.module_seconds_max + SLACK_SECONDS
        for result in self.results:
            if result.end in (End.NO_END, End.NO_SERVER):
                yield f"{result.name} did not end as a job: {result.message}"
            elif result.seconds > seconds_max:
                yield f"{result.name} took {result.seconds:.0f} s, more than {seconds_max:g}"
            if result.peak_mb > CHILD_MB_MAX:
                yield f"{result.name} made a child hold {result.peak_mb:,.0f} MB, more than {CHILD_MB_MAX:,}"
            if result.end is End.FAILED and not _is_specific(result):
                yield f"{result.name} failed without a reason that helps: {result.reason} {result.message!r}"
            if result.is_leak:
                yield f"{result.name} shows what another file holds"

    def _of_server(self) -> Iterator[str]:
        more_mb = max(self.server_mb_after, self.server_mb_peak) - self.server_mb_before
        if not self.is_server_alive:
            yield "the server died"
        if more_mb >= SERVER_MB_MORE_MAX:
            yield f"the server held {more_mb:.0f} MB more than before, not less than {SERVER_MB_MORE_MAX}"
        failed = self.innocents.total() - self.innocents["succeeded"]
        if failed:
            yield f"{failed} of {self.innocents.total()} innocent documents did not succeed: {dict(self.innocents)}"
        if self.innocents.total() < INNOCENTS_MIN:
            yield f"only {self.innocents.total()} innocent documents ran beside, not {INNOCENTS_MIN}"
        if self.throughput_ratio < THROUGHPUT_RATIO_MIN:
            yield f"afterwards the server does {self.throughput_ratio:.2f} of what it did, not {THROUGHPUT_RATIO_MIN}"


def _is_specific(result: Result) -> bool:
    is_plain = result.message.isprintable() and 0 < len(result.message) <= _PLAIN_CHARS_MAX
    return result.reason in SPECIFIC_REASONS and is_plain
