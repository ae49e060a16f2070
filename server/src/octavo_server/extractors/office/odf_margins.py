"""Headers and footers of an OpenDocument text, which stand among its styles (OpenDocument 1.3, part 3, 16.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo_server.extractors.office.odf_story import OdfStory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from octavo_server.extractors.office.flow import Flow
    from octavo_server.extractors.office.markup import End

_VARIANTS = ("", "-left", "-first")


def read_margins(chunks: Iterable[bytes], flow: Flow) -> tuple[Sequence[str], Sequence[str]]:
    """All headers and all footers, each text once. Takes `flow` to write to. Raises EnoughTextError."""
    headers: dict[str, None] = {}
    footers: dict[str, None] = {}

    def keeper(margins: dict[str, None]) -> End:
        def keep() -> None:
            text = flow.take().strip()
            if text:
                margins[text] = None

        return keep

    ends = {
        **{f"style:header{variant}": keeper(headers) for variant in _VARIANTS},
        **{f"style:footer{variant}": keeper(footers) for variant in _VARIANTS},
    }
    OdfStory(flow, ends=ends).read(chunks)
    return list(headers), list(footers)
