"""The wheel holds both packages with their styles and catalogues, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.wheel import REPOSITORY, faults, wanted_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(REPOSITORY)]
    done = subprocess.run(words, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_what_it_should(wheel: Path) -> None:
    assert faults(wheel) == []


def test_wheel_holds_each_kind_of_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for ending in (
        "/py.typed",
        ".tcss",
        ".mo",
        "/nginx/nocobase.conf.j2",
        "nbcluster/cli/__init__.py",
        "nbcluster_tui/__init__.py",
    ):
        assert any(name.endswith(ending) for name in names), ending
    assert not any(name.startswith(("tests", "docs", "assets")) for name in names)


def test_a_wheel_that_lacks_or_holds_a_file_too_many_is_refused(wheel: Path, tmp_path: Path) -> None:
    name = min(wanted_files())
    other = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(other, "w") as changed:
        for item in archive.namelist():
            if item != name:
                changed.writestr(item, archive.read(item))
        changed.writestr("tests/conftest.py", "")
    assert faults(other) == [f"lacks {name}", "should not hold tests/conftest.py"]


def test_the_installed_program_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    code = "import nbcluster, sys; from nbcluster.__main__ import run; print(nbcluster.__file__); sys.exit(run())"
    words = [sys.executable, "-c", code, "--version"]
    done = subprocess.run(
        words, capture_output=True, text=True, env={"PYTHONPATH": str(target)}, cwd=tmp_path, timeout=30, check=False
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith(str(target))
    assert lines[1].startswith("nbcluster ")
    assert done.returncode == 0
