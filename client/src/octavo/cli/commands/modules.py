"""`octavo modules`."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from octavo.catalog import ModelInfo, ModuleInfo, ParamInfo
from octavo.cli.connecting import ask
from octavo.cli.failures import ExitCode
from octavo.cli.options import SERVER_DEFAULT, ApiKey, AsJson, Server
from octavo.cli.printing import INDENT_COLUMNS, make_console, print_json
from octavo.cli.records import record
from octavo.cli.tables import Column, print_table

EXAMPLES = """  octavo modules
  octavo modules | cut -f 1
  octavo modules --json | jq '.models[].params'"""

COLUMNS = tuple(Column(title=title) for title in ("MODULE", "READS", "WRITES", "MODELS", "NEXT", "EXTENSIONS"))

EXTENSIONS_SHOWN_MAX = 8
"""On a terminal; a module that reads any document takes dozens."""


def command(*, is_json: AsJson = False, server: Server = SERVER_DEFAULT, api_key: ApiKey = None) -> int:
    """List the modules that pipelines are made of.

    For each: what it reads and writes, its models (the first is the default) with their params, and which modules can
    follow it. Off a terminal: a line a module, with tabs between name, what it reads, what it writes, models, modules
    that can follow, file extensions it takes as the first of a chain; lists have commas.
    """
    found = ask(server, api_key, lambda client: client.list_modules())
    console = make_console()
    if is_json:
        for module in found:
            print_json(record(module))
    elif console.is_terminal:
        for module in found:
            _show(console, module)
    else:
        print_table(console, COLUMNS, (_row(module) for module in found))
    return ExitCode.OK


def _row(module: ModuleInfo) -> tuple[str, ...]:
    return (
        module.name,
        module.input_format.value,
        module.output_format.value,
        ",".join(model.name for model in module.models),
        ",".join(module.next_modules),
        ",".join(module.extensions),
    )


def _show(console: Console, module: ModuleInfo) -> None:
    console.print(Text.assemble((module.name, "bold"), f"  {module.input_format} -> {module.output_format}"))
    for line in _facts(module):
        console.print(Padding(line, (0, 0, 0, INDENT_COLUMNS)))


def _facts(module: ModuleInfo) -> Iterator[Text]:
    yield Text(module.description)
    for index, model in enumerate(module.models):
        yield _model_line(model, is_default=index == 0)
    yield Text.assemble(("then: ", "dim"), ", ".join(module.next_modules) or "nothing, it ends a chain")
    if module.extensions:
        yield Text.assemble(("files: ", "dim"), _extensions_text(module.extensions))


def _extensions_text(extensions: Sequence[str]) -> str:
    shown = " ".join(extensions[:EXTENSIONS_SHOWN_MAX])
    hidden = len(extensions) - EXTENSIONS_SHOWN_MAX
    return f"{shown} and {hidden} more, see --json" if hidden > 0 else shown


def _model_line(model: ModelInfo, *, is_default: bool) -> Text:
    name = f"{model.name} (default)" if is_default else model.name
    params = ", ".join(_param_text(param) for param in model.params)
    return Text.assemble(("model: ", "dim"), name, f"; {params}" if params else "")


def _param_text(param: ParamInfo) -> str:
    """`chunk_size=10 (4 to 20)`."""
    shown = f"{param.name}={param.default}"
    if param.choices:
        return f"{shown} (one of {', '.join(param.choices)})"
    if param.minimum is None and param.maximum is None:
        return shown
    if param.maximum is None:
        return f"{shown} (from {param.minimum})"
    if param.minimum is None:
        return f"{shown} (up to {param.maximum})"
    return f"{shown} ({param.minimum} to {param.maximum})"
