"""What a failed command says, and its exit code."""

from __future__ import annotations

import os
import sys
from enum import IntEnum
from shlex import quote
from typing import TYPE_CHECKING

from octavo import errors
from octavo.cli.field_options import named_as_typed

if TYPE_CHECKING:
    from collections.abc import Callable


class ExitCode(IntEnum):
    """What a shell sees."""

    OK = 0
    FAILED = 1
    """A job failed, or the server did."""
    BAD_INPUT = 2
    """The command line, a file or the server's refusal: another command would do."""
    NO_SERVER = 3
    """None answered, or it stopped answering: the same command may do later."""
    INTERRUPTED = 130
    """128 and the number of SIGINT, as shells have it."""
    UNHEARD = 141
    """128 and the number of SIGPIPE: whoever read the output left, e.g. `head`."""


class BadInputError(Exception):
    """The command can't be run as given; the message says what to do."""


BAD_INPUT = (
    BadInputError,
    OSError,
    errors.InvalidArgumentError,
    errors.NotFoundError,
    errors.AlreadyExistsError,
    errors.UnauthenticatedError,
    errors.PermissionDeniedError,
)


def exit_code_of(error: Exception) -> ExitCode:
    """BAD_INPUT for what another command line would heal, NO_SERVER for what waiting may, else FAILED."""
    if isinstance(error, errors.UnavailableError):
        return ExitCode.NO_SERVER
    # A DeadlineExceededError is an OSError too, for scripts.
    is_bad_input = isinstance(error, BAD_INPUT) and not isinstance(error, errors.DeadlineExceededError)
    return ExitCode.BAD_INPUT if is_bad_input else ExitCode.FAILED


def sentence_of(error: Exception) -> str:
    """What is wrong and what to do, in a line or two."""
    if isinstance(error, errors.UnavailableError) and error.target:
        return _no_server(error)
    if isinstance(error, errors.UnauthenticatedError):
        return "the server asks for an API key that it knows: give --api-key KEY, or set OCTAVO_API_KEY"
    if isinstance(error, errors.InvalidArgumentError):
        return named_as_typed(error)
    if isinstance(error, OSError) and error.strerror and not isinstance(error, errors.OctavoError):
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{error}{_way_on(error)}"


def _no_server(error: errors.UnavailableError) -> str:
    if error.tls_advice:
        # Somebody may be there: to start one more server would not help.
        return f"no server answers at {error.target}. {error.tls_advice}"
    return f"no server at {error.target}: start one with `octavo-server serve`, or name another with --server"


def _way_on(error: Exception) -> str:
    """The command that would help, where the server's sentence speaks of a call."""
    # "--" because a name may begin like an option.
    if isinstance(error, errors.AlreadyExistsError) and error.reason == "PIPELINE_NAME_TAKEN":
        return f": `octavo pipeline reset -- {quote(error.details.resource_name)}`"
    if isinstance(error, errors.FailedPreconditionError) and error.reason == "PIPELINE_NOT_EMPTY":
        name = quote(error.details.subject)
        return f": `octavo pipeline reset -- {name}`, or `octavo pipeline delete --force -- {name}`"
    return ""


def tell(line: str) -> None:
    """A line on stderr."""
    print(f"octavo: {line}", file=sys.stderr, flush=True)  # noqa: T201 # A command speaks on its streams.


def told(command: Callable[[], int]) -> int:
    """Run `command`; what it raises becomes a line on stderr and an exit code."""
    try:
        return command()
    except BrokenPipeError:
        return _unheard()
    except BaseExceptionGroup as group:
        if group.split(BrokenPipeError)[1] is None:
            return _unheard()
        raise
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except (errors.OctavoError, BadInputError, OSError) as error:
        tell(sentence_of(error))
        return exit_code_of(error)


def _unheard() -> ExitCode:
    """The reader of our output left, e.g. `head`: nothing to tell, and nobody to tell it to."""
    # Python flushes stdout once more at its end, which must not fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.UNHEARD
