"""Text to windows of a fixed number of words."""

from collections.abc import Iterator

from octavo_server.modules.snippets import Snippet


def windows(text: str, *, chunk_size: int, overlap_size: int) -> Iterator[Snippet]:
    """Every `chunk_size` words of `text`, joined by one space; `overlap_size` of them begin the next window.

    The last window is the first that reaches the text's end. Lines are those that the words stand on.
    """
    words: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        found = line.split()
        words += found
        lines += [number] * len(found)
    for start in range(0, len(words), chunk_size - overlap_size):
        end = start + chunk_size
        yield Snippet(" ".join(words[start:end]), sorted(set(lines[start:end])))
        if end >= len(words):
            return
