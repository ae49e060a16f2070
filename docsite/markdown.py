"""The few pieces of Markdown that generated pages are made of, and what hand-written ones must be searched for."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_TARGET = re.compile(r"(\]\()([^)\s]+)(\))|(^\[[^\]]+\]:\s*)(\S+)()")
_MARKED_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_CODE = re.compile(r"(`+)(.+?)\1")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or an empty string if it had no rows. Cells are Markdown of any number of paragraphs."""
    lines = [_row(map(_cell, row)) for row in rows]
    return "\n".join([_row(head), _row("---" for _ in head), *lines, ""]) if lines else ""


def heading(level: int, title: str, anchor: str) -> str:
    """A heading with an anchor that does not depend on its words."""
    return f"\n{'#' * level} {title} {{ #{anchor} }}\n"


def anchored(anchor: str, text: str) -> str:
    """`text`, to be linked to as `#anchor`."""
    return f'<span id="{anchor}"></span>{text}'


def code(value: object) -> str:
    """`value` as code, whatever characters it has."""
    text = str(value)
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def prose(text: str) -> str:
    """A comment or docstring as Markdown: what looks like HTML is text, and what is indented is code."""
    return "\n".join(line if line.startswith("    ") else _outside_code(line, _escaped) for line in text.splitlines())


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0]


def slug(title: str) -> str:
    """The anchor of a heading in a repository's web view."""
    plain = _MARKED_LINK.sub(r"\1", title).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(text: str) -> Iterator[tuple[int, int, str]]:
    """(line, level, title) of each heading outside code, lines from 0."""
    for number, line in _outside_fences(text):
        if match := _HEADING.match(line):
            yield number, len(match[1]), match[2]


def section(text: str, anchor: str) -> str | None:
    """A heading and all below it, up to the next one of its level or above; None if there is none."""
    lines = text.splitlines()
    start = level = None
    for number, depth, title in headings(text):
        if start is not None and level is not None and depth <= level:
            return "\n".join(lines[start:number]).strip() + "\n"
        if start is None and slug(title) == anchor:
            start, level = number, depth
    return None if start is None else "\n".join(lines[start:]).strip() + "\n"


def map_links(text: str, change: Callable[[str], str]) -> str:
    """`text` with the target of each link outside code as `change` gives it."""
    lines = text.splitlines()
    for number, line in _outside_fences(text):
        lines[number] = _TARGET.sub(lambda match: _changed(match, change), line)
    return "\n".join(lines) + "\n"


def _changed(match: re.Match[str], change: Callable[[str], str]) -> str:
    # An odd number of backticks before it: it is in code.
    if match.string[: match.start()].count("`") % 2:
        return match[0]
    before, target, after = match.groups()[:3] if match[2] else match.groups()[3:]
    return f"{before}{change(target)}{after}"


def _outside_fences(text: str) -> Iterator[tuple[int, str]]:
    fence = None
    for number, line in enumerate(text.splitlines()):
        mark = _FENCE.match(line)
        if mark and fence in (None, mark[1]):
            fence = None if fence else mark[1]
        elif fence is None:
            yield number, line


def _outside_code(line: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for match in _CODE.finditer(line):
        parts += [change(line[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, change(line[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("*", r"\*")


def _cell(text: str) -> str:
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))
    return _outside_code("<br>".join(paragraphs), lambda plain: plain.replace("|", r"\|"))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
