"""Sends a document to a Tika Server, and brings the text back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import UNAVAILABLE, CannotExtractError, Document, Report
from octavo_server.extractors.tika_metadata import metadata_of
from octavo_server.modules.base import Input, Output, RefusalError
from octavo_server.relays.endpoint import Endpoint
from octavo_server.relays.reply import NonsenseError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from octavo_server.relays.tika_client import Answer

NAME = "tika-server"
ATTEMPTS_MAX = 2
RETRY_DELAY_SECONDS = 0.5
"""A Tika Server that has just lost its process to a document starts another; one that is busy may be free."""
UTF_8_BYTES_MAX = 4
_JSON_BYTES_MAX = 6
"""What one character can take in JSON: \\u0000."""
METADATA_BYTES_MAX = 4 * 1024 * 1024
"""What an answer may hold beside the text, of a document and all that is inside it."""
PADDING_CHARS_MAX = 64 * 1024
"""Tika counts empty lines, too, which it writes around each part, and which are not kept."""
_OK, _NO_CONTENT, _UNPROCESSABLE, _BUSY = 200, 204, 422, 503


class TikaServerRelay:
    """A module as children run them. Its params: `url`, and `addresses`, which the host of the URL has."""

    spec = ModuleSpec(
        name=NAME,
        description="Has a Tika Server read a document.",
        input_format=Format.DOCUMENT,
        output_format=Format.TEXT,
        extensions=(),
        models=(ModelSpec(name="", description="As the server is configured."),),
    )

    def run(self, given: Input, report: Report) -> Output:  # noqa: ARG002  # the server does not tell how far it is
        """Raises RefusalError: NO_TEXT, DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, OUTPUT_TOO_LARGE; or UNAVAILABLE, when it
        is about the server.
        """
        chars_max = given.output_bytes_max // UTF_8_BYTES_MAX
        endpoint = Endpoint.from_url(given.params["url"])
        try:
            reply = _reply(_answer(given.document, endpoint, given.params["addresses"], chars_max))
        except CannotExtractError as error:
            raise RefusalError(error.reason, error.message) from None
        text = reply.text
        if reply.is_cut or len(text) > chars_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the document has more than {chars_max:,} characters of text")
        data = text.encode("utf-8", "replace")
        return Output(data=data, media_type="text/plain", warnings=reply.warnings, metadata=metadata_of(reply.document))

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """The client."""
        yield _load_client


def _answer(document: Document, endpoint: Endpoint, addresses: Sequence[str], chars_max: int) -> Answer:
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            answer = _first_answer(document, endpoint, addresses, chars_max)
            if answer.status_code != _BUSY:
                return answer
            failure = CannotExtractError(UNAVAILABLE, "Tika Server is busy (503)")
        except CannotExtractError as error:
            failure = error
        if attempt < ATTEMPTS_MAX:
            time.sleep(RETRY_DELAY_SECONDS)
    raise failure


def _first_answer(document: Document, endpoint: Endpoint, addresses: Sequence[str], chars_max: int) -> Answer:
    """The answer at the first address that gives one. Raises CannotExtractError if none does."""
    from octavo_server.relays import tika_client  # noqa: PLC0415  # with libraries that only relays load

    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}",
        "writeLimit": str(chars_max + PADDING_CHARS_MAX),
    }
    message = "can't be reached"
    for address in addresses:
        client = tika_client.TikaClient(endpoint, address, reply_bytes_max=_reply_bytes_max(chars_max))
        try:
            # Opened anew: each attempt reads from the start, and nobody else's position in the file matters.
            with open(document.path, "rb") as file:  # noqa: PTH123  # pathlib takes 20 ms to import in each child
                return client.parse(file, headers)
        except tika_client.ConnectionFailedError as error:
            message = str(error)
    raise CannotExtractError(UNAVAILABLE, f"Tika Server {message}")


def _reply_bytes_max(chars_max: int) -> int:
    return (chars_max + PADDING_CHARS_MAX) * _JSON_BYTES_MAX + METADATA_BYTES_MAX


def _reply(answer: Answer) -> Reply:
    if answer.status_code == _NO_CONTENT:
        raise CannotExtractError("NO_TEXT", "Tika Server found no text (204)")
    if answer.status_code == _UNPROCESSABLE:
        raise CannotExtractError("DOCUMENT_DAMAGED", "Tika Server can't read it (422)")
    if answer.status_code != _OK:
        raise CannotExtractError(UNAVAILABLE, f"Tika Server answered with status {answer.status_code}")
    if answer.is_cut:
        raise CannotExtractError(UNAVAILABLE, f"the answer of Tika Server is larger than {len(answer.content):,} bytes")
    try:
        reply = Reply.from_json(answer.content)
    except NonsenseError:
        raise CannotExtractError(UNAVAILABLE, "Tika Server answered with nonsense") from None
    if not reply.text:
        raise reply.failure
    return reply


def _load_client() -> None:
    from octavo_server.relays import tika_client  # noqa: F401, PLC0415  # loading it is the point
