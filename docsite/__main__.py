"""`python -m docsite`: build the site into build/site; fails on every dead link."""

import shutil
import subprocess
import sys
from pathlib import Path

from docsite.links import dead_in_repository, dead_in_site
from docsite.navigation import as_toml, navigation
from docsite.page_error import PageError
from docsite.pages import all_pages
from docsite.places import BUILD, SITE, STAGED

HERE = Path(__file__).parent


def main() -> int:
    """0 if the site is there and has no dead link."""
    if dead := dead_in_repository():
        return _told(dead)
    try:
        _stage(all_pages())
    except PageError as error:
        return _told([str(error)])
    shutil.rmtree(SITE, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "zensical",
        "build",
        "--strict",
        "--clean",
        "--config-file",
        str(BUILD / "zensical.toml"),
    ]
    built = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 # Our own program.
    if built.returncode:
        return _told([built.stdout, built.stderr])
    if dead := dead_in_site(SITE):
        return _told(dead)
    sys.stdout.write(f"{SITE / 'index.html'}\n")
    return 0


def _stage(pages: dict[str, str]) -> None:
    shutil.rmtree(STAGED, ignore_errors=True)
    for place, text in pages.items():
        page = STAGED / place
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    shutil.copytree(HERE / "theme", STAGED / "theme")
    nav = as_toml(navigation(list(pages)))
    (BUILD / "zensical.toml").write_text((HERE / "zensical.toml").read_text().replace("#nav#", nav))


def _told(lines: list[str]) -> int:
    sys.stderr.write("\n".join(["The documentation can't be built:", *lines, ""]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
