"""Text to sentences: Punkt (Kiss & Strunk 2006) with NLTK's English parameters."""

from collections.abc import Iterator

from octavo_server.modules.lines import lines_of
from octavo_server.modules.snippets import Snippet


def sentences(text: str) -> Iterator[Snippet]:
    """The sentences of `text` in order, each an exact slice of it.

    The first keeps the text's leading whitespace; whitespace between sentences and after the last is dropped.
    A blank line is no boundary.
    """
    from punkt import tokenizer_for  # noqa: PLC0415  # 0.1 s and 40 MB that only children pay

    for (start, end), lines in lines_of(text, tokenizer_for("english").span_tokenize(text)):
        yield Snippet(text[start:end], lines)
