"""Whatever a Tika Server reads, which the operator runs: it may do OCR, and has formats of its own."""

from octavo_server.extractors.base import UNAVAILABLE, CannotExtractError, Document, Extracted, Report


class TikaServer:
    """Asks for the text. The request itself is made in another process: this one has no network."""

    name = "tika-server"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:  # noqa: ARG002  # the server knows its bounds, and does not tell how far it is
        """Raises CannotExtractError: what relays/tika_server.py refuses, UNAVAILABLE among it."""
        if document.relay is None:
            raise CannotExtractError(UNAVAILABLE, "no Tika Server is configured")
        return document.relay(self.name)

    def warm_up(self) -> None:
        """Nothing is loaded here."""
