"""Pages, books and pictures as the tests need them, and a way to read them."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import Document, Extracted, Extractor

ENTITIES = '<!DOCTYPE a [<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10)
)
BILLION_LAUGHS = f"{ENTITIES}]>"
"""&l9; stands for a billion words."""
FONT_OBFUSCATION = "http://www.idpf.org/2008/embedding"
AES = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="{path}" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "{metadata}</metadata><manifest>{manifest}</manifest><spine>{spine}</spine></package>"
)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


def read(
    extractor: Extractor,
    data: bytes | str,
    *,
    name: str = "a",
    chars_max: int = 5_000_000,
    report: Callable[[Progress], None] = ignore,
) -> Extracted:
    """What the extractor makes of the data."""
    with tempfile.TemporaryFile() as file:
        file.write(data if isinstance(data, bytes) else data.encode())
        file.flush()
        return extractor.extract(Document(descriptor=file.fileno(), name=name), chars_max=chars_max, report=report)


def page(body: str, *, head: str = "", attributes: str = "") -> str:
    """A page of HTML."""
    return f"<!DOCTYPE html><html{attributes}><head>{head}</head><body>{body}</body></html>"


def chapter(body: str, *, head: str = "<title/>") -> str:
    """A page of XHTML."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head><body>{body}</body></html>'
    )


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()


def package(hrefs: Sequence[str], *, spine: Sequence[int] | None = None, metadata: str = "", items: str = "") -> str:
    """A content list. `spine`: which of the hrefs are read, in order; all of them if it isn't told."""
    manifest = "".join(
        f'<item id="i{index}" href="{href}" media-type="application/xhtml+xml"/>' for index, href in enumerate(hrefs)
    )
    order = "".join(f'<itemref idref="i{index}"/>' for index in (range(len(hrefs)) if spine is None else spine))
    return _PACKAGE.format(metadata=metadata, manifest=manifest + items, spine=order)


def epub(
    chapters: Mapping[str, bytes | str],
    *,
    content_list: str | None = None,
    others: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """A book. The chapters' names are relative to the content list, which stands in a folder."""
    parts: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER.format(path="OEBPS/content.opf"),
        "OEBPS/content.opf": package(list(chapters)) if content_list is None else content_list,
    }
    return archive(parts | {f"OEBPS/{name}": data for name, data in chapters.items()} | dict(others or {}))


def encryption(paths: Sequence[str], *, algorithm: str) -> Mapping[str, str]:
    """The part of a book that tells which of its parts are encrypted."""
    entries = "".join(
        f'<enc:EncryptedData><enc:EncryptionMethod Algorithm="{algorithm}"/>'
        f'<enc:CipherData><enc:CipherReference URI="{path}"/></enc:CipherData></enc:EncryptedData>'
        for path in paths
    )
    root = '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
    return {"META-INF/encryption.xml": f"{root}{entries}</encryption>"}


def fiction_book(body: str, *, description: str = "", start: str = "") -> str:
    """A FictionBook."""
    return (
        f'{start}<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
        f"<description>{description}</description><body>{body}</body></FictionBook>"
    )
