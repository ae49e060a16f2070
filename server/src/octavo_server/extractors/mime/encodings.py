"""How the content of a part is encoded for its way (RFC 2045, 6)."""

from __future__ import annotations

import binascii
import re

from octavo_server.extractors.mime.base_64 import body_decoded

_UU = ("x-uuencode", "x-uue", "uuencode", "x-uu")
"""Not in the standard; of the time before."""
ENCODINGS = ("base64", "quoted-printable", *_UU)
"""The others leave it as it is."""
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*+\r?\n", re.MULTILINE)
_UU_LINE = re.compile(rb"[^\r\n]++")
_UU_END = b"end"


def decoded(content: bytes, how: str) -> tuple[bytes, bytes]:
    """A part's content as it was before; and what stands around it that was not encoded, such as a list's footer.

    `how` is what its headers say.
    """
    if how == "base64":
        return body_decoded(content)
    if how == "quoted-printable":
        return binascii.a2b_qp(content), b""
    if how in _UU:
        return _uu_decoded(content)
    return content, b""


def _uu_decoded(content: bytes) -> tuple[bytes, bytes]:
    begin = _UU_BEGIN.search(content)
    if not begin:
        return content, b""
    found, before = bytearray(), content[: begin.start()]
    for line in _UU_LINE.finditer(content, begin.end()):
        if line[0].strip() == _UU_END:
            return bytes(found), before + content[line.end() :]
        try:
            found += binascii.a2b_uu(line[0])
        except binascii.Error:
            # A damaged line loses at most its own 45 bytes.
            continue
    return bytes(found), before
