"""Office documents, mail, books, archives and the rest, by Apache Tika compiled ahead of time.

The library is imported only when it runs.
"""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from octavo_server.extractors.base import CannotExtractError, Document, Extracted, Report
from octavo_server.extractors.plain import with_unix_newlines
from octavo_server.extractors.tika_metadata import first, metadata_of, texts
from octavo_server.extractors.zip_names import has_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WARNING = "X-TIKA:warning"
_EMBEDDED_EXCEPTION = "X-TIKA:EXCEPTION:embedded_exception"
_IMAGE_PARSER = "org.apache.tika.parser.image."
_ZIP_START = b"PK\x03\x04"
_WHY_NO_TEXT = {
    "application/pdf": "the pages are images",
    # They hold no images, they only point at them.
    "text/": "the document is blank",
    "application/xhtml+xml": "the document is blank",
}
"""By how the media type starts."""
_NO_TEXT = "the document has none, or only in images"
_SIGNED = ".p7m"
_COMPRESSED = ("application/gzip", "application/x-bzip", "application/x-xz", "application/x-lzma", "application/zstd")
_ENCRYPTED = "EncryptedDocumentException"
_JAVA_GAVE_UP = "JniError"
"""Java threw an Error rather than an Exception: memory or stack ran out."""


class TikaNative:
    """Reads what Apache Tika reads. No progress: the library takes a document in one step."""

    name = "tika-native"

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:  # noqa: ARG002  # it can't tell how far it is
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT; MemoryError."""
        import iscc_tika  # noqa: PLC0415  # 117 MB that only children map

        # Each setter returns a new extractor. Its own cap on characters is 500,000.
        office = iscc_tika.OfficeParserConfig().set_include_headers_and_footers(True)
        extractor = iscc_tika.Extractor().set_extract_string_max_length(chars_max + 1).set_office_config(office)
        try:
            # By path, not by bytes: from bytes Tika makes temporary files, which a child may not.
            text, metadata = extractor.extract_file_to_string(document.path)
        except Exception as error:  # noqa: BLE001  # the library raises TypeError for all that Java threw
            raise _told(error, document) from None
        if _is_bare_archive(metadata, document):
            # What is left of a damaged office document: Tika lists the parts it can still unpack.
            raise _damaged(document)
        text = _without_own_name(with_unix_newlines(text), metadata, document)
        if not text.strip():
            raise _empty(metadata, document)
        return Extracted(text=text, warnings=_warnings(metadata), metadata=metadata_of(metadata))

    def warm_up(self) -> None:
        """Load the native library. Its first document takes 0.1 s longer than others all the same."""
        import iscc_tika  # noqa: PLC0415  # loading it is the point; the server itself never does

        iscc_tika.Extractor().extract_bytes_to_string(bytearray(b"warm"))


def _told(error: Exception, document: Document) -> Exception:
    text = str(error)
    if _JAVA_GAVE_UP in text and _is_memory_spent():
        return MemoryError()
    if _ENCRYPTED in text:
        return CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
    return _damaged(document)


def _is_memory_spent() -> bool:
    limit_bytes, _ = resource.getrlimit(resource.RLIMIT_DATA)
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # What was asked for last was not given: the peak is below the limit, by as much as the garbage collector copies.
    return limit_bytes != resource.RLIM_INFINITY and peak_bytes > limit_bytes // 2


def _empty(metadata: Mapping[str, Sequence[str]], document: Document) -> CannotExtractError:
    said = " ".join([*texts(metadata, _WARNING), *texts(metadata, _EMBEDDED_EXCEPTION)])
    if _ENCRYPTED in said:
        return CannotExtractError("DOCUMENT_ENCRYPTED", "the document is encrypted")
    media_type = first(metadata, "Content-Type")
    if media_type.startswith("application/octet-stream") or _is_cut_off(document):
        return _damaged(document)
    if _unread(metadata):
        return CannotExtractError("NO_TEXT", "no text: the documents inside it could not be read")
    why = next((why for start, why in _WHY_NO_TEXT.items() if media_type.startswith(start)), _NO_TEXT)
    return CannotExtractError("NO_TEXT", f"no text: {why}")


def _is_bare_archive(metadata: Mapping[str, Sequence[str]], document: Document) -> bool:
    return first(metadata, "Content-Type") == "application/zip" and document.extension not in ("", ".zip")


def _without_own_name(text: str, metadata: Mapping[str, Sequence[str]], document: Document) -> str:
    """Tika begins a decompressed file with its name, which for us is a number in /proc."""
    first_line, _, rest = text.lstrip("\n").partition("\n")
    is_named = first_line == str(document.descriptor) and first(metadata, "Content-Type").startswith(_COMPRESSED)
    return rest.lstrip("\n") if is_named else text


def _is_cut_off(document: Document) -> bool:
    """Does a zip, as most office documents are, lack its end?"""
    return document.data[:4] == _ZIP_START and not has_end(document.data)


def _damaged(document: Document) -> CannotExtractError:
    if document.extension == _SIGNED:
        # What is inside it, Tika would have to write to a file first.
        return CannotExtractError(
            "DOCUMENT_DAMAGED", "the document that was signed is damaged, or of a type that only a Tika Server reads"
        )
    what = f"not a {document.extension} file" if document.extension else "of no type that can be read"
    return CannotExtractError("DOCUMENT_DAMAGED", f"the document is damaged or {what}")


def _warnings(metadata: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    warnings = []
    if any(_ENCRYPTED in said for said in metadata.get(_WARNING, ())):
        warnings.append("a part of the document is encrypted and was left out")
    unread = _unread(metadata)
    if unread:
        warnings.append(f"{unread} embedded documents could not be read and were left out")
    return tuple(warnings)


def _unread(metadata: Mapping[str, Sequence[str]]) -> int:
    """How many of the documents inside could not be read. An image has no text to lose."""
    return sum(_IMAGE_PARSER not in said for said in texts(metadata, _EMBEDDED_EXCEPTION))
