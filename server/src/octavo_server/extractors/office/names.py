"""Names of XML elements and attributes: as nearly all programs write them, like "w:p", or made so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SEPARATOR = " "
"""Between namespace and local name, where the parser tells namespaces."""
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
"""ECMA-376-1 has both: programs write the first, or the second on request."""
_MICROSOFT = "http://schemas.microsoft.com/office/"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_DECLARED = re.compile(rb"""\sxmlns(?::([^\s=]+))?\s*=\s*["']([^"']*)["']""")

_PREFIXES: Mapping[str, str] = {
    _TRANSITIONAL + "wordprocessingml/2006/main": "w",
    _STRICT + "wordprocessingml/main": "w",
    _TRANSITIONAL + "drawingml/2006/wordprocessingDrawing": "wp",
    _STRICT + "drawingml/wordprocessingDrawing": "wp",
    _TRANSITIONAL + "officeDocument/2006/math": "m",
    _STRICT + "officeDocument/math": "m",
    _TRANSITIONAL + "drawingml/2006/main": "a",
    _STRICT + "drawingml/main": "a",
    _TRANSITIONAL + "drawingml/2006/chart": "c",
    _STRICT + "drawingml/chart": "c",
    _TRANSITIONAL + "drawingml/2006/diagram": "dgm",
    _STRICT + "drawingml/diagram": "dgm",
    _TRANSITIONAL + "presentationml/2006/main": "p",
    _STRICT + "presentationml/main": "p",
    _MICROSOFT + "powerpoint/2018/8/main": "p188",
    _TRANSITIONAL + "spreadsheetml/2006/main": "",
    _STRICT + "spreadsheetml/main": "",
    _MICROSOFT + "spreadsheetml/2018/threadedcomments": "",
    _TRANSITIONAL + "officeDocument/2006/relationships": "r",
    _STRICT + "officeDocument/relationships": "r",
    _TRANSITIONAL + "markup-compatibility/2006": "mc",
    _TRANSITIONAL + "package/2006/relationships": "",
    _TRANSITIONAL + "package/2006/content-types": "",
    _TRANSITIONAL + "package/2006/metadata/core-properties": "cp",
    _TRANSITIONAL + "officeDocument/2006/extended-properties": "",
    _STRICT + "officeDocument/extendedProperties": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    _OASIS + "office:1.0": "office",
    _OASIS + "text:1.0": "text",
    _OASIS + "table:1.0": "table",
    _OASIS + "drawing:1.0": "draw",
    _OASIS + "presentation:1.0": "presentation",
    _OASIS + "style:1.0": "style",
    _OASIS + "svg-compatible:1.0": "svg",
    _OASIS + "meta:1.0": "meta",
    _OASIS + "manifest:1.0": "manifest",
}


def are_usual(start: bytes) -> bool:
    """Does a part that starts so give every namespace we know its usual prefix? Then names need no translation."""
    # Namespaces are ASCII, and so is UTF-8's share of them; another encoding declares nothing that could be read here.
    found = _DECLARED.findall(start)
    return bool(found) and all(
        _PREFIXES.get(namespace.decode("latin-1"), prefix.decode("latin-1")) == prefix.decode("latin-1")
        for prefix, namespace in found
    )


def usual(name: str) -> str:
    """A name of namespace and local name with the usual prefix; unchanged if the namespace is none of ours."""
    namespace, separator, local = name.rpartition(SEPARATOR)
    prefix = _PREFIXES.get(namespace) if separator else None
    if prefix is None:
        return name
    return f"{prefix}:{local}" if prefix else local
