"""Sizes as people read them."""

KIB = 1024
UNITS = ("KiB", "MiB", "GiB")


def size_text(size_bytes: int) -> str:
    """`812 B`, `1.4 MiB`."""
    if size_bytes < KIB:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in UNITS:
        size /= KIB
        if size < KIB or unit == UNITS[-1]:
            return f"{size:.1f} {unit}"
    raise AssertionError(size_bytes)
