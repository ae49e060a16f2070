"""Packages with modules of their own, as they lie on disk once they are installed."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "examples" / "octavo-word-count"
_BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def install_sample(folder: Path, *, workspace: Path) -> None:
    """Build the sample's wheel, and install it into `folder`. Needs no network and no pip: setuptools builds it."""
    # Building writes into the source folder.
    source = shutil.copytree(SAMPLE, workspace / SAMPLE.name)
    subprocess.run([sys.executable, "-c", _BUILD, str(workspace)], cwd=source, check=True, capture_output=True)
    (wheel,) = workspace.glob("*.whl")
    # Of a wheel in Python that is all there is to do (packaging.python.org, binary distribution format).
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)


def write_plug_in(folder: Path, source: str, *, entry: str = "mine = a_plug_in:Mine", name: str = "a-plug-in") -> None:
    """An installed package of one file, as broken as it is."""
    package = name.replace("-", "_")
    folder.mkdir(exist_ok=True)
    (folder / f"{package}.py").write_text(source)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    (info / "entry_points.txt").write_text(f"[octavo.modules]\n{entry}\n")
