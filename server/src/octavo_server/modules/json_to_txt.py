"""The module `json-to-txt`: snippets in, their text out."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from octavo_server.domain.jobs import Progress
from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import Report
from octavo_server.modules.base import Input, Output, RefusalError
from octavo_server.modules.snippets import KEY

MEDIA_TYPE = "text/plain"
_ALLOWED = f'the input must be a JSON list of objects, each with a text under "{KEY}", like [{{"{KEY}": "A line."}}]'
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonToTxt:
    """Joins snippets, one line feed between two."""

    spec = ModuleSpec(
        name="json-to-txt",
        description="Joins snippets to one text, one line feed between two.",
        input_format=Format.JSON,
        output_format=Format.TEXT,
        extensions=(".json",),
        models=(ModelSpec(name="base", description="The snippets as they are, in their order."),),
        input_key=KEY,
    )

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError: DOCUMENT_DAMAGED, UNEXPECTED_JSON, NO_TEXT, OUTPUT_TOO_LARGE.

        Half of a surrogate pair, which JSON can spell but no text can hold, becomes U+FFFD, with a warning.
        """
        items = _items(_parsed(_decoded(given)))
        text, lost = _SURROGATE.subn("\ufffd", "\n".join(_snippet(items, index) for index in range(len(items))))
        if not text.strip():
            raise RefusalError("NO_TEXT", "no text: all snippets are blank")
        data = text.encode()
        if len(data) > given.output_bytes_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the text is larger than {given.output_bytes_max:,} bytes")
        report(Progress("snippet", len(items), len(items)))
        warnings = (f"half surrogate pairs became U+FFFD, {lost} times",) if lost else ()
        return Output(data=data, media_type=MEDIA_TYPE, warnings=warnings)

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """It needs nothing."""
        return iter(())


def _decoded(given: Input) -> str:
    if not given.document.size_bytes:
        raise RefusalError("UNEXPECTED_JSON", f"the document is empty; {_ALLOWED}")
    try:
        # Some editors put a byte order mark before UTF-8.
        return given.document.data[:].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusalError("DOCUMENT_DAMAGED", f"byte {error.start} is not UTF-8; JSON must be in UTF-8") from None


def _parsed(text: str) -> Any:
    try:
        # Numbers are never looked at: those of a million digits would take minutes.
        return json.loads(text, parse_int=_number, parse_float=_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RefusalError("DOCUMENT_DAMAGED", f"not JSON ({where}: {error.msg}); {_ALLOWED}") from None
    except RecursionError:
        raise RefusalError("UNEXPECTED_JSON", f"lists or objects are nested too deeply; {_ALLOWED}") from None


def _number(_digits: str) -> None:
    """Any number."""


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        what = "an empty list" if value == [] else "no list"
        raise RefusalError("UNEXPECTED_JSON", f"it is {what}; {_ALLOWED}")
    return value


def _snippet(items: list[Any], index: int) -> str:
    item = items[index]
    if not isinstance(item, dict):
        raise RefusalError("UNEXPECTED_JSON", f"item [{index}] is no object; {_ALLOWED}")
    snippet = item.get(KEY)
    if not isinstance(snippet, str):
        what = "other than text" if KEY in item else "nothing"
        raise RefusalError("UNEXPECTED_JSON", f'item [{index}] has {what} under "{KEY}"; {_ALLOWED}')
    return snippet
