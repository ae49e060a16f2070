"""All pages of the site: hand-written ones, generated ones, and files of the repository that they link to."""

import os.path
import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from docsite.markdown import headings, map_links, section, slug
from docsite.page_error import PageError
from docsite.places import ROOT
from docsite.reference import FOLDER, reference
from docsite.settings_table import settings_table

AT_THE_ROOT = {
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "client/README.md": "python.md",
}
"""Documents outside docs/ that are pages as they are."""
README = "README.md"
"""Its sections are included where pages ask for them."""
REPOSITORY = "repository"
"""The folder of the site for files that are no pages, but linked to."""
_INCLUDE = re.compile(r"^<!-- include: (\S+?)#(\S+) -->$", re.MULTILINE)
_SETTINGS = "<!-- generated: settings -->"
_LANGUAGES = {".proto": "protobuf", ".py": "python", ".toml": "toml", ".yaml": "yaml", ".sh": "sh"}


def is_elsewhere(target: str) -> bool:
    """Does a link lead out of the repository?"""
    return re.match(r"[a-z][a-z0-9+.-]*:|//", target) is not None


def resolved(source: str, target: str) -> tuple[str, str]:
    """The repository path and the anchor that a link in the file `source` leads to."""
    path, _, anchor = target.partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else source), anchor


def hand_written() -> dict[str, str]:
    """The place on the site of each hand-written page, by its path in the repository."""
    docs = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return {path: path.removeprefix("docs/") for path in docs} | AT_THE_ROOT


def all_pages() -> dict[str, str]:
    """The Markdown of every page, by its path below the site's root. Raises PageError."""
    return _Pages().all()


class _Pages:
    def __init__(self) -> None:
        self._places = hand_written()
        self._sections: dict[str, str] = {}
        """Which page includes a section of the README, by its anchor."""
        self._linked: set[str] = set()
        """Files of the repository that pages link to."""

    def all(self) -> dict[str, str]:
        texts = {source: (ROOT / source).read_text() for source in self._places}
        for source, text in texts.items():
            self._note_sections(source, text)
        pages = {self._places[source]: self._page(source, text) for source, text in texts.items()}
        generated = {place: self._generated(place, text) for place, text in reference().items()}
        pages |= generated | {"decisions/index.md": _decisions(pages)}
        return pages | {self._repository_page(path): _shown(path) for path in sorted(self._linked)}

    def _note_sections(self, source: str, text: str) -> None:
        for path, anchor in _INCLUDE.findall(text):
            included = _included(path, anchor)
            if included is None:
                raise PageError(f"{source} includes {path}#{anchor}, which is not there")
            if path == README:
                self._sections |= {slug(title): self._places[source] for _, _, title in headings(included)}

    def _page(self, source: str, text: str) -> str:
        place = self._places[source]
        own = map_links(text, lambda target: self._link(source, place, target))
        return _INCLUDE.sub(lambda match: self._included(match[1], match[2], place), own).replace(
            _SETTINGS, settings_table()
        )

    def _included(self, path: str, anchor: str, place: str) -> str:
        found = _included(path, anchor) or ""
        return map_links(found, lambda target: self._link(path, place, target)).strip()

    def _generated(self, place: str, text: str) -> str:
        return map_links(text, lambda target: self._link(f"docs/{place}", place, target))

    def _link(self, source: str, place: str, target: str) -> str:
        if is_elsewhere(target):
            return target
        path, anchor = resolved(source, target)
        page = self._target(path, anchor)
        if page is None:
            return target
        relative = "" if page == place and anchor else os.path.relpath(page, posixpath.dirname(place) or ".")
        return f"{relative}#{anchor}" if anchor else relative

    def _target(self, path: str, anchor: str) -> str | None:
        if path in self._places:
            return self._places[path]
        if path == README:
            return self._sections.get(anchor, "index.md")
        if path.startswith(f"docs/{FOLDER}/"):
            return path.removeprefix("docs/")
        if path == "docs/decisions":
            return "decisions/index.md"
        if not (ROOT / path).exists():
            return None
        self._linked.add(path)
        return self._repository_page(path)

    def _repository_page(self, path: str) -> str:
        return f"{REPOSITORY}/{path}.md"


def _included(path: str, anchor: str) -> str | None:
    """The section; of a document's title only what stands between it and the next heading, without the title."""
    found = section((ROOT / path).read_text(), anchor)
    if found is None or not found.startswith("# "):
        return found
    ends = [line for line, _, _ in headings(found)]
    return "\n".join(found.splitlines()[1 : ends[1] if len(ends) > 1 else None])


def _decisions(pages: dict[str, str]) -> str:
    lines = [
        f"- [{_title(text)}]({PurePosixPath(place).name})"
        for place, text in sorted(pages.items())
        if place.startswith("decisions/")
    ]
    return "# Decisions\n\nWhat was decided, why, and at what price; each on one screen.\n\n" + "\n".join(lines) + "\n"


def _title(text: str) -> str:
    return next(title for _, level, title in headings(text) if level == 1)


def _shown(path: str) -> str:
    """A file of the repository as a page: its text; of a folder the names in it."""
    place = ROOT / path
    if place.is_dir():
        return f"# {path}\n\n" + "\n".join(f"- `{name}`" for name in _names(path)) + "\n"
    fence = "`" * 8
    return f"# {path}\n\n{fence}{_LANGUAGES.get(place.suffix, 'text')}\n{place.read_text().rstrip()}\n{fence}\n"


def _names(path: str) -> Iterator[str]:
    for entry in sorted((ROOT / path).iterdir()):
        if not entry.name.startswith((".", "__pycache__")):
            yield f"{entry.name}/" if entry.is_dir() else entry.name
