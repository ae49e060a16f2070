"""Find words in the files of a pipeline."""

from dataclasses import dataclass, replace

from octavo_server.domain.errors import FailedPreconditionError, InvalidArgumentError
from octavo_server.domain.ids import Instant, TenantId
from octavo_server.domain.modules import Format, ModuleSpecs
from octavo_server.domain.pipelines import Pipeline, asked_name
from octavo_server.domain.queries import EVERY_FILE, FileQuery
from octavo_server.ports.clock import Clock
from octavo_server.ports.engine import Engine
from octavo_server.ports.listings import Position
from octavo_server.ports.words import Words
from octavo_server.usecases.hits import FoundFile, found_files
from octavo_server.usecases.paging import LISTS

QUERY_CHARS_MIN = 2
QUERY_CHARS_MAX = 256
FILES_READ_MAX = 25
"""At once; the engine sees to it that their entries don't fill the memory."""
PAGE_HITS_MAX = 50_000
"""A page ends with the part that goes over it: about 1 MB on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what was found."""

    files: tuple[FoundFile, ...] = ()
    next: Position | None = None
    stop_words: tuple[str, ...] = ()
    unsearchable_words: tuple[str, ...] = ()
    unmatched: FileQuery = EVERY_FILE
    """The terms that fit no file at all; only the first page knows them."""


class KeywordSearch:
    """Searches the indexes that `keyword-db` made."""

    def __init__(self, *, engine: Engine, words: Words, clock: Clock, specs: ModuleSpecs) -> None:
        self._engine = engine
        self._words = words
        self._clock = clock
        self._specs = specs

    async def __call__(
        self,
        tenant: TenantId,
        pipeline: str,
        query: str,
        files: FileQuery,
        *,
        oldest_first: bool,
        page_size: int,
        after: Position | None,
    ) -> Found:
        """One page of files in order of acceptance. Raises InvalidArgumentError, NotFoundError,
        FailedPreconditionError (NO_KEYWORD_INDEX).
        """
        size = LISTS.chosen(page_size)
        text = query.strip()
        if not QUERY_CHARS_MIN <= len(text) <= QUERY_CHARS_MAX:
            raise InvalidArgumentError("query", f"must be {QUERY_CHARS_MIN} to {QUERY_CHARS_MAX} characters")
        found = await self._engine.get_pipeline(tenant, asked_name(pipeline))
        self._check_chain(found)
        words = await self._words.read(text)
        now = self._clock.now()
        unmatched = EVERY_FILE
        if after is None and files.has_terms:
            unmatched = await self._engine.unmatched(tenant, found.name, files, states=(), now=now)
        page = Found(stop_words=words.stop_words, unsearchable_words=words.unsearchable_words, unmatched=unmatched)
        if not words.lemmas:
            return page
        hits, following = await self._files(
            found, words.lemmas, files, now=now, after=after, files_max=size, oldest_first=oldest_first
        )
        return replace(page, files=hits, next=following)

    def _check_chain(self, pipeline: Pipeline) -> None:
        spec = self._specs.get(pipeline.chain[-1])
        if spec is None or spec.output_format is not Format.DATABASE:
            makers = sorted(name for name, one in self._specs.items() if one.output_format is Format.DATABASE)
            raise FailedPreconditionError(
                f"pipelines/{pipeline.name}",
                f"the pipeline can't be searched: its chain does not end with {' or '.join(makers)}, "
                f"but with {pipeline.chain[-1]}",
                reason="NO_KEYWORD_INDEX",
            )

    async def _files(
        self,
        pipeline: Pipeline,
        lemmas: tuple[str, ...],
        query: FileQuery,
        *,
        now: Instant,
        after: Position | None,
        files_max: int,
        oldest_first: bool,
    ) -> tuple[tuple[FoundFile, ...], Position | None]:
        """In parts: how many places files have is known only afterwards."""
        found: list[FoundFile] = []
        hit_count = 0
        while True:
            part_max = min(FILES_READ_MAX, files_max - len(found))
            part = await self._engine.search(
                pipeline.tenant,
                pipeline.name,
                lemmas,
                query,
                now=now,
                after=after,
                files_max=part_max,
                oldest_first=oldest_first,
            )
            files = await found_files(part.files)
            found += files
            hit_count += sum(len(file.hits) for file in files)
            after = part.next
            # A part that is not full has looked at, or has read, as much as one call may.
            is_full = len(found) >= files_max or hit_count >= PAGE_HITS_MAX or len(part.files) < part_max
            if after is None or is_full:
                return tuple(found), after
