"""Small makers of documents in OLE files: .doc, .xls, .ppt and .msg, good and bad."""

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_MINI_SECTOR = 64
_MINI_CUTOFF = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ROOT, _STREAM = 5, 2


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with these streams at its top level ([MS-CFB])."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    mini, mini_fat, starts = b"", [], {}
    for name in names:
        if len(streams[name]) < _MINI_CUTOFF:
            starts[name] = len(mini_fat)
            mini_fat += _chain(len(mini_fat), _count(streams[name], _MINI_SECTOR))
            mini += _padded(streams[name], _MINI_SECTOR)
    body, fat = b"", []

    def stored(data: bytes) -> int:
        nonlocal body, fat
        start = len(fat)
        fat += _chain(start, _count(data, _SECTOR))
        body += _padded(data, _SECTOR)
        return start if data else _END

    for name in names:
        if len(streams[name]) >= _MINI_CUTOFF:
            starts[name] = stored(streams[name])
    mini_start, mini_fat_start = stored(mini), stored(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    entries = [_entry("Root Entry", _ROOT, 1, mini_start, len(mini))]
    for number, name in enumerate(names, 1):
        following = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, _STREAM, following, starts[name], len(streams[name])))
    directory = stored(b"".join(entries))
    fat_start = len(fat)
    fat_sectors = -(-(len(fat) + 8) // (_SECTOR // 4))
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * _SECTOR // 4 - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, fat_sectors, directory, 0, _MINI_CUTOFF),
        *(mini_fat_start, _count(mini_fat, _SECTOR // 4), _END, 0),
        *(fat_start + index for index in range(fat_sectors)),
        *([_FREE] * (110 - fat_sectors)),
    )[:_SECTOR]
    return header + body + struct.pack(f"<{len(fat)}I", *fat)


def word(text: str = "A document of Word 97.", *, beside: Sequence[str] = (), is_encrypted: bool = False) -> bytes:
    """A .doc ([MS-DOC]): a file information block, the text, and one piece that says where it stands.

    `beside`: footnotes, headers, macros, comments, endnotes, boxes, boxes in headers.
    """
    stories = [f"{story}\r" if story else "" for story in (text, *beside)]
    data = "".join(stories).encode("cp1252")
    at = 2048
    flags = 0x0200 | (0x0100 if is_encrypted else 0)
    base = struct.pack("<HHHHHHHIBBHHII", 0xA5EC, 0xC1, 0, 0x409, 0, flags, 0xBF, 0, 0, 0, 0, 0, at, at + len(data))
    longs = struct.pack("<3I", len(data) + at, 0, 0) + struct.pack(f"<{len(stories)}I", *map(len, stories))
    piece = struct.pack("<II", 0, len(data)) + struct.pack("<HIH", 0, 0x40000000 | at * 2, 0)
    table = b"\x02" + struct.pack("<I", len(piece)) + piece
    places = bytearray(0x5D * 8)
    struct.pack_into("<II", places, 33 * 8, 0, len(table))
    block = base + struct.pack("<H", 14) + bytes(28) + struct.pack("<H", 22) + longs.ljust(88, b"\0")
    block += struct.pack("<H", 0x5D) + places
    return ole({"WordDocument": (block.ljust(at, b"\0") + data).ljust(8192, b"\0"), "1Table": table})


def excel(
    cells: list[list[str]], *, sheet: str = "Sheet", rows: tuple[int, int] | None = None, is_encrypted: bool = False
) -> bytes:
    """An .xls of Excel 97 ([MS-XLS]) with text in its cells. `rows`: the first and last, if they are told otherwise."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    start = _biff(0x809, bof) + (_biff(0x2F, bytes(54)) if is_encrypted else b"")
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("latin-1")
    begin = len(start) + 4 + 6 + len(name) + 4
    book = start + _biff(0x85, struct.pack("<IBB", begin, 0, 0) + name) + _biff(0x0A, b"")
    size = _biff(0x200, struct.pack("<IIHHH", *(rows or (0, len(cells))), 0, max(map(len, cells)), 0))
    stored = b"".join(
        _biff(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
        for row, texts in enumerate(cells)
        for column, text in enumerate(texts)
    )
    book += (
        _biff(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)) + size + stored + _biff(0x0A, b"")
    )
    return ole({"Workbook": book.ljust(_MINI_CUTOFF, b"\0")})


def powerpoint(slides: list[str], *, is_encrypted: bool = False) -> bytes:
    """A .ppt of PowerPoint 97 ([MS-PPT]) with one text a slide."""
    token = 0xF3D1C4DF if is_encrypted else 0xE391C05F
    user = _record(0, 0xFF6, struct.pack("<IIIHHBBH", 0x14, token, 0, 0, 0x3F4, 3, 0, 0))
    texts = b"".join(
        _record(0, 0xF9F, struct.pack("<I", 0)) + _record(0, 0xFA0, slide.encode("utf-16-le")) for slide in slides
    )
    document = _record(0xF, 0x3E8, _record(0xF, 0xFF0, texts))
    return ole({"PowerPoint Document": document.ljust(_MINI_CUTOFF, b"\0"), "Current User": user})


def outlook(subject: str, body: str, *, sender: str = "Ann <ann@example.com>") -> bytes:
    """A .msg ([MS-OXMSG]) without attachments."""
    said = {"001A": "IPM.Note", "0037": subject, "1000": body, "0C1A": sender, "0E04": "bob@example.com"}
    properties = bytes(32) + b"".join(
        struct.pack("<HHIII", 0x1F, int(tag, 16), 6, len(text) * 2 + 2, 0) for tag, text in said.items()
    )
    streams = {f"__substg1.0_{tag}001F": text.encode("utf-16-le") for tag, text in said.items()}
    return ole({"__properties_version1.0": properties} | streams)


def encrypted_package() -> bytes:
    """What a .docx with a password looks like from outside ([MS-OFFCRYPTO])."""
    return ole({"EncryptionInfo": bytes(248), "EncryptedPackage": bytes(8192)})


def _count(data: bytes | list[int], size: int) -> int:
    return -(-len(data) // size)


def _padded(data: bytes, size: int) -> bytes:
    return data.ljust(_count(data, size) * size, b"\0")


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END] if count else []


def _entry(name: str, kind: int, following: int, start: int, size: int) -> bytes:
    left, right, child = (_FREE, _FREE, following) if kind == _ROOT else (_FREE, following, _FREE)
    encoded = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIII", encoded, len(encoded), kind, 1, left, right, child, 0, start, size, 0)


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _record(version: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<HHI", version, kind, len(data)) + data
