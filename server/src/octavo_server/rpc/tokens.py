"""Tokens that callers hand back: opaque to them, checked by us."""

from __future__ import annotations

import re

from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.ids import Revision

_RESUME = re.compile(r"r1\.([0-9]{1,18})")


def resume_token(seen: Revision | None) -> str:
    """A token to resume a watch with; None: from the start."""
    return "" if seen is None else f"r1.{seen}"


def seen_by(token: str) -> Revision | None:
    """What a resume token stands for; None for an empty one. Raises InvalidArgumentError."""
    if not token:
        return None
    match = _RESUME.fullmatch(token)
    if match is None:
        raise InvalidArgumentError("resume_token", "must be the last token that a watch sent, unchanged, or empty")
    return Revision(int(match[1]))
