"""How often Python looks for cycles."""

import gc

THRESHOLDS = (50_000, 20, 100)
"""New objects before the youngest of Python's three generations is searched, then its searches before the next older
one's; the defaults are 700, 10, 10."""


def calm_garbage_collection() -> None:
    """Spare what is there for good, and look less often at the rest. Once, before serving.

    Python's defaults walk all objects again and again while thousands of streams open: telling 10,000 watchers took
    twice as long (benchmarks/watchers.py). What is in no cycle, nearly all, is freed at once as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
