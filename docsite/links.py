"""Dead links: in the repository's documents as they are read there, and in the built site. Nothing is fetched."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from docsite.markdown import headings, map_links, slug
from docsite.pages import is_elsewhere, resolved
from docsite.places import ROOT
from docsite.reference import FOLDER

DOCUMENTS = ("*.md", "client/*.md", "server/*.md", "docs/**/*.md")
_LINE = re.compile(r"L(\d+)(-L(\d+))?")
_ANCHOR = re.compile(r"""<\w+ (?:id|name)=["']([^"']+)["']""")
_LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "use": "href"}
_MERE_NAMES = frozenset({"canonical", "prev", "next", "alternate"})


def dead_in_repository(root: Path = ROOT) -> list[str]:
    """A line for each link that leads nowhere: the document, the target, and what is missing."""
    documents = sorted({path for pattern in DOCUMENTS for path in root.glob(pattern)})
    return [
        f"{path.relative_to(root)}: {target}: {missing}"
        for path in documents
        for target in _targets(path.read_text())
        if (missing := _missing(root, path.relative_to(root).as_posix(), target))
    ]


def dead_in_site(site: Path) -> list[str]:
    """A line for each link that leads nowhere, and for each thing that a page would load from elsewhere."""
    pages = {path.relative_to(site).as_posix(): _read(path) for path in sorted(site.rglob("*.html"))}
    return [line for place, page in pages.items() for line in _dead_on(place, page, pages, site)]


def _targets(text: str) -> list[str]:
    found: list[str] = []

    def note(target: str) -> str:
        found.append(target)
        return target

    map_links(text, note)
    return [target for target in found if not is_elsewhere(target)]


def _missing(root: Path, source: str, target: str) -> str:
    path, anchor = resolved(source, target)
    if path.startswith("../"):
        return "is outside the repository"
    if path.startswith(f"docs/{FOLDER}/"):
        # Made with the site, and checked there. Who reads the repository without it finds nothing.
        return "" if source.startswith("docs/") else "is only on the site"
    file = root / path
    if not file.exists():
        return "no such file"
    return "no such anchor" if anchor and not _has_anchor(file, anchor) else ""


def _has_anchor(file: Path, anchor: str) -> bool:
    text = file.read_text() if file.is_file() else ""
    if file.suffix == ".md":
        return anchor in _anchors(text)
    match = _LINE.fullmatch(anchor)
    return match is not None and int(match[3] or match[1]) <= len(text.splitlines())


def _anchors(text: str) -> set[str]:
    slugs = [slug(title) for _, _, title in headings(text)]
    numbered = {f"{one}-{n}" for one in slugs for n in range(1, slugs.count(one))}
    return {*slugs, *numbered, *_ANCHOR.findall(text)}


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in _LOADED and _LOADED[tag] in given and given.get("rel") not in _MERE_NAMES:
            self.loaded.append(given[_LOADED[tag]])


def _read(path: Path) -> _Html:
    page = _Html()
    page.feed(path.read_text())
    return page


def _dead_on(place: str, page: _Html, pages: Mapping[str, _Html], site: Path) -> Iterator[str]:
    for target in page.loaded:
        if is_elsewhere(target) and not target.startswith("data:"):
            yield f"{place}: {target}: is loaded from elsewhere"
    for target in [*page.links, *page.loaded]:
        if is_elsewhere(target):
            continue
        path, _, anchor = unquote(target).partition("#")
        path = path.partition("?")[0]
        # The page of a missing page is shown at any depth, so its links start at the root.
        base = "" if path.startswith("/") else posixpath.dirname(place)
        file = posixpath.normpath(posixpath.join(base, path.lstrip("/"))) if path else place
        if not (site / file).exists():
            yield f"{place}: {target}: no such page"
        elif anchor and file in pages and anchor not in pages[file].ids:
            yield f"{place}: {target}: no such anchor"
