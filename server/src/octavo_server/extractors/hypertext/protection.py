"""Which parts of an EPUB are encrypted (EPUB 3.3, 4.2.6.3.2)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from octavo_server.extractors.hypertext.parts import part, resolved
from octavo_server.extractors.hypertext.xml_events import NotWellFormedError, Quiet, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from octavo_server.extractors.office.archive import Archive

ENCRYPTION = "META-INF/encryption.xml"
_OBFUSCATED = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
"""Fonts made useless outside their book (EPUB 3.3, 4.3): that hides no text."""


def encrypted_paths(archive: Archive) -> frozenset[str]:
    """The parts that nobody reads without a key, in lower case."""
    if ENCRYPTION not in archive:
        return frozenset()
    listener = _Listener()
    # Of a damaged one, the beginning may have told.
    with suppress(NotWellFormedError):
        read(part(archive, ENCRYPTION), listener)
    return frozenset(listener.paths)


class _Listener(Quiet):
    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._algorithm = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "EncryptedData":
            self._algorithm = ""
        elif name == "EncryptionMethod":
            # The first is the data's own; a later one is that of the key.
            self._algorithm = self._algorithm or attributes.get("Algorithm", "")
        elif name == "CipherReference" and self._algorithm not in _OBFUSCATED:
            self.paths.add(resolved("", attributes.get("URI", "")).lower())
