"""A document with an electronic signature around it, as .p7m files hold it (RFC 5652)."""

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
_INTEGER_1 = b"\x02\x01\x01"
_OCTETS, _SEQUENCE, _SET, _FIELD_0 = 0x04, 0x30, 0x31, 0xA0
_SHORT_LENGTH_MAX = 127


def signed(document: bytes) -> bytes:
    """The document in an envelope, where nobody has signed yet."""
    content = _value(_SEQUENCE, DATA, _value(_FIELD_0, _value(_OCTETS, document)))
    envelope = _value(_SEQUENCE, _INTEGER_1, _value(_SET), content, _value(_SET))
    return _value(_SEQUENCE, SIGNED_DATA, _value(_FIELD_0, envelope))


def _value(tag: int, *parts: bytes) -> bytes:
    """In DER: tag, length, content."""
    content = b"".join(parts)
    size = len(content)
    if size <= _SHORT_LENGTH_MAX:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content
