"""What people wrote onto a PDF's page: values of form fields, notes, typewriter text (ISO 32000-1, 12.5 and 12.7)."""

from __future__ import annotations

from ctypes import c_ushort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

ANNOTATIONS_MAX = 10_000
"""Of one page; the rest is left out."""
TEXT_BYTES_MAX = 64 * 1024
"""Of one annotation, as UTF-16; a longer one is left out."""


def annotation_texts(page: pypdfium2.PdfPage) -> Iterator[str]:
    """The text of each annotation that has some, in the order of the page's list."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415  # loaded by now

    kinds = {
        pdfium.FPDF_ANNOT_WIDGET: b"V",
        pdfium.FPDF_ANNOT_TEXT: b"Contents",
        pdfium.FPDF_ANNOT_FREETEXT: b"Contents",
    }
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), ANNOTATIONS_MAX)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            key = kinds.get(pdfium.FPDFAnnot_GetSubtype(annotation))
            # The value of a button is the name of a state, like `Yes`, which nobody sees.
            text = _text(annotation, key) if key and _text(annotation, b"FT") != "Btn" else ""
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if text.strip():
            yield text


def _text(annotation: object, key: bytes) -> str:
    import pypdfium2.raw as pdfium  # noqa: PLC0415  # loaded by now

    size = pdfium.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size > TEXT_BYTES_MAX:
        return ""
    buffer = (c_ushort * (size // 2 + 1))()
    pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0")
