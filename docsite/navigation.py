"""What a reader finds where. New guides, decisions and proto files get their place by themselves."""

import json
from collections.abc import Sequence

from docsite.contract import read_contract
from docsite.contract_pages import page_of, title_of
from docsite.pages import REPOSITORY
from docsite.reference import FOLDER

START = [("Octavo", "index.md"), ("Quick start", "quick-start.md")]
GUIDES = {
    "python.md": "Python",
    "documents.md": "Documents",
    "modules.md": "Modules",
    "hosted-api.md": "From the hosted API",
}
"""In this order; others in docs/ follow by name, under their own titles."""
OPERATION = {"running.md": "Running a server", "settings.md": "Settings", "tika-server.md": "Tika Server"}
INSIDE = [("Architecture", "architecture.md"), ("Contributing", "contributing.md"), ("Changelog", "changelog.md")]


def navigation(places: Sequence[str]) -> list[tuple[str, list[tuple[str | None, str]]]]:
    """Each section's title with its pages, of those that there are. Every page but files of the repository is in it."""
    known = {place for _, place in (*START, *INSIDE)} | {*GUIDES, *OPERATION}
    guides = [*GUIDES, *sorted(place for place in places if "/" not in place and place not in known)]
    decisions = sorted(place for place in places if place.startswith("decisions/") and place != "decisions/index.md")
    sections: list[tuple[str, list[tuple[str | None, str]]]] = [
        ("Start", list(START)),
        ("Use it", [(GUIDES.get(place), place) for place in guides if place in places]),
        ("Run it", [(title, place) for place, title in OPERATION.items() if place in places]),
        ("Reference", [(title, f"{FOLDER}/{place}") for title, place in _reference()]),
        ("Inside", list(INSIDE)),
        ("Decisions", [("All decisions", "decisions/index.md"), *((None, place) for place in decisions)]),
    ]
    placed = {place for _, entries in sections for _, place in entries}
    assert placed == {place for place in places if not place.startswith(f"{REPOSITORY}/")}
    return sections


def as_toml(sections: Sequence[tuple[str, Sequence[tuple[str | None, str]]]]) -> str:
    """As Zensical's configuration has it."""
    return f"nav = [{', '.join(_table(title, _entries(entries)) for title, entries in sections)}]"


def _reference() -> list[tuple[str, str]]:
    calls = sorted((title_of(file), page_of(file)) for file in read_contract())
    return [
        ("Overview", "index.md"),
        *calls,
        ("Errors", "errors.md"),
        ("Modules", "modules.md"),
        ("Python SDK", "sdk.md"),
        ("Commands", "cli.md"),
    ]


def _entries(entries: Sequence[tuple[str | None, str]]) -> str:
    told = (json.dumps(place) if title is None else _table(title, json.dumps(place)) for title, place in entries)
    return f"[{', '.join(told)}]"


def _table(key: str, value: str) -> str:
    return f"{{{json.dumps(key)} = {value}}}"
