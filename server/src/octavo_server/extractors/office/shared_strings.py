"""The texts of cells, which a workbook keeps once each (ECMA-376-1, 18.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.base import RefusalError
from octavo_server.extractors.office.flow import Heard
from octavo_server.extractors.office.markup import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

STRINGS_MAX = 5_000_000
STRINGS_CHARS_MAX = 100_000_000
"""All of them are held in memory, which takes 60 bytes more for each."""


def read_strings(chunks: Iterable[bytes]) -> Sequence[str]:
    """All of them, in their order; without the pronunciation that East Asian texts carry.

    Raises RefusalError (DOCUMENT_TOO_LARGE).
    """
    strings: list[str] = []
    heard = Heard(chars_max=STRINGS_CHARS_MAX)
    chars = [0]

    def listen(_attributes: Mapping[str, str]) -> None:
        reader.listen(heard.write)

    def end() -> None:
        text = heard.take()
        strings.append(text)
        chars[0] += len(text)
        if len(strings) > STRINGS_MAX or chars[0] > STRINGS_CHARS_MAX:
            raise RefusalError("DOCUMENT_TOO_LARGE", "the workbook has too many different texts")

    reader = Reader(
        starts={"t": listen, "rPh": lambda _attributes: reader.skip()},
        ends={"t": lambda: reader.listen(None), "si": end},
    )
    reader.read(chunks)
    return strings
