"""Ways to damage a document. Each is a function of a random generator and bytes, and always does the same for both."""

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random

DOCUMENT_BYTES_MAX = 2 * 1024 * 1024
STEPS_MAX = 4
"""Damage on damage; more leaves nothing to parse."""
_CHUNK_BYTES_MAX = 512
_REPEATS_MAX = 200
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Where counts and sizes go wrong."""
_TOKENS = (
    *(b"<", b">", b"</", b"/>", b"<!--", b"]]>", b"<![CDATA[", b"&#0;", b"&#xD800;", b"&x;", b'"', b"\0"),
    *(b"endobj", b"stream\n", b"/Length -1", b"/Kids[2 0 R]", b"<<", b">>", b"999999999", b"-1", b"1e999"),
    *(b"{", b"}", b"\\bin99999999 ", b"\\u-1?", b"--b\n", b"\r\n\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
)

Mutation = Callable[[Random, bytes], bytes]


def damaged(random: Random, original: bytes, others: Sequence[bytes]) -> bytes:
    """The document after one to four mutations; `others` are what pieces may be taken from."""
    data = original
    for _ in range(random.randint(1, STEPS_MAX)):
        data = _mutated(random, data, others)[:DOCUMENT_BYTES_MAX]
    return data or b"\0"


def _mutated(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    if data[:2] == b"PK" and random.random() < 0.8:
        # A reader that checks sums never gets to see damage from outside: this one comes from within.
        return _with_damaged_member(random, data, others)
    if random.random() < 0.1:
        return _spliced(random, data, random.choice(others))
    return random.choice(_BYTE_MUTATIONS)(random, data)


def _flip_bits(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 16)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.randint(0, len(data))]


def _cut_out(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.randint(1, _REPEATS_MAX) + data[end:]


def _swap(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data)
    to = random.randint(0, len(data))
    rest = data[:start] + data[end:]
    return rest[:to] + data[start:end] + rest[to:]


def _put_number(random: Random, data: bytes) -> bytes:
    size = random.choice((1, 2, 4))
    number = random.choice(_NUMBERS) & ((1 << 8 * size) - 1)
    at = random.randint(0, len(data))
    return data[:at] + number.to_bytes(size, random.choice(("little", "big"))) + data[at + size :]


def _put_token(random: Random, data: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_TOKENS) + data[at + random.choice((0, 0, 1, 4)) :]


def _change_digit(random: Random, data: bytes) -> bytes:
    """Digits are what sizes, offsets and references are written with in PDF, RTF and XML."""
    places = [index for index, byte in enumerate(data[: 64 * 1024]) if 0x30 <= byte <= 0x39]
    if not places:
        return _flip_bits(random, data)
    at = random.choice(places)
    return data[:at] + random.choice((b"0", b"9", b"-1", b"99999999999")) + data[at + 1 :]


_BYTE_MUTATIONS: Sequence[Mutation] = (
    *(_flip_bits, _truncate, _cut_out, _repeat, _swap, _put_number, _put_token, _put_token, _change_digit),
)


def _spliced(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _with_damaged_member(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    try:
        members = _members(data)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, zipfile.zlib.error):
        # An earlier mutation was from outside.
        return random.choice(_BYTE_MUTATIONS)(random, data)
    if not members:
        return _flip_bits(random, data)
    index = random.randrange(len(members))
    name, content = members[index]
    match random.randrange(8):
        case 0:
            del members[index]
        case 1:
            members.append((name, content))
        case 2:
            members[index] = (random.choice(members)[0], content)
        case _:
            members[index] = (name, _mutated(random, content, others))
    return _zipped(members)


def _members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > DOCUMENT_BYTES_MAX:
            raise ValueError("too large to be taken apart here")
        return [(entry.filename, archive.read(entry)) for entry in entries]


def _zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        # A name that is there twice is part of the damage.
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            # A fixed date, so that the same case gives the same bytes.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _span(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(1, _CHUNK_BYTES_MAX))
