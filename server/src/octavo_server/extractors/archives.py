"""Archives: .zip, .tar, and what is compressed by gzip, bzip2 or xz."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from octavo_server.domain.jobs import Progress
from octavo_server.domain.limits import MIB
from octavo_server.domain.metadata import DocumentMetadata
from octavo_server.extractors.allowance import DEPTH_MAX
from octavo_server.extractors.base import CannotExtractError, Document, Extracted, RefusalError, Report
from octavo_server.extractors.members import Members, shown
from octavo_server.extractors.packed.byte_stream import ByteStream
from octavo_server.extractors.packed.member import MEMBER_BYTES_MAX, damaged, take_member
from octavo_server.extractors.packed.tar_header import BLOCK_BYTES, is_tar
from octavo_server.extractors.packed.tar_members import TarMembers
from octavo_server.extractors.packed.unpacking import COMPRESSIONS, Compression
from octavo_server.extractors.packed.zip_members import ZipMembers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from octavo_server.extractors.members import ReadMember
    from octavo_server.extractors.packed.member import Member

_ZIP_START = b"PK"
_BETWEEN = "\n\n"


class Archives:
    """Reads each file by whatever extractor it needs, behind its name; of those that have no text, only the name.

    What is compressed and no archive is read as if it were not compressed.
    """

    name = "archives"

    def __init__(self, *, read_member: ReadMember) -> None:
        self._read_member = read_member

    def extract(self, document: Document, *, chars_max: int, report: Report) -> Extracted:
        """Raises CannotExtractError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, NO_TEXT, DOCUMENT_TOO_LARGE.

        Raises RefusalError where no other extractor should try: DOCUMENT_TOO_LARGE for what unpacks to more than is
        reasonable; NO_TEXT for an archive without files; OUTPUT_TOO_LARGE.
        """
        if document.depth >= DEPTH_MAX:
            raise CannotExtractError("DOCUMENT_TOO_LARGE", f"archives inside others are read {DEPTH_MAX} deep")
        members = Members(document, self._read_member, chars_max=chars_max)
        if document.data[: len(_ZIP_START)] == _ZIP_START:
            found = _counted(ZipMembers(document), report)
            return _Listing(members, chars_max).read(found, media_type="application/zip")
        compression = _compression_of(document)
        stream = ByteStream(document, compression, report)
        if is_tar(stream.start(BLOCK_BYTES)):
            media_type = compression.media_type if compression else "application/x-tar"
            return _Listing(members, chars_max).read(TarMembers(document, stream), media_type=media_type)
        if compression is None:
            raise damaged("it is not the archive that its name promises")
        return self._single(document, stream, compression, chars_max)

    def warm_up(self) -> None:
        """There is nothing to load."""

    def _single(self, document: Document, stream: ByteStream, compression: Compression, chars_max: int) -> Extracted:
        """A document that was compressed."""
        take_member(document)
        content = stream.read(MEMBER_BYTES_MAX + 1)
        if len(content) > MEMBER_BYTES_MAX:
            raise RefusalError(
                "DOCUMENT_TOO_LARGE", f"the compressed file unpacks to more than {MEMBER_BYTES_MAX // MIB} MB"
            )
        if not content:
            raise damaged("nothing can be unpacked") if stream.is_broken else _no_text("the compressed file is empty")
        try:
            extracted = self._read_member(document.member(_inner_name(document.name, compression), content), chars_max)
        except RefusalError as refusal:
            raise _own(refusal) from None
        if extracted is None:
            raise _no_text("what is compressed is of no type that has some")
        warnings = ("the compressed file is damaged: its end can't be unpacked",) if stream.is_broken else ()
        metadata = replace(extracted.metadata, media_type=compression.media_type)
        return replace(extracted, metadata=metadata, warnings=(*warnings, *extracted.warnings))


class _Listing:
    """The names and texts of an archive's files."""

    def __init__(self, members: Members, chars_max: int) -> None:
        self._members = members
        self._chars_max = chars_max
        self._passages: list[str] = []
        self._chars = 0
        self._count = 0

    def read(self, found: Iterable[Member], *, media_type: str) -> Extracted:
        warnings: tuple[str, ...] = ()
        try:
            for member in found:
                self._add(member)
                del member  # its bytes, before the next one is unpacked
                if self._chars > self._chars_max:
                    break
        except CannotExtractError as failure:
            if not self._count:
                raise
            warnings = (f"{failure.message}; what comes behind was left out",)
        if self._count and self._members.encrypted == self._count:
            raise CannotExtractError("DOCUMENT_ENCRYPTED", "the files in the archive are encrypted")
        if not self._count:
            # Nothing is left for another extractor, which might follow its links.
            raise RefusalError("NO_TEXT", "no text: the archive is empty")
        return Extracted(
            text=_BETWEEN.join(self._passages),
            warnings=(*warnings, *self._members.warnings()),
            metadata=DocumentMetadata(media_type=media_type, more={"members": str(self._count)}),
        )

    def _add(self, member: Member) -> None:
        self._count += 1
        text = self._text(member)
        name = shown(member.name)
        self._passages.append(f"{name}\n{text}" if text else name)
        self._chars += len(self._passages[-1]) + len(_BETWEEN)

    def _text(self, member: Member) -> str:
        if member.why_not:
            self._members.fail(member.name, member.why_not)
            return ""
        extracted = self._members.read(member.name, member.content, chars_left=self._chars_max - self._chars)
        return extracted.text.strip("\n") if extracted else ""


def _counted(found: ZipMembers, report: Report) -> Iterator[Member]:
    for count, member in enumerate(found, start=1):
        yield member
        del member  # as above
        report(Progress("member", count, len(found)))


def _compression_of(document: Document) -> Compression | None:
    return next((way for way in COMPRESSIONS if document.data[: len(way.magic)] == way.magic), None)


def _inner_name(name: str, compression: Compression) -> str:
    """`a.docx` of `a.docx.gz`."""
    ending = next((ending for ending in compression.extensions if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _no_text(why: str) -> CannotExtractError:
    return CannotExtractError("NO_TEXT", f"no text: {why}")


def _own(refusal: RefusalError) -> Exception:
    """What is wrong with the document inside is wrong with the compressed one."""
    if refusal.reason in ("OUTPUT_TOO_LARGE", "DOCUMENT_TOO_LARGE"):
        return refusal
    return CannotExtractError(refusal.reason, refusal.message)
