"""A pipeline, for scripts: everything the hosted product's pipelines can do."""

from __future__ import annotations

from octavo.facade.file_changing import FileChanging
from octavo.facade.file_reading import FileReading
from octavo.facade.jobs import Jobs
from octavo.facade.searching import Searching


class Pipeline(Jobs, FileReading, FileChanging, Searching):
    """A named chain of modules on the server; `octavo.create_pipeline` makes it.

    Its identity is its name: files belong to the name, and are there for any later object of the same name.
    """
