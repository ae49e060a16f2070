"""Honest documents: one beside each hostile one, and a fixed load before and after all of them."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from itertools import cycle

import octavo
from tests import documents
from tests.hostile.trial import PIPELINE

LOAD_DOCUMENTS = 200
LOAD_ROUNDS = 3
SUBMITTING_AT_ONCE = 8
_TEXT = [f"Paragraph {number} of an honest document. {documents.PANGRAM}" for number in range(40)]


def innocent_documents() -> Iterator[tuple[str, bytes]]:
    """Names and bytes, for ever: text, PDF, Word, HTML and mail in turn."""
    return cycle(
        [
            ("innocent.txt", documents.text(sentences=100)),
            ("innocent.pdf", documents.pdf(_TEXT[:5])),
            ("innocent.docx", documents.word(_TEXT)),
            ("innocent.html", documents.html("".join(f"<p>{line}</p>" for line in _TEXT))),
            ("innocent.eml", documents.mail("\n".join(_TEXT))),
        ]
    )


class Innocents:
    """Submits honest documents, and counts how they end."""

    def __init__(self, client: octavo.Client) -> None:
        self._client = client
        self._documents = innocent_documents()
        self.ends: Counter[str] = Counter()
        """Of those that ran beside hostile ones."""

    async def beside(self, count: int) -> None:
        """Submit so many at once; returns when they have ended."""
        await asyncio.gather(*(self._count_one() for _ in range(count)))

    async def documents_per_second(self) -> float:
        """Of the fixed load, submitted as fast as the server takes it: the best of some rounds.

        The best, since whatever else the machine does can only slow it down.
        """
        return max([await self._round() for _ in range(LOAD_ROUNDS)])

    async def _round(self) -> float:
        gate = asyncio.Semaphore(SUBMITTING_AT_ONCE)

        async def submit(name: str, content: bytes) -> str:
            async with gate:
                return (await self._client.process(PIPELINE, content, source_file_name=name)).request_id

        given = [next(self._documents) for _ in range(LOAD_DOCUMENTS)]
        begin = time.perf_counter()
        request_ids = await asyncio.gather(*(submit(name, content) for name, content in given))
        await self._ended(*request_ids)
        return LOAD_DOCUMENTS / (time.perf_counter() - begin)

    async def _count_one(self) -> None:
        name, content = next(self._documents)
        try:
            job = await self._client.process(PIPELINE, content, source_file_name=name)
            self.ends.update(await self._ended(job.request_id))
        except octavo.OctavoError as error:
            self.ends[f"{name}: {error}"] += 1

    async def _ended(self, *request_ids: str) -> Counter[str]:
        ends: Counter[str] = Counter()
        async with aclosing(self._client.watch(*request_ids)) as statuses:
            async for status in statuses:
                if status.state.is_final:
                    ends[status.failure.reason if status.failure else status.state] += 1
        return ends
