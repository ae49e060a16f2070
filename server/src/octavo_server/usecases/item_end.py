"""Where an item of a JSON list ends, found over its bytes once, however they are cut and however deep it is."""

import re
from dataclasses import dataclass

_MARK = re.compile(rb'["\[\]{}]')
_MARK_IN_STRING = re.compile(rb'["\\]')


@dataclass(slots=True)
class ItemEnd:
    """Reads an object from its first byte on, and knows nothing else of JSON: what ends here may be wrong inside."""

    is_found: bool = False
    openings: int = 0
    """How many objects and lists began so far, with the item itself."""
    _depth: int = 0
    _is_in_string: bool = False

    def read_on(self, data: bytes, at: int) -> int:
        """How far `data` was read from `at` on: to behind the item's last byte if that is found, or else to where to go
        on once there is more data.
        """
        while not self.is_found:
            mark = (_MARK_IN_STRING if self._is_in_string else _MARK).search(data, at)
            if mark is None:
                return len(data)
            at = mark.end()
            match mark[0]:
                case b"\\" if at == len(data):
                    # What it escapes is not there yet: both are read together.
                    return mark.start()
                case b"\\":
                    at += 1
                case b'"':
                    self._is_in_string = not self._is_in_string
                case b"{" | b"[":
                    self._depth += 1
                    self.openings += 1
                case _:
                    self._depth -= 1
                    self.is_found = self._depth == 0
        return at
