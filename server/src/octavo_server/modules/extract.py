"""The module `extract`: any document in, its text out."""

from collections.abc import Callable, Iterator

from octavo_server.domain.modules import Format, ModelSpec, ModuleSpec
from octavo_server.extractors.base import RefusalError, Report
from octavo_server.modules import reading
from octavo_server.modules.base import Input, Output

MEDIA_TYPE = "text/plain"


class Extract:
    """Gives a document's text as it is."""

    spec = ModuleSpec(
        name="extract",
        description="Turns any document into its text: UTF-8, one line feed a line.",
        input_format=Format.DOCUMENT,
        output_format=Format.TEXT,
        extensions=reading.EXTENSIONS,
        models=(ModelSpec(name="text", description="The whole text, in reading order.", params=(reading.EXTRACTOR,)),),
    )

    def run(self, given: Input, report: Report) -> Output:
        """Raises RefusalError: NO_TEXT, DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, DOCUMENT_TOO_LARGE, OUTPUT_TOO_LARGE."""
        read = reading.read(given, report)
        data = read.text.encode()
        if len(data) > given.output_bytes_max:
            raise RefusalError("OUTPUT_TOO_LARGE", f"the text is larger than {given.output_bytes_max:,} bytes")
        return Output(data=data, media_type=MEDIA_TYPE, warnings=read.warnings, metadata=read.metadata)

    def warm_ups(self) -> Iterator[Callable[[], None]]:
        """The extractors."""
        yield from reading.warm_ups()
