"""The text of archives: names, texts of every kind, and bounds."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
from collections.abc import Callable
from contextlib import suppress

import pytest

from octavo_server.domain.jobs import Progress
from octavo_server.domain.limits import MIB
from octavo_server.extractors.allowance import DEPTH_MAX, MEMBERS_MAX, UNPACKED_BYTES_MAX
from octavo_server.extractors.archives import Archives
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError
from octavo_server.extractors.chain import extract, read_member
from octavo_server.extractors.members import WARNINGS_MAX
from octavo_server.extractors.packed.member import MEMBER_BYTES_MAX
from octavo_server.extractors.packed.tar_members import HEADERS_MAX
from tests import documents
from tests.archive_documents import (
    encrypted_zip,
    many_empty,
    nested,
    overlapping,
    tar,
    tar_of,
    with_large_end,
    zip_with_link,
)

CHARS_MAX = 1_000_000
TWO = {"one.txt": b"First words.\n", "folder/two.html": b"<p>Second words.</p>"}
TWO_TEXT = "one.txt\nFirst words.\n\nfolder/two.html\nSecond words."


def read(
    data: bytes, name: str = "a.zip", *, chars_max: int = CHARS_MAX, seen: list[Progress] | None = None
) -> Extracted:
    report = ([] if seen is None else seen).append
    return Archives(read_member=read_member).extract(
        Document(content=data, name=name), chars_max=chars_max, report=report
    )


def refused(data: bytes, name: str = "a.zip", *, chars_max: int = CHARS_MAX) -> tuple[str, str]:
    with pytest.raises((CannotExtractError, RefusalError)) as refusal:
        read(data, name, chars_max=chars_max)
    assert isinstance(refusal.value, CannotExtractError | RefusalError)
    return refusal.value.reason, refusal.value.message


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (documents.archive, "application/zip"),
        (tar, "application/x-tar"),
        (lambda members: tar(members, form=tarfile.GNU_FORMAT), "application/x-tar"),
        (lambda members: tar(members, form=tarfile.USTAR_FORMAT), "application/x-tar"),
        (lambda members: gzip.compress(tar(members)), "application/gzip"),
        (lambda members: bz2.compress(tar(members)), "application/x-bzip2"),
        (lambda members: lzma.compress(tar(members)), "application/x-xz"),
    ],
    ids=["zip", "tar", "gnu tar", "ustar", "tar.gz", "tar.bz2", "tar.xz"],
)
def test_each_file_is_read_behind_its_name_whatever_the_archive(
    make: Callable[[dict[str, bytes]], bytes], media_type: str
) -> None:
    extracted = read(make(TWO))

    assert extracted.text == TWO_TEXT
    assert extracted.metadata.media_type == media_type
    assert extracted.metadata.more == {"members": "2"}
    assert extracted.warnings == ()


def test_documents_of_all_kinds_are_read_inside_an_archive() -> None:
    text = read(
        documents.archive(
            {
                "a.docx": documents.word(["Word."]),
                "b.pdf": documents.pdf(["Page."]),
                "c.eml": documents.mail("Mail."),
                "d.rtf": b"{\\rtf1 Rich.}",
                "README": "Größe, no extension.".encode(),
                "e.xsd": b'<?xml version="1.0"?><a><b x="no">Told</b><c>apart</c></a>',
            }
        )
    ).text

    for words in ("Word.", "Page.", "Mail.", "Rich.", "Größe, no extension.", "Told apart"):
        assert words in text


def test_what_has_no_text_is_only_named() -> None:
    extracted = read(
        documents.archive({"a.png": b"\x89PNG\0\0\0", "empty.txt": b"", "blank.txt": b" \n", "b.txt": b"b"})
    )

    assert extracted.text == "a.png\n\nempty.txt\n\nblank.txt\n\nb.txt\nb"
    assert extracted.warnings == ()


def test_what_macos_adds_is_left_out() -> None:
    members = {"__MACOSX/._a.txt": b"x", "._a.txt": b"x", "f/.DS_Store": b"x", "f/a.txt": b"Words."}

    assert read(documents.archive(members)).text == "f/a.txt\nWords."
    assert read(tar(members)).text == "f/a.txt\nWords."


def test_an_archive_without_files_is_refused_as_empty() -> None:
    for data in (documents.archive({}), documents.archive({"folder/": b""})):
        assert refused(data) == ("NO_TEXT", "no text: the archive is empty")


def test_folders_and_links_are_left_out_and_never_followed() -> None:
    link, hard_link, device, folder = (tarfile.TarInfo(name) for name in ("l.txt", "h.txt", "d", "f"))
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard_link.type, hard_link.linkname = tarfile.LNKTYPE, "/etc/passwd"
    device.type, folder.type = tarfile.CHRTYPE, tarfile.DIRTYPE

    assert read(zip_with_link()).text == "a.txt\nPlain words."
    assert refused(tar_of(link, hard_link, device, folder), "a.tar")[0] == "NO_TEXT"


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_and_names_in_any_script_are_shown(form: int) -> None:
    name = "ordner/" * 30 + "größe-日本.txt"

    assert read(tar({name: b"Words."}, form=form)).text == f"{name}\nWords."
    assert read(documents.archive({name: b"Words."})).text == f"{name}\nWords."


def test_a_name_can_not_break_out_of_its_line() -> None:
    assert read(tar({"a\n\x1b[31mb.txt": b"Words."})).text == "a  [31mb.txt\nWords."


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_document_is_read_as_if_it_were_not_compressed(compress: Callable[[bytes], bytes]) -> None:
    extracted = read(compress(documents.pdf(["Page."], title="A title")), "a.pdf.gz")

    assert extracted.text == "Page."
    assert extracted.metadata.title == "A title"


def test_the_name_of_what_is_compressed_tells_its_type() -> None:
    assert read(gzip.compress(b"<b>tags are text</b>"), "a.txt.gz").text == "<b>tags are text</b>"


def test_many_compressed_files_in_a_row_are_one() -> None:
    assert read(gzip.compress(b"One. ") + gzip.compress(b"Two.") + bytes(100), "a.txt.gz").text == "One. Two."


def test_archives_inside_archives_are_read_up_to_a_depth() -> None:
    deepest, too_deep = read(nested(DEPTH_MAX)), read(nested(DEPTH_MAX + 1))

    assert deepest.text.endswith("innermost.txt\nAt the bottom.")
    assert too_deep.text == "\n".join(["inner.zip"] * DEPTH_MAX)
    assert too_deep.warnings[0].endswith(f"inner.zip: archives inside others are read {DEPTH_MAX} deep")


def test_a_file_that_can_not_be_read_is_named_and_told() -> None:
    extracted = read(documents.archive({"a.pdf": documents.garbage_pdf(), "b.pdf": documents.image_only_pdf(), **TWO}))

    assert extracted.text == f"a.pdf\n\nb.pdf\n\n{TWO_TEXT}"
    assert extracted.warnings[0].startswith("a.pdf: the document is damaged or not a PDF")
    assert extracted.warnings[1] == "b.pdf: no text: the pages are images"


def test_only_some_of_many_warnings_are_told() -> None:
    members = {f"{number}.pdf": b"%PDF-broken" for number in range(WARNINGS_MAX + 5)}

    warnings = read(documents.archive(members)).warnings

    assert len(warnings) == WARNINGS_MAX + 1
    assert warnings[-1] == "5 more warnings like these"


def test_a_damaged_file_in_a_zip_fails_alone() -> None:
    data = bytearray(documents.archive({"a.txt": documents.text(500), "b.txt": b"Words."}))
    data[60:80] = bytes(20)

    extracted = read(bytes(data))

    assert extracted.text == "a.txt\n\nb.txt\nWords."
    assert extracted.warnings == ("a.txt: it can't be unpacked",)


def test_an_encrypted_archive_is_refused_as_such_and_encrypted_files_are_told() -> None:
    assert refused(encrypted_zip(TWO, encrypted=2)) == ("DOCUMENT_ENCRYPTED", "the files in the archive are encrypted")

    extracted = read(encrypted_zip(TWO, encrypted=1))

    assert extracted.text == "one.txt\n\nfolder/two.html\nSecond words."
    assert extracted.warnings == ("one.txt: it is encrypted",)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (documents.archive(TWO)[:-30], "a.zip", "the archive is damaged: the end of the file is missing"),
        (b"no archive", "a.tar", "the archive is damaged: it is not the archive that its name promises"),
        (gzip.compress(b"x")[:10], "a.gz", "the archive is damaged: nothing can be unpacked"),
    ],
)
def test_a_damaged_archive_is_refused_as_such(data: bytes, name: str, message: str) -> None:
    assert refused(data, name) == ("DOCUMENT_DAMAGED", message)


def test_of_an_archive_that_ends_in_the_middle_the_beginning_is_read() -> None:
    whole = tar({"a.txt": b"First.", "b.bin": documents.binary(5_000)})

    for data in (whole[:3_000], gzip.compress(whole)[:4_000]):
        extracted = read(data, "a.tar")
        assert extracted.text.startswith("a.txt\nFirst.")
        assert extracted.warnings[0] == "the archive is damaged: it ends in the middle; what comes behind was left out"


def test_of_a_compressed_text_that_ends_in_the_middle_the_beginning_is_read() -> None:
    extracted = read(gzip.compress(documents.text(5_000))[:-20], "a.txt.gz")

    assert extracted.text.startswith("This is sentence number 1.\n")
    assert extracted.warnings == ("the compressed file is damaged: its end can't be unpacked",)


def test_a_header_that_makes_no_sense_ends_the_archive() -> None:
    first, second = tar({"a.txt": b"First."}), bytearray(tar({"b.txt": b"Second."}))
    second[124:136] = b"-0000000007\0"
    total = sum(second[:148]) + 8 * 32 + sum(second[156:512])
    second[148:156] = b"%06o\0 " % total

    extracted = read(first[:1024] + bytes(second), "a.tar")

    assert extracted.text == "a.txt\nFirst."
    assert "is not what an archive has there" in extracted.warnings[0]


def test_a_file_with_holes_is_named_and_those_behind_it_are_read() -> None:
    sparse = bytearray(tar({"holes.bin": b"x" * 700, "b.txt": b"Behind."}, form=tarfile.GNU_FORMAT))
    sparse[156:157] = b"S"
    sparse[148:156] = b"%06o\0 " % (sum(sparse[:148]) + 8 * 32 + sum(sparse[156:512]))

    extracted = read(bytes(sparse), "a.tar")

    assert extracted.text == "holes.bin\n\nb.txt\nBehind."
    assert extracted.warnings == ("holes.bin: it has holes and can't be read here",)


def test_more_text_than_may_be_is_refused() -> None:
    message = "the document has more than 1,000 characters of text"

    for data in (
        documents.archive({"a.txt": b"word " * 500}),
        documents.archive({"a.zip": nested(1), "b.txt": b"word " * 500}),
    ):
        assert refused(data, chars_max=1_000) == ("OUTPUT_TOO_LARGE", message)


def test_names_count_as_text_too() -> None:
    assert len(read(many_empty(200), chars_max=100).text) < 120


def test_too_many_files_are_refused() -> None:
    expected = ("DOCUMENT_TOO_LARGE", f"the archive has more than {MEMBERS_MAX:,} files")

    assert refused(many_empty(MEMBERS_MAX + 1)) == expected
    assert refused(tar({f"{number}": b"" for number in range(MEMBERS_MAX + 1)}), "a.tar") == expected


def test_too_many_links_are_refused() -> None:
    link = tarfile.TarInfo("l")
    link.type = tarfile.SYMTYPE
    block = tar_of(link)[:512]

    assert refused(gzip.compress(block * (HEADERS_MAX + 1)), "a.tar.gz") == (
        "DOCUMENT_TOO_LARGE",
        f"the archive has more than {HEADERS_MAX:,} files and links",
    )


def test_a_zip_with_numbers_of_64_bits_is_read() -> None:
    assert read(with_large_end(documents.archive(TWO))).text == TWO_TEXT
    assert read(documents.archive({"a.docx": with_large_end(documents.word(["Word."]))})).text == "a.docx\nWord."


def test_a_zip_whose_last_record_hides_how_many_files_it_has_is_refused() -> None:
    # Folders, which are counted only before the list is read.
    data = documents.archive({f"{number}/": b"" for number in range(3 * MEMBERS_MAX)})
    hidden = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 100, 0, 0)
    large = with_large_end(data)
    assert refused(large[: large.rindex(b"PK\x05\x06")] + hidden) == refused(data)
    assert refused(data) == ("DOCUMENT_TOO_LARGE", f"the archive has more than {MEMBERS_MAX:,} files")


def test_a_compressed_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb") as target:
        for _ in range(MEMBER_BYTES_MAX // MIB + 1):
            target.write(bytes(MIB))

    assert refused(buffer.getvalue(), "a.gz") == (
        "DOCUMENT_TOO_LARGE",
        f"the compressed file unpacks to more than {MEMBER_BYTES_MAX // MIB} MB",
    )


def test_a_large_file_is_named_and_those_behind_it_are_read() -> None:
    members = {"large.bin": bytes(MEMBER_BYTES_MAX + 1), "b.txt": b"Behind."}

    for data in (documents.archive(members), gzip.compress(tar(members), compresslevel=1)):
        extracted = read(data)
        assert extracted.text == "large.bin\n\nb.txt\nBehind."
        assert extracted.warnings == (f"large.bin: it unpacks to more than {MEMBER_BYTES_MAX // MIB} MB",)


def test_files_that_share_their_bytes_are_counted_each_time_or_not_unpacked() -> None:
    times = UNPACKED_BYTES_MAX // MEMBER_BYTES_MAX + 1
    too_large = f"the archive unpacks to more than {UNPACKED_BYTES_MAX // MIB} MB"
    told: tuple[str, ...] = ()
    with suppress(RefusalError):
        told = read(overlapping(times, MEMBER_BYTES_MAX)).warnings

    # Pythons with the mend of gh-109858 refuse what overlaps.
    if told:
        assert told == ("zeros: it can't be unpacked",) * (times - 1)
    else:
        assert refused(overlapping(times, MEMBER_BYTES_MAX)) == ("DOCUMENT_TOO_LARGE", too_large)


def test_what_is_unpacked_counts_at_every_depth() -> None:
    inner = documents.archive({"zeros": bytes(MEMBER_BYTES_MAX)})
    bomb = documents.archive({f"{number}.zip": inner for number in range(UNPACKED_BYTES_MAX // MEMBER_BYTES_MAX + 2)})

    assert refused(bomb)[0] == "DOCUMENT_TOO_LARGE"


def test_progress_tells_files_of_a_zip_and_bytes_of_the_others() -> None:
    of_zip: list[Progress] = []
    of_tar: list[Progress] = []
    data = gzip.compress(tar(TWO))

    read(documents.archive(TWO), seen=of_zip)
    read(data, seen=of_tar)

    assert of_zip == [Progress("member", 1, 2), Progress("member", 2, 2)]
    assert of_tar[-1] == Progress("byte", len(data), len(data))


def test_a_certain_bomb_goes_to_no_other_extractor() -> None:
    with pytest.raises(RefusalError) as refusal:
        extract(
            Document(content=many_empty(MEMBERS_MAX + 1), name="a.zip"),
            chars_max=CHARS_MAX,
            report=lambda _progress: None,
        )

    assert refusal.value.reason == "DOCUMENT_TOO_LARGE"
