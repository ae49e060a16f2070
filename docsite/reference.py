"""All generated pages. They are made anew at each build and nowhere kept, so they can't go stale."""

from docsite.cli_page import cli_page
from docsite.contract_pages import contract_index, contract_pages
from docsite.errors_page import errors_page
from docsite.modules_page import modules_page
from docsite.sdk_page import sdk_page

FOLDER = "reference"
_INDEX = """# Reference

Everything on these pages is made from the source of this version: the protos and their comments, the settings, the
specs of the modules, the errors, the docstrings of the SDK, the parsers of the commands.

| page | what is there |
|---|---|
| [Python SDK](sdk.md) | every public name of `octavo` |
| [Commands](cli.md) | `octavo` and `octavo-server`: arguments, options, exit codes |
| [Modules](modules.md) | what chains are made of: models, params, formats, file types |
| [Errors](errors.md) | every status, reason and exception, and what to do |
| [Settings](../settings.md) | every variable and option of the server |

## Calls

"""


def reference() -> dict[str, str]:
    """Each page's Markdown, by its path below the site's root."""
    pages = {
        "index.md": _INDEX + contract_index(),
        "sdk.md": sdk_page(),
        "cli.md": cli_page(),
        "modules.md": modules_page(),
        "errors.md": errors_page(),
        **contract_pages(),
    }
    return {f"{FOLDER}/{name}": text for name, text in pages.items()}
