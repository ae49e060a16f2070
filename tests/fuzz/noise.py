"""What children write to stderr while they work: tracebacks, mostly. The server logs it; here it is kept by process."""

from collections import Counter, defaultdict
from collections.abc import MutableMapping
from typing import Any

import structlog

_UNFORESEEN = "extractor "
"""How the chain's line begins when an extractor raises what it should not."""


class Noise:
    """Takes the place of the log."""

    def __init__(self) -> None:
        self._texts: defaultdict[int, list[str]] = defaultdict(list)
        self.unforeseen: Counter[str] = Counter()
        """Exceptions that extractors raised although they should not; the chain takes them for damaged documents."""

    @property
    def last(self) -> str:
        """What some process wrote that nobody asked for since."""
        return next((self.taken(pid) for pid in list(self._texts) if pid), "")

    def listen(self) -> None:
        """From now on, log lines come here."""
        structlog.configure(processors=[self._take], cache_logger_on_first_use=False)

    def taken(self, pid: int) -> str:
        """What the process wrote since the last call."""
        text = "".join(self._texts.pop(pid, []))
        # Control characters are escaped in the log.
        return text.replace("\\n", "\n")

    def _take(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        text = str(event.get("text", ""))
        self._texts[event.get("pid", 0)].append(text or f"{event}\n")
        for line in text.replace("\\n", "\n").splitlines():
            if line.startswith(_UNFORESEEN):
                self.unforeseen[line] += 1
        raise structlog.DropEvent
