"""What it means that a child ended by itself."""

import signal

from octavo_server.ports.runner import Crashed
from octavo_server.worker.limits import ChildLimits

_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL, 99})
"""How native libraries end when an allocation fails: pdfium aborts; Tika's Java exits with 99."""
_BY_ITSELF = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGSYS}) | _OUT_OF_MEMORY
"""What a library does to its own process. Any other signal came from outside, as from a machine without memory."""


def crash(exit_code: int, *, begun: int, is_over_memory: bool, limits: ChildLimits) -> Crashed:
    """Why a child died in the middle of a task, and whom the next attempt should leave out.

    `exit_code`: as of a subprocess, a signal's is negative. `begun`: how many extractors had begun, 0 if the text was
    there. `is_over_memory`: was it killed for the memory it filled?
    """
    if is_over_memory:
        return Crashed("MEMORY_LIMIT", f"used more than {limits.data_in_words}", extractors_spent=begun)
    spent = begun if exit_code in _BY_ITSELF else 0
    if exit_code in _OUT_OF_MEMORY:
        return Crashed(
            "MEMORY_LIMIT",
            f"its process gave up, most likely because it needed more than {limits.data_in_words}",
            extractors_spent=spent,
        )
    return Crashed("CHILD_DIED", f"its process died ({name_of(exit_code)})", extractors_spent=spent)


def name_of(exit_code: int) -> str:
    """`SIGSEGV`, or `exit code 1`."""
    return signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
