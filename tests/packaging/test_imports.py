"""What the command line loads before it is asked to do anything: each heavy library costs a tenth of a second and more."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    "textual",
    "rich",
    "questionary",
    "prompt_toolkit",
    "redis",
    "pika",
    "pg8000",
    "pymysql",
    "crossplane",
    "jinja2",
    "asyncio",
}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return the top-level names of the modules that a program loads, judged in a process of its own."""
    words = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, env=dict(os.environ), timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return {name.partition(".")[0] for name in names} | set(names)


REPORT = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
"""
RUN = REPORT + "from nbcluster.__main__ import run\nsys.exit(run())\n"


def test_the_command_line_loads_no_front_end_and_no_client() -> None:
    loaded = loaded_by(REPORT + "import nbcluster.cli\n")
    assert "nbcluster.cli" in loaded
    assert not loaded & (HEAVY | {"nbcluster_tui"})


def test_the_version_is_answered_before_anything_is_loaded() -> None:
    loaded = loaded_by(RUN, "--version")
    assert {name for name in loaded if name.startswith("nbcluster")} == {"nbcluster", "nbcluster.__main__"}
    assert not loaded & (HEAVY | {"argparse", "gettext", "importlib.metadata", "tomlkit"})


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["render", "--help"], ["setup", "--help"]])
def test_help_loads_no_front_end_and_no_client(arguments: list[str]) -> None:
    assert not loaded_by(RUN, *arguments) & (HEAVY | {"nbcluster_tui"})


def test_the_screens_load_no_client() -> None:
    loaded = loaded_by(REPORT + "import nbcluster_tui.app\n")
    assert "textual" in loaded
    assert not loaded & {"redis", "pika", "questionary", "pg8000", "pymysql", "jinja2"}
