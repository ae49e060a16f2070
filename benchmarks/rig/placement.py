"""Which processor runs what.

Servers under test share the first processor and the load has the others, so that the load never takes time from the
server, and both servers have the same one core. With a single processor nothing is placed.
"""

import os

_AVAILABLE = sorted(os.sched_getaffinity(0))
SERVER = frozenset(_AVAILABLE[:1])
LOAD = frozenset(_AVAILABLE[1:] or _AVAILABLE)
ANYWHERE = frozenset(_AVAILABLE)
