"""The module `word-count`: a text in, its words by frequency out."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec, WholeParam
from octavo_server.modules.base import Input, Output, RefusalError, Report

WORDS_MAX_DEFAULT = 100
WORDS_MAX = 10_000
_WORD = re.compile(r"\w+")


class WordCount:
    """Counts words, whatever their case."""

    spec = ModuleSpec(
        name="word-count",
        description="Counts the words of a text.",
        input_format=Format.TEXT,
        output_format=Format.JSON,
        extensions=(".txt",),
        models=(
            ModelSpec(
                name="exact",
                description="Words as they are, but in lower case: the most frequent first, equals as they come.",
                params=(
                    WholeParam(
                        name="words_max",
                        description="How many different words to tell.",
                        default=WORDS_MAX_DEFAULT,
                        minimum=1,
                        maximum=WORDS_MAX,
                    ),
                ),
            ),
        ),
        output_key="word",
    )

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError: DOCUMENT_DAMAGED, NO_TEXT, OUTPUT_TOO_LARGE."""
        counts = Counter(match.group() for match in _WORD.finditer(_text(given).lower()))
        if not counts:
            raise RefusalError("NO_TEXT", "there are no words in it")
        report(Progress("word", counts.total(), counts.total()))
        items = [{"word": word, "count": count} for word, count in counts.most_common(given.params["words_max"])]
        data = json.dumps(items, ensure_ascii=False).encode()
        if len(data) > given.output_bytes_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the output is larger than {given.output_bytes_max:,} bytes")
        return Output(data=data, media_type="application/json", facts={"num_lines": len(items)})

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """It has nothing to load."""
        return iter(())


def _text(given: Input) -> str:
    if not given.document.size_bytes:
        return ""
    try:
        return given.document.data[:].decode()
    except UnicodeDecodeError as error:
        raise RefusalError("DOCUMENT_DAMAGED", f"byte {error.start} is not UTF-8") from None
