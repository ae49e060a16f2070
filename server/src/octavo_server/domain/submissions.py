"""What a caller asks for when submitting a document, and the checks that turn it into a job."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from octavo_server.domain import files, limits
from octavo_server.domain.errors import InvalidArgumentError
from octavo_server.domain.file_types import TEXT_EXTENSIONS, guess_extension
from octavo_server.domain.jobs import ModuleRun, Priority
from octavo_server.domain.limits import Limits
from octavo_server.domain.modules import Format, ModuleSpec, ModuleSpecs, check_file_type, valid_params
from octavo_server.domain.pipelines import Pipeline, module_keys

_KEY = re.compile(rf"[\x21-\x7e]{{1,{limits.IDEMPOTENCY_KEY_CHARS_MAX}}}")
_EXTENSION = re.compile(r"\.[a-z0-9_\-]{1,16}")
GENERATED_NAME_PREFIX = "octavo_generated_file_name_"
GENERATED_NAME_LETTERS = 10


@dataclass(frozen=True, slots=True)
class ModuleOptions:
    """The model and the params that a caller chose for one module."""

    model: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One document and what to do with it, as asked for: nothing in it is checked yet."""

    pipeline: str
    content: bytes | None = None
    upload_id: str = ""
    file_name: str = ""
    source_file_name: str = ""
    directory: str = ""
    path: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    options: Mapping[str, ModuleOptions] = field(default_factory=dict)
    expire_seconds: float | None = None
    processing_seconds: float | None = None
    priority: Priority = Priority.NORMAL
    idempotency_key: str = ""
    fingerprint: str = ""


def check_source(submission: Submission) -> None:
    """Raises InvalidArgumentError if there is no document, or it is too large for one call."""
    if submission.content is None and not submission.upload_id:
        raise InvalidArgumentError("content", "is missing: give the document's bytes here, or an upload_id")
    if submission.content is not None and len(submission.content) > limits.CONTENT_BYTES_MAX:
        raise InvalidArgumentError(
            "content", f"at most {limits.CONTENT_BYTES_MAX} bytes fit into one call; upload larger documents"
        )


def named_file(submission: Submission, letters: str) -> tuple[str, str]:
    """The file's directory and name. `letters` make a generated name unique. Raises InvalidArgumentError."""
    extension = _source_extension(submission)
    if submission.path:
        for name, value in (
            ("file_name", submission.file_name),
            ("symbolic_directory_path", submission.directory),
        ):
            if value:
                raise InvalidArgumentError(name, "must be empty when symbolic_file_path is given")
        directory, name = files.split_path(submission.path)
        return (
            files.valid_directory(directory, field="symbolic_file_path"),
            files.valid_name(name, extension=extension, field="symbolic_file_path"),
        )
    directory = files.valid_directory(submission.directory)
    if submission.file_name:
        return directory, files.valid_name(submission.file_name, extension=extension)
    if not extension:
        if submission.content is None:
            raise InvalidArgumentError("file_name", "an upload needs a file_name or a source_file_name, for its type")
        extension = guess_extension(submission.content)
    if not extension:
        raise InvalidArgumentError("file_name", "is missing, and the content looks like no type that has text")
    return directory, f"{GENERATED_NAME_PREFIX}{letters}{extension}"


def module_runs(pipeline: Pipeline, specs: ModuleSpecs, options: Mapping[str, ModuleOptions]) -> tuple[ModuleRun, ...]:
    """One run a module, models and params filled in. Raises InvalidArgumentError."""
    keys = module_keys(pipeline.chain)
    for key in options:
        if key not in keys:
            raise InvalidArgumentError(f"modules.{key}", f"the pipeline has no such module; it has {', '.join(keys)}")
    runs = []
    for name, key in zip(pipeline.chain, keys, strict=True):
        if name not in specs:
            raise InvalidArgumentError("pipeline", f"this server has no module {name!r} any more")
        chosen = options.get(key, ModuleOptions())
        model = specs[name].model(chosen.model, field=f"modules.{key}.model")
        params = valid_params(model, chosen.params, field=f"modules.{key}.params")
        runs.append(ModuleRun(name=name, key=key, model=model.name, params=params))
    return tuple(runs)


def check_document(name: str, size_bytes: int, pipeline: Pipeline, specs: ModuleSpecs, allowed: Limits) -> None:
    """Raises InvalidArgumentError if the chain can't take such a file, or it is empty or too large."""
    check_file_type(specs[pipeline.chain[0]], name)
    if size_bytes == 0:
        raise InvalidArgumentError("content", "the document is empty; it must have at least 1 byte")
    kind, bytes_max = _size_limit(name, specs[pipeline.chain[0]], allowed)
    if size_bytes > bytes_max:
        raise InvalidArgumentError(
            "content",
            f"{kind} may have at most {bytes_max} bytes here; this one has {size_bytes}",
            reason="DOCUMENT_TOO_LARGE",
        )


def _size_limit(name: str, first: ModuleSpec, allowed: Limits) -> tuple[str, int]:
    if first.input_format is Format.JSON:
        return "a JSON file", allowed.json_bytes_max
    if files.extension_of(name) in TEXT_EXTENSIONS:
        return "a text file", allowed.text_bytes_max
    return "a document", allowed.document_bytes_max


def check_idempotency_key(key: str) -> None:
    """Raises InvalidArgumentError; an empty key is none."""
    if key and not _KEY.fullmatch(key):
        raise InvalidArgumentError(
            "idempotency_key", f"must be 1-{limits.IDEMPOTENCY_KEY_CHARS_MAX} visible ASCII characters"
        )


def seconds_until_expiry(asked: float | None) -> float:
    """Seconds, the default if None. Raises InvalidArgumentError."""
    if asked is None:
        return limits.EXPIRE_SECONDS_DEFAULT
    return _within("expire_after", asked, limits.EXPIRE_SECONDS_MIN, limits.EXPIRE_SECONDS_MAX)


def processing_seconds(asked: float | None) -> float | None:
    """Seconds, or None for no bound. Raises InvalidArgumentError."""
    if asked is None:
        return None
    return _within("processing_timeout", asked, limits.PROCESSING_SECONDS_MIN, limits.PROCESSING_SECONDS_MAX)


def _within(name: str, asked: float, least: int, most: int) -> float:
    if not least <= asked <= most:
        whole = int(asked) if asked == int(asked) else asked
        raise InvalidArgumentError(name, f"must be {least} to {most} seconds; {whole} is not")
    return asked


def _source_extension(submission: Submission) -> str:
    if not submission.source_file_name:
        return ""
    extension = files.extension_of(submission.source_file_name)
    if not _EXTENSION.fullmatch(extension):
        raise InvalidArgumentError(
            "source_file_name", f"{submission.source_file_name!r} has no extension that tells the document's type"
        )
    return extension
