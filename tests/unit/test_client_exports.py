import subprocess
import sys
from pathlib import Path

import octavo
from octavo import catalog, errors, files, statuses

PUBLIC_MODULES = (errors, statuses, catalog, files)


def test_every_exported_name_exists() -> None:
    assert sorted(octavo.__all__) == sorted(set(octavo.__all__))
    for name in octavo.__all__:
        assert hasattr(octavo, name)


def test_every_error_and_value_is_exported() -> None:
    for module in PUBLIC_MODULES:
        for name, member in vars(module).items():
            is_own = isinstance(member, type) and member.__module__ == module.__name__
            if is_own and not name.startswith("_") and name != "Details":
                assert name in octavo.__all__, f"{module.__name__}.{name}"


def test_types_travel_with_the_package() -> None:
    assert (Path(octavo.__file__).parent / "py.typed").exists()


def test_importing_the_sdk_does_not_load_the_command_line() -> None:
    code = "import sys, octavo; print([name for name in ('rich', 'typer', 'click') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
