"""How much may be unpacked from one submitted document, whatever is inside what."""

from dataclasses import dataclass

from octavo_server.domain.limits import MIB

UNPACKED_BYTES_MAX = 512 * MIB
"""All that is unpacked, at every depth. It takes two seconds; what has so much mostly has more text than is wanted."""
MEMBERS_MAX = 10_000
"""Files, at every depth. Reading so many texts takes a few seconds."""
DEPTH_MAX = 3
"""A document in an archive in an archive in an archive is read."""


@dataclass(slots=True, eq=False)
class Allowance:
    """What is left of it."""

    bytes_left: int = UNPACKED_BYTES_MAX
    members_left: int = MEMBERS_MAX
