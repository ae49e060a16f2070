"""Files that tests only read: in a pipeline that parses, and in one that can be searched."""

from dataclasses import dataclass
from pathlib import Path

import octavo


@dataclass(frozen=True)
class Book:
    """A file of the library, in the order of submission."""

    path: str
    text: str
    tags: tuple[tuple[str, str], ...] = ()
    description: str | None = None


def fetched_message(file_id: str) -> str:
    """What `process` and `fetch_output` say when there is an output."""
    return f"SUCCESS - output fetched for file_id {file_id}.Output saved to location(s) listed in process_output_files."


BOOKS = (
    Book("/stories/sea.txt", "The sea was calm.\nTwo ships lay at anchor.", (("author", "conrad"),), "About the sea."),
    Book("/stories/long/river.txt", "The river has a ship.\n\nA raft, too: well-to-do.", (("author", "twain"),)),
    Book("/poems/rain.txt", "Rain, hush-hush rain.", (("mood", "sad"), ("form", "ode"))),
    Book("/root.txt", "Nothing grows here."),
)
BY_PATH = {book.path: book for book in BOOKS}
SEA, RIVER, RAIN, ROOT = (book.path for book in BOOKS)


@dataclass(frozen=True)
class Library:
    """Both pipelines, and the files' ids by path."""

    parsed: octavo.Pipeline
    searched: octavo.Pipeline
    parsed_ids: dict[str, str]
    searched_ids: dict[str, str]


def filled_library(folder: Path) -> Library:
    """The library in pipelines of the server that is connected."""
    parsed = octavo.create_pipeline(name="library", module_chain=["parser"])
    searched = octavo.create_pipeline(name="searched library", module_chain=["keyword-db"])
    return Library(parsed, searched, _fill(parsed, folder), _fill(searched, folder))


def _fill(pipeline: octavo.Pipeline, folder: Path) -> dict[str, str]:
    ids = {}
    for book in BOOKS:
        path = folder / Path(book.path).name
        path.write_text(book.text)
        answer = pipeline.process(
            local_file_path=path,
            symbolic_file_path=book.path,
            file_tags=[{key: value} for key, value in book.tags],
            file_description=book.description,
            local_save_directory=folder,
            verbose=False,
        )
        ids[book.path] = answer["file_id"]
    return ids
