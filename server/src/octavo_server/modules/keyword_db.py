"""The module `keyword-db`: any document in, an SQLite file of its keywords out."""

from collections.abc import Callable, Iterator

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import Report
from octavo_server.modules import lemmas, reading
from octavo_server.modules.base import Input, Output
from octavo_server.modules.keyword_table import keyword_table
from octavo_server.modules.keywords import keywords, lines_in

MEDIA_TYPE = "application/vnd.sqlite3"
OUTPUT_FACTOR = 20
"""Bytes of the file for each character of text, at worst: 18.7, if all words are single letters. Prose takes 4.5. The
search index takes 1.6, at worst 7.8."""


class KeywordDb:
    """Lists a document's words with their places, and what they are found by."""

    spec = ModuleSpec(
        name="keyword-db",
        description="Makes an SQLite file of a document's keywords, and lets searches find them.",
        input_format=Format.DOCUMENT,
        output_format=Format.DATABASE,
        extensions=reading.EXTENSIONS,
        models=(
            ModelSpec(
                name="sqlite",
                aliases=("base",),
                description="Every word but English stop words, with its line, its number there and its singular.",
                params=(reading.EXTRACTOR,),
            ),
        ),
        output_factor=OUTPUT_FACTOR,
    )

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError: NO_TEXT, DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, OUTPUT_TOO_LARGE."""
        read = reading.read(given, report)
        # Whatever happens from here on is no extractor's doing.
        given.on_handover(is_last=True)

        def on_chars(done: int) -> None:
            report(Progress("character", done, len(read.text)))

        with keyword_table(bytes_max=given.output_bytes_max * OUTPUT_FACTOR) as table:
            table.fill(keywords(read.text, lemmas.load().of, on_chars=on_chars))
            return Output(
                data=table.to_bytes(),
                index=table.index_lines(),
                media_type=MEDIA_TYPE,
                warnings=read.warnings,
                metadata=read.metadata,
                facts={"num_lines": lines_in(read.text)},
            )

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """The tables of lemmas, then the extractors."""
        yield _load_lemmas
        yield from reading.warm_ups()


def _load_lemmas() -> None:
    lemmas.load()
