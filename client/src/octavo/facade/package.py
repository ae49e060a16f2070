"""Facts about the SDK itself."""

import functools
import tempfile
from importlib import metadata


@functools.cache
def package_version() -> str:
    """Of the SDK, e.g. `0.1.0`."""
    return metadata.version("octavo")


def local_conversion_directory() -> str:
    """The folder for temporary files. Octavo puts none there: the server reads documents as they are."""
    return tempfile.gettempdir()
