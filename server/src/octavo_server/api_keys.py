"""The file with the API keys."""

import re
from pathlib import Path

from octavo_server.domain.ids import TenantId

KEY_CHARS_MIN = 16
_LINE = re.compile(rf"([A-Za-z0-9_\-]{{1,64}})\s+([\x21-\x7e]{{{KEY_CHARS_MIN},}})")


class ApiKeysError(Exception):
    """The file can't be used; the message says where and why, and shows no key."""


def read_api_keys(path: Path) -> dict[str, TenantId]:
    """The tenant of each key: one `TENANT KEY` a line; empty lines and `#` comments are passed over.

    Raises ApiKeysError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ApiKeysError(f"can't read the API keys of {path}: {type(error).__name__}") from error
    keys: dict[str, TenantId] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ApiKeysError(
                f"{path}:{number}: must be `TENANT KEY`: 1-64 letters, digits, _ or -, a space, "
                f"and at least {KEY_CHARS_MIN} visible ASCII characters"
            )
        if keys.setdefault(match[2], TenantId(match[1])) != match[1]:
            raise ApiKeysError(f"{path}:{number}: this key belongs to another tenant already; each needs its own")
    if not keys:
        raise ApiKeysError(f"{path} has no key: nobody could call; add a line `TENANT KEY`")
    return keys
