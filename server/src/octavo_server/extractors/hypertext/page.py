"""A page of HTML or XHTML as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from octavo_server.extractors.hypertext.elements import APART, AS_WRITTEN, BESIDE, CELLS, LINES, NOT_SHOWN, OF_HEAD
from octavo_server.extractors.hypertext.tokens import Sort, attributes_of, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from octavo_server.extractors.hypertext.prose import Prose

PROGRESS_CHARS = 1_048_576
_METAS_MAX = 200
_URL_CHARS_MAX = 2_000
_BEHIND_PATH = re.compile(r"[?#]")
"""Where the path of a URL ends: urllib refuses some that pages have."""
_META_NAMES = ("name", "property", "http-equiv", "itemprop")


@dataclass(slots=True)
class Facts:
    """What a page says about itself."""

    title: str = ""
    language: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    """Contents of <meta> by name, in lower case; the first of a name."""


class Page:
    """Reads one page into `prose`.

    Text that a style sheet or an attribute hides is read: scripts show much of it (tabs, folded answers), and what
    stays hidden can't be told without running them. Images are read as screen readers read them: by their alternative
    text, or by the name of their file if they have no such attribute; an empty one tells that they are ornaments.

    Without `with_title`, <title> is not in the text; without `with_file_names`, no name of an image's file is.
    """

    def __init__(self, prose: Prose, *, with_title: bool = True, with_file_names: bool = True) -> None:
        self.facts = Facts()
        self.has_words = False
        """Is there more than names of files?"""
        self._prose = prose
        self._as_written = 0
        self._not_shown = 0
        self._metas_left = _METAS_MAX
        self._in_head = True
        self._in_head_noscript = False
        self._with_title = with_title
        self._with_file_names = with_file_names
        self._title: list[str] | None = None

    def read(self, page: str, *, xml: bool, chars_max: int, progress: Callable[[int], None] | None = None) -> None:
        """Stops a little beyond `chars_max` characters of `prose`. `progress` hears now and then how many were read."""
        prose, due = self._prose, PROGRESS_CHARS
        for sort, value, attributes, end in tokens(page, xml=xml):
            if sort is Sort.TEXT:
                self._text(value)
            elif sort is Sort.START:
                self._start(value, attributes)
            else:
                self._end(value)
            if end >= due and progress:
                progress(end)
                due = end + PROGRESS_CHARS
            if prose.chars > chars_max:
                break
        self._end_line()

    def _text(self, text: str) -> None:
        if self._not_shown:
            return
        self.has_words = self.has_words or not text.isspace()
        if self._title is not None:
            self._title.append(text)
            if not self._with_title:
                return
        if self._as_written:
            self._prose.add_lines(text)
        else:
            self._prose.add(text)

    def _start(self, name: str, attributes: str) -> None:
        if self._in_head:
            self._start_in_head(name, attributes)
        if name in LINES:
            if name == "br" and self._as_written:
                self._prose.add_lines("\n")
            else:
                self._end_line()
            if name in AS_WRITTEN:
                self._as_written += 1
        elif name in BESIDE:
            if name in NOT_SHOWN:
                self._not_shown += 1
            elif name in CELLS:
                # The end tag of the one before may be missing.
                self._prose.end_cell()
            elif name == "img" and not self._not_shown:
                self._image(attributes_of(attributes))
            elif name in APART:
                self._prose.add(" ")

    def _image(self, image: Mapping[str, str]) -> None:
        self.has_words = self.has_words or bool(image.get("alt", "").strip())
        said = image.get("alt")
        if said is None:
            said = _file_name(image.get("src", "")) if self._with_file_names else ""
        self._prose.add(f" {said} ")

    def _end(self, name: str) -> None:
        if name in LINES:
            self._end_line()
            if name in AS_WRITTEN:
                self._as_written = max(0, self._as_written - 1)
            elif name in OF_HEAD and self._in_head:
                self._end_in_head(name)
        elif name in BESIDE:
            if name in NOT_SHOWN:
                self._not_shown = max(0, self._not_shown - 1)
            elif name in CELLS:
                self._prose.end_cell()
            elif name in APART:
                self._prose.add(" ")
            elif self._in_head_noscript:
                self._in_head_noscript = False
                self._not_shown = max(0, self._not_shown - 1)

    def _end_line(self) -> None:
        self._prose.end_line(as_written=bool(self._as_written))

    def _start_in_head(self, name: str, attributes: str) -> None:
        if name not in OF_HEAD:
            # A <noscript> may hold anything, mostly the pixel of a counter; the head goes on behind it.
            self._in_head = self._in_head_noscript
            self._title = None
        elif name == "title" and not self.facts.title:
            self._title = []
        elif name == "meta" and self._metas_left:
            self._metas_left -= 1
            self._start_meta(attributes_of(attributes))
        elif name == "noscript" and not self._in_head_noscript:
            self._in_head_noscript = True
            self._not_shown += 1
        if name in ("html", "body") and not self.facts.language:
            told = attributes_of(attributes)
            self.facts.language = told.get("lang") or told.get("xml:lang", "")

    def _end_in_head(self, name: str) -> None:
        if name == "head":
            self._in_head = False
        elif self._title is not None:
            self.facts.title = " ".join("".join(self._title).split())
            self._title = None

    def _start_meta(self, attributes: Mapping[str, str]) -> None:
        name = next((attributes[key] for key in _META_NAMES if key in attributes), "").lower()
        content = attributes.get("content", "")
        if name and content:
            self.facts.meta.setdefault(name, content)


def _file_name(url: str) -> str:
    if url.startswith("data:"):
        return ""
    path = _BEHIND_PATH.split(url[:_URL_CHARS_MAX], maxsplit=1)[0]
    return unquote(path.rpartition("/")[2])
