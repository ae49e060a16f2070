"""Messages of PGP within a text (RFC 9580, 6.2)."""

from __future__ import annotations

import re

_BEGIN = re.compile(r"^[ \t]*+-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_END = re.compile(r"^[ \t]*+-----END PGP MESSAGE-----", re.MULTILINE)


def without_encrypted(text: str) -> tuple[str, bool]:
    """The text without its encrypted messages, and whether there are any.

    One without an end is all the rest of a text that starts with it; elsewhere it is a text about such messages.
    """
    kept, position, is_encrypted = [], 0, False
    while begin := _BEGIN.search(text, position):
        end = _END.search(text, begin.end())
        if not end and text[: begin.start()].strip():
            break
        kept.append(text[position : begin.start()])
        position = end.end() if end else len(text)
        is_encrypted = True
    kept.append(text[position:])
    return ("".join(kept).strip("\n") if is_encrypted else text), is_encrypted
