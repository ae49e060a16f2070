"""Which extractor serves, and how bad documents are refused."""

import bz2
import gzip
import lzma
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from octavo_server.domain.jobs import Progress
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.chain import extract
from octavo_server.extractors.kinds import Kind, kind_of
from tests import documents, hostile_documents
from tests.archive_documents import ENTRY, tar

Opener = Callable[..., Document]
CHARS_MAX = 1_000_000


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    descriptors: list[int] = []

    def opener(data: bytes, name: str, media_type: str = "") -> Document:
        path = tmp_path / f"document{len(descriptors)}"
        path.write_bytes(data)
        descriptors.append(os.open(path, os.O_RDONLY))
        return Document(descriptor=descriptors[-1], name=name, media_type=media_type)

    yield opener
    for descriptor in descriptors:
        os.close(descriptor)


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


def extracted(document: Document, *, chars_max: int = CHARS_MAX, report: Report = ignore) -> Extracted:
    return extract(document, chars_max=chars_max, report=report)


def refused(document: Document, *, chars_max: int = CHARS_MAX) -> tuple[str, str]:
    with pytest.raises(RefusalError) as refusal:
        extracted(document, chars_max=chars_max)
    return refusal.value.reason, refusal.value.message


class Fixed:
    """An extractor that gives what it was told to."""

    def __init__(self, name: str, result: str | Exception) -> None:
        self.name = name
        self._result = result

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        if isinstance(self._result, Exception):
            raise self._result
        return Extracted(text=self._result)

    def warm_up(self) -> None:
        """Nothing to load."""


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.4", "a.pdf", Kind.PDF),
        (b"%PDF-1.4", "a.txt", Kind.PDF),
        (b"junk %PDF-1.4", "a.bin", Kind.PDF),
        (b"about %PDF-1.4", "a.txt", Kind.TEXT),
        (b"garbage", "a.pdf", Kind.PDF),
        (b"PK\x03\x04", "a.txt", Kind.OTHER),
        (b"PK\x03\x04 cut off", "a.docx", Kind.OOXML),
        (documents.word(), "a.txt", Kind.OOXML),
        (documents.word(), "a.odt", Kind.OOXML),
        (documents.archive({"mimetype": b"application/epub+zip"}), "a.zip", Kind.ARCHIVE),
        (documents.archive({"META-INF/container.xml": b""}), "a.zip", Kind.EPUB),
        (documents.archive({"META-INF/manifest.xml": b"", "content.xml": b""}), "a.zip", Kind.ODF),
        (documents.archive({"a.txt": b"[Content_Types].xml"}), "a.zip", Kind.ARCHIVE),
        (documents.archive({"a.txt": b"a"}), "without an extension", Kind.ARCHIVE),
        (documents.archive({"a.txt": b"a"}), "a.pages", Kind.OTHER),
        (gzip.compress(b"a"), "a.txt", Kind.ARCHIVE),
        (bz2.compress(b"a"), "a.bin", Kind.ARCHIVE),
        (bz2.compress(b""), "a.bin", Kind.ARCHIVE),
        (lzma.compress(b"a"), "a.bin", Kind.ARCHIVE),
        (tar({"a.txt": b"a"}), "a.bin", Kind.ARCHIVE),
        (b"plain", "a.tar", Kind.ARCHIVE),
        (b"BZh9 is how it starts", "a.bin", Kind.OTHER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", Kind.LEGACY),
        (b"{\\rtf1 }", "a.doc", Kind.LEGACY),
        (b"<?xml version='1.0'?>\n<!-- a --><FictionBook>", "a.bin", Kind.FICTIONBOOK),
        (b"\xef\xbb\xbf<svg>", "a.bin", Kind.SVG),
        (b"<!DOCTYPE svg [<!ENTITY a '<p>'> ]>\n<!-- > --><svg:svg>", "a.bin", Kind.SVG),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'><svg>", "a.bin", Kind.SVG),
        (b"<?xml version='1.0'?><?pi?><!doctype  HTML><p>", "a.bin", Kind.HTML),
        (b"<!-- no end <html>", "a.bin", Kind.OTHER),
        ("<html><p>".encode("utf-16"), "a.bin", Kind.HTML),
        ("<?xml version='1.0'?><svg/>".encode("utf-16-be"), "a.bin", Kind.SVG),
        (b"<!DOCTYPE html><p>", "a.doc", Kind.HTML),
        (b"From: a@b\nTo: c@d\nMIME-Version: 1.0\n\nHi", "a.bin", Kind.MAIL),
        (b"From: a@b\nTo: c@d\nMIME-Version: 1.0\n\nHi", "a.txt", Kind.TEXT),
        (b"plain", "a.txt", Kind.TEXT),
        (b"<a/>", "a.xml", Kind.TEXT),
        (b"<html>", "a.txt", Kind.TEXT),
        (b"<html>", "a.bin", Kind.HTML),
        (b"plain", "a.html", Kind.HTML),
        (b"plain", "a.docx", Kind.OOXML),
        (b"plain", "a.bin", Kind.OTHER),
    ],
)
def test_the_kind_is_told_by_content_then_by_name(opened: Opener, data: bytes, name: str, kind: Kind) -> None:
    assert kind_of(opened(data, name)) is kind


@pytest.mark.parametrize(
    "start",
    [
        b"<!---->" * 500 + b"x",
        b"<!--" + b"--><!--" * 500,
        b" " * 4_000 + b"x",
        b"<?xml ?> " * 400 + b"x",
        b"<!DOCTYPE a[" + b"]" * 3_000 + b"x",
        b"<!DOCTYPE a[]>" * 200 + b"x",
    ],
)
def test_the_kind_is_told_soon_however_much_stands_before_the_root(opened: Opener, start: bytes) -> None:
    # What tried each way to cut it would never end: the test's own time limit ends it.
    assert kind_of(opened(start, "a.bin")) is Kind.OTHER


def test_the_text_of_a_module_before_is_text_whatever_the_file_is_called(opened: Opener) -> None:
    assert kind_of(opened(b"%PDF-1.4 is a header", "a.pdf", "text/plain; charset=utf-8")) is Kind.TEXT


def test_a_byte_order_mark_stays_and_newlines_become_line_feeds(opened: Opener) -> None:
    assert extracted(opened(b"\xef\xbb\xbfa\r\nb\rc\n", "a.txt")).text == "\ufeffa\nb\nc\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_decoded_by_it(opened: Opener, encoding: str) -> None:
    assert extracted(opened("Größe 日本".encode(encoding), "a.txt")).text.lstrip("\ufeff") == "Größe 日本"


def test_binary_data_named_as_text_is_refused(opened: Opener) -> None:
    assert refused(opened(documents.binary(), "a.txt")) == (
        "DOCUMENT_DAMAGED",
        "the document is binary data, not text",
    )


def test_an_empty_document_is_refused(opened: Opener) -> None:
    assert refused(opened(b"", "a.pdf")) == ("NO_TEXT", "no text: the document is empty")


def test_a_blank_text_is_refused(opened: Opener) -> None:
    assert refused(opened(b" \n\n", "a.txt")) == ("NO_TEXT", "no text: the document is blank")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><body> \n</body></html>", "a.html"),
        (b'<html><head><style>p {}</style></head><body><img src="a.png"></body></html>', "a.htm"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "a.xhtml"),
    ],
)
def test_a_web_page_with_an_empty_body_is_refused_as_blank(opened: Opener, data: bytes, name: str) -> None:
    assert refused(opened(data, name)) == ("NO_TEXT", "no text: the page is blank")


def test_a_pdf_is_read_page_by_page_with_progress(opened: Opener) -> None:
    seen: list[Progress] = []

    result = extracted(opened(documents.pdf(["Page one.", "Page two."]), "a.pdf"), report=seen.append)

    assert result.metadata.extractor == "pdfium"
    assert result.text.split("\n") == ["Page one.", "Page two."]
    assert seen == [Progress("page", 1, 2), Progress("page", 2, 2)]


def test_an_encrypted_pdf_is_refused_as_such(opened: Opener) -> None:
    assert refused(opened(documents.encrypted_pdf(), "a.pdf")) == ("DOCUMENT_ENCRYPTED", "the PDF is encrypted")


def test_a_pdf_of_images_is_refused_as_such(opened: Opener) -> None:
    assert refused(opened(documents.image_only_pdf(), "a.pdf")) == ("NO_TEXT", "no text: the pages are images")


@pytest.mark.parametrize("make", [documents.garbage_pdf, documents.binary, documents.truncated_pdf])
def test_what_is_no_pdf_is_refused_as_damaged(opened: Opener, make: Callable[[], bytes]) -> None:
    reason, message = refused(opened(make(), "a.pdf"))

    assert reason == "DOCUMENT_DAMAGED"
    assert message.startswith("the document is damaged or not a PDF: ")


def test_a_truncated_word_document_is_refused_as_damaged(opened: Opener) -> None:
    assert refused(opened(documents.truncated_word(), "a.docx")) == (
        "DOCUMENT_DAMAGED",
        "the document is damaged: the end of the file is missing",
    )


@pytest.mark.parametrize(
    ("data", "name", "extractor"),
    [
        (documents.word(), "a.docx", "office-open-xml"),
        (documents.html(), "a.html", "html"),
        (documents.mail(), "a.eml", "mail"),
        (documents.archive({"a.txt": documents.PANGRAM.encode()}), "a.zip", "archives"),
    ],
)
def test_each_kind_of_document_is_read_by_its_own_extractor(
    opened: Opener, data: bytes, name: str, extractor: str
) -> None:
    result = extracted(opened(data, name))

    assert result.metadata.extractor == extractor
    assert documents.PANGRAM in result.text


def test_a_zip_that_lost_its_list_of_files_is_read_by_the_next_extractor(opened: Opener) -> None:
    data = documents.archive({"a.txt": documents.PANGRAM.encode()})

    result = extracted(opened(data[: data.index(ENTRY)], "a.zip"))

    assert result.metadata.extractor == "tika-native"
    assert documents.PANGRAM in result.text
    assert result.warnings[0] == "archives: the archive is damaged: the end of the file is missing"


def test_a_member_has_its_bytes_and_no_path(opened: Opener) -> None:
    member = opened(b"around", "a.zip").member("b.txt", b"inside")

    assert (member.data[:], member.size_bytes, member.depth, member.extension) == (b"inside", 6, 1, ".txt")
    with pytest.raises(ValueError, match="in no file of its own"):
        assert member.path


def test_more_text_than_allowed_is_refused(opened: Opener) -> None:
    for data, name in [(documents.word(), "a.docx"), (documents.pdf(), "a.pdf"), (documents.text(), "a.txt")]:
        assert refused(opened(data, name), chars_max=10)[0] == "OUTPUT_TOO_LARGE"


@pytest.mark.parametrize("failure", [CannotExtractError("NO_TEXT", "no text"), ValueError("secret content"), ""])
def test_when_one_extractor_fails_the_next_serves_and_a_warning_names_the_first(
    opened: Opener, failure: str | Exception
) -> None:
    order = {Kind.TEXT: (Fixed("first", failure), Fixed("second", "found"))}

    result = extract(opened(b"x", "a.txt"), chars_max=10, report=ignore, order=order)

    assert (result.text, result.metadata.extractor) == ("found", "second")
    assert result.warnings[0].startswith("first: ")
    assert "secret" not in result.warnings[0]


def test_when_all_fail_the_first_reason_is_told(opened: Opener) -> None:
    failures = [CannotExtractError("NO_TEXT", "pages are images"), CannotExtractError("DOCUMENT_DAMAGED", "broken")]
    order = {Kind.TEXT: tuple(Fixed(f"number {index}", failure) for index, failure in enumerate(failures))}

    with pytest.raises(RefusalError, match="pages are images"):
        extract(opened(b"x", "a.txt"), chars_max=10, report=ignore, order=order)


def test_a_later_extractor_that_sees_encryption_is_believed(opened: Opener) -> None:
    failures = [CannotExtractError("DOCUMENT_DAMAGED", "broken"), CannotExtractError("DOCUMENT_ENCRYPTED", "locked")]
    order = {Kind.TEXT: tuple(Fixed(f"number {index}", failure) for index, failure in enumerate(failures))}

    with pytest.raises(RefusalError, match="locked"):
        extract(opened(b"x", "a.txt"), chars_max=10, report=ignore, order=order)


def test_memory_that_runs_out_is_no_reason_to_try_the_next(opened: Opener) -> None:
    order = {Kind.TEXT: (Fixed("first", MemoryError()), Fixed("second", "found"))}

    with pytest.raises(MemoryError):
        extract(opened(b"x", "a.txt"), chars_max=10, report=ignore, order=order)


def test_an_external_entity_is_not_followed(opened: Opener, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    page = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><svg><text>before &x; after</text></svg>'

    for name in ("a.fb2", "a.xhtml", "a.odt"):
        try:
            text = extracted(opened(page.encode(), name)).text
        except RefusalError:
            continue
        assert "TOPSECRET" not in text


def test_tika_is_not_loaded_for_a_text() -> None:
    assert sys.executable
    script = (
        "import os, sys; from octavo_server.extractors.chain import extract;"
        "from octavo_server.extractors.base import Document;"
        "fd = os.open(sys.argv[1], os.O_RDONLY);"
        "extract(Document(descriptor=fd, name='a.txt'), chars_max=10**6, report=id);"
        "print({'pypdfium2', 'iscc_tika'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script, __file__], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_a_large_pdf_is_read_by_its_own_extractor_too(opened: Opener) -> None:
    result = extracted(opened(documents.padded_pdf("One line.", 20_000_000), "a.pdf"))

    assert (result.metadata.extractor, result.text) == ("pdfium", "One line.")


def test_a_refused_document_is_let_go_at_once(opened: Opener) -> None:
    document = opened(b"%PDF-1.4 broken", "a.pdf")
    refused(document)

    document.close()

    mapped = Path("/proc/self/maps").read_text(encoding="utf-8") if sys.platform == "linux" else ""
    assert str(Path(f"/dev/fd/{document.descriptor}").readlink()) not in mapped


def test_a_broken_pdf_after_an_encrypted_one_is_not_called_encrypted(opened: Opener) -> None:
    refused(opened(documents.encrypted_pdf(), "a.pdf"))

    assert refused(opened(hostile_documents.deep_array_pdf(), "b.pdf"))[0] == "DOCUMENT_DAMAGED"


def test_what_no_encoding_can_hold_is_replaced(opened: Opener) -> None:
    result = extract(
        opened(b"x", "a.txt"),
        chars_max=CHARS_MAX,
        report=ignore,
        order={Kind.TEXT: [Fixed("first", "a\ud800b\r\nc")]},
    )

    assert result.text == "a\ufffdb\nc"


def test_a_word_hyphenated_at_a_lines_end_stays_readable(opened: Opener) -> None:
    text = extracted(opened(documents.lines_pdf(["These experi-", "ments were made."]), "a.pdf")).text

    assert text == "These experi-\nments were made."


def test_a_page_that_begins_with_a_picture_is_a_page(opened: Opener) -> None:
    assert extracted(opened(b"<svg width=10></svg><p>Real text.</p>", "a.html")).text == "Real text."


def test_nothing_but_a_byte_order_mark_is_no_text(opened: Opener) -> None:
    assert refused(opened(b"\xef\xbb\xbf", "a.txt"))[0] == "NO_TEXT"


def test_pages_without_an_image_are_not_called_images(opened: Opener) -> None:
    assert refused(opened(documents.drawn_pdf(), "a.pdf")) == ("NO_TEXT", "no text: the pages are blank, or drawings")
