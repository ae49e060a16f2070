"""`octavo status`."""

from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, RequestId, Server
from octavo.cli.printing import (
    failure_text,
    make_console,
    print_document,
    print_facts,
    print_json,
    print_line,
    print_warnings,
    progress_text,
)
from octavo.cli.records import job_record
from octavo.statuses import JobStatus, OverallStatus

EXAMPLES = """  octavo status 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b
  octavo status 0e5b6d5e-7a8e-4c57-9f0b-1c2d3e4f5a6b --json | jq .document"""


def command(
    request_id: RequestId, *, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None
) -> int:
    """Print where a job is.

    State, the file's path, modules, what the document says about itself, warnings. Exit code 1 if it failed or was
    cancelled.
    """
    found = ask(server, api_key, lambda client: client.process_status(request_id))
    if is_json:
        print_json(job_record(found))
    else:
        _print(found)
    return ExitCode.FAILED if found.overall_status is OverallStatus.FAILED else ExitCode.OK


def _print(found: JobStatus) -> None:
    console = make_console()
    print_line(console, found.request_id, found.state.value, failure_text(found))
    print_facts(console, {"path": found.symbolic_file_path})
    for module in found.modules:
        notes = [progress_text(module.progress), module.error]
        print_line(console, f"  {module.key}", module.state.value, "; ".join(note for note in notes if note))
    if found.document:
        print_document(console, found.document)
    print_warnings(console, found.warnings)
