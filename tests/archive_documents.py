"""Small makers of archives, good and bad."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping

from tests import documents

ENTRY = b"PK\x01\x02"
LOCAL = b"PK\x03\x04"
_FLAGS_IN_ENTRY, _FLAGS_IN_LOCAL = 8, 6


def tar(members: Mapping[str, bytes], *, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A .tar with these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as target:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            target.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def tar_of(*entries: tarfile.TarInfo) -> bytes:
    """A .tar with headers alone: links, folders, devices."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as target:
        for entry in entries:
            target.addfile(entry)
    return buffer.getvalue()


def encrypted_zip(members: Mapping[str, bytes], *, encrypted: int) -> bytes:
    """A .zip whose first `encrypted` members say that they are encrypted."""
    data = bytearray(documents.archive(dict(members)))
    for mark, place in ((ENTRY, _FLAGS_IN_ENTRY), (LOCAL, _FLAGS_IN_LOCAL)):
        at = 0
        for _ in range(encrypted):
            at = data.index(mark, at) + 4
            data[at - 4 + place] |= 1
    return bytes(data)


def zip_with_link() -> bytes:
    """A .zip with a symbolic link, as Unix writes it, and a text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        link = zipfile.ZipInfo("link.txt")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
        target.writestr("folder/", "")
        target.writestr("a.txt", "Plain words.")
    return buffer.getvalue()


def many_empty(count: int) -> bytes:
    """A .zip with so many empty members."""
    return documents.archive({f"{number}.txt": b"" for number in range(count)})


def overlapping(times: int, unpacked_bytes: int) -> bytes:
    """A .zip whose directory lists one member again and again."""
    data = documents.archive({"zeros": bytes(unpacked_bytes)})
    start = data.index(ENTRY)
    entry = data[start : data.index(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times, times, len(entry) * times, start, 0)
    return data[:start] + entry * times + end


def nested(levels: int) -> bytes:
    """A text in a .zip in a .zip."""
    data = b"At the bottom."
    for level in range(levels):
        data = documents.archive({"inner.zip" if level else "innermost.txt": data})
    return data


def with_large_end(data: bytes) -> bytes:
    """A .zip whose last record points at one with numbers of 64 bits, as in archives of more than 4 GB."""
    at = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", data, at + 10)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + large + locator + end
