"""The module `parser`: any document in, snippets with line numbers out."""

from collections.abc import Callable, Iterator

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec, Params, WholeParam
from octavo_server.extractors.base import Report
from octavo_server.modules import reading
from octavo_server.modules.base import Input, Output
from octavo_server.modules.sentences import sentences
from octavo_server.modules.snippets import KEY, MEDIA_TYPE, Counted, OnChars, Snippet, to_json
from octavo_server.modules.windows import windows

CHUNK_SIZE_DEFAULT = 10
OVERLAP_SIZE_DEFAULT = 2
CHUNK_SIZE_MAX = 10_000
"""Words; longer than a chapter, so that nobody needs more."""


def _overlap_fits(params: Params) -> tuple[str, str] | None:
    if params["overlap_size"] >= params["chunk_size"]:
        return "overlap_size", f"must be less than chunk_size, which is {params['chunk_size']}"
    return None


SENTENCE = ModelSpec(
    name="sentence",
    description="One snippet a sentence, by Punkt with English parameters.",
    params=(reading.EXTRACTOR,),
)
FIXED = ModelSpec(
    name="fixed",
    description="Snippets of a fixed number of words, which overlap.",
    params=(
        WholeParam(
            name="chunk_size",
            description="Words in a snippet.",
            default=CHUNK_SIZE_DEFAULT,
            minimum=1,
            maximum=CHUNK_SIZE_MAX,
        ),
        WholeParam(
            name="overlap_size",
            description="Words that a snippet shares with the one before it; less than chunk_size.",
            default=OVERLAP_SIZE_DEFAULT,
            minimum=0,
            maximum=CHUNK_SIZE_MAX - 1,
        ),
        reading.EXTRACTOR,
    ),
    rule=_overlap_fits,
)


class Parser:
    """Cuts a document's text into snippets."""

    spec = ModuleSpec(
        name="parser",
        description="Cuts any document into snippets of text with their line numbers.",
        input_format=Format.DOCUMENT,
        output_format=Format.JSON,
        extensions=reading.EXTENSIONS,
        models=(SENTENCE, FIXED),
        output_key=KEY,
    )

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError: NO_TEXT, DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, OUTPUT_TOO_LARGE."""
        read = reading.read(given, report)
        # Whatever happens from here on is no extractor's doing.
        given.on_handover(is_last=True)

        def on_chars(done: int) -> None:
            report(Progress("character", done, len(read.text)))

        snippets = Counted(self._snippets(read.text, given.model, given.params, on_chars))
        return Output(
            data=to_json(snippets, output_bytes_max=given.output_bytes_max),
            media_type=MEDIA_TYPE,
            warnings=read.warnings,
            metadata=read.metadata,
            facts={"num_lines": snippets.count},
        )

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """Punkt's model, then the extractors."""
        yield _load_punkt
        yield from reading.warm_ups()

    def _snippets(self, text: str, model: str, params: Params, on_chars: OnChars) -> Iterator[Snippet]:
        if model == FIXED.name:
            sizes = {name: params[name] for name in ("chunk_size", "overlap_size")}
            return windows(text, **sizes, on_chars=on_chars)
        return sentences(text, on_chars=on_chars)


def _load_punkt() -> None:
    for _ in sentences("Warm. Up."):
        pass
