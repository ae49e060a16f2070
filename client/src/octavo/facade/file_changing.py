"""What a pipeline does to its files: `update`, `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from octavo import arguments, session
from octavo.arguments import told
from octavo.errors import AlreadyExistsError, InvalidArgumentError, NotFoundError
from octavo.facade import file_answers, filters
from octavo.facade.identity import Identity
from octavo.facade.refusals import NAMED_INVALID, in_hosted_words, refused
from octavo.narration import Narrator

if TYPE_CHECKING:
    from octavo.answers import Answer


class FileChanging(Identity):
    """Changing what is known of files, and deleting them."""

    @told
    def update(
        self,
        *,
        file_id: str | None = None,
        file_name: str | None = None,
        symbolic_directory_path: str | None = None,
        symbolic_file_path: str | None = None,
        file_tags: list[dict[str, str]] | None = None,
        file_description: str | None = None,
        expire_time: int | None = None,
        verbose: bool = True,
    ) -> Answer:
        """Change a file's name, place, tags, description or time of expiry, whatever state its job is in.

        Keys `status_code`, `pipeline`, `request_id`, `message`, `warnings`. `status_code` is 400 if there is no such
        file, or another has that path.

        Args:
            file_id: the file's id.
            file_name: its new name, with the extension it has.
            symbolic_directory_path: its new directory.
            symbolic_file_path: directory and name in one, instead of the two.
            file_tags: take the place of all it has; `[]` clears them.
            file_description: `""` clears it.
            expire_time: seconds from now.
            verbose: tell what is changed to lower case.

        Raises InvalidArgumentError (a ValueError, some TypeErrors too).
        """
        current = session.current()
        arguments.check_flags(verbose=verbose)
        if file_id is None:
            raise refused("file_id", "invalid file_id - file_id cannot be None")
        filters.valid_file_id(file_id)
        _check(
            file_name=file_name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=file_tags,
            file_description=file_description,
            expire_time=expire_time,
        )
        tags = None if file_tags is None else arguments.valid_tags(file_tags)
        seconds = arguments.valid_seconds(expire_time)
        change = current.client.update_file(
            file_id,
            pipeline=self._name,
            file_name=file_name,
            symbolic_directory_path=symbolic_directory_path,
            symbolic_file_path=symbolic_file_path,
            file_tags=tags,
            file_description=file_description,
            expire_seconds=seconds,
        )
        try:
            file = current.run(change)
        except InvalidArgumentError as error:
            raise in_hosted_words(error) from None
        except (NotFoundError, AlreadyExistsError) as error:
            return file_answers.refusal(self._name, error)
        Narrator(is_verbose=verbose).lowered(
            file_name=(file_name, file.file_name),
            symbolic_directory_path=(symbolic_directory_path, file.symbolic_directory_path),
            symbolic_file_path=(symbolic_file_path, file.symbolic_file_path),
            tags=tags,
        )
        return file_answers.changed(self._name, "Successfully updated file metadata")

    @told
    def delete(self, *, file_id: str | None = None) -> Answer:
        """Delete a file with its output, its record and its status; a job that runs is stopped first.

        Keys `status_code`, `pipeline`, `request_id`, `message`, `warnings`. `status_code` is 400 if there is no such
        file. Raises InvalidArgumentError (a ValueError, some TypeErrors too).
        """
        current = session.current()
        if file_id is None:
            raise refused("file_id", "please provide a file_id")
        filters.valid_file_id(file_id)
        try:
            current.run(current.client.delete_file(file_id, pipeline=self._name))
        except NotFoundError as error:
            return file_answers.refusal(self._name, error)
        return file_answers.changed(self._name, f"Successfully deleted file_id: {file_id}")


def _check(*, file_tags: object, expire_time: object, **texts: str | None) -> None:
    changes = {**texts, "file_tags": file_tags, "expire_time": expire_time}
    if all(value is None for value in changes.values()):
        raise refused(
            "file_name", f"at least one of the following update arguments must be given: {', '.join(changes)}"
        )
    arguments.check_names(**{name: texts[name] for name in NAMED_INVALID})
    arguments.check_texts(file_description=texts["file_description"])
