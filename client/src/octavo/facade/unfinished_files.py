"""Files whose job came to nothing: the hosted product removes them, so that their path is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo.files import FileQuery
from octavo.statuses import JobState

if TYPE_CHECKING:
    from octavo.facade.identity import Identity
    from octavo.narration import Narrator
    from octavo.session import Session

CAME_TO_NOTHING = (JobState.FAILED, JobState.CANCELLED)


def remove_at(path: str, current: Session, pipeline: Identity, narrator: Narrator) -> bool:
    """Delete the file at `path` if its job failed or was cancelled; was there one? Raises OctavoError."""
    query = FileQuery(symbolic_file_paths=(path,))
    found = current.run(current.client.list_files(pipeline.pipeline, query, states=CAME_TO_NOTHING)).files
    for file in found:
        current.run(current.client.delete_file(file.file_id, pipeline=pipeline.pipeline))
        narrator.say(
            f"INFO: {path} had file_id {file.file_id}, whose job {file.state.value.lower()}; it is deleted to make room"
        )
    return bool(found)
