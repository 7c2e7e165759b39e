"""The completions are those of the parser, and bash completes with them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.packaging.completions import FILES, REPOSITORY, completion
from tests.services.process import tool

ASK = """
set -u
. "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$(( $# - 2 ))
COMP_LINE="${COMP_WORDS[*]}"
COMP_POINT=${#COMP_LINE}
_shtab_nbcluster
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(*words: str, folder: Path) -> set[str]:
    """Return what bash proposes for the last of some words."""
    script = [tool("bash"), "--norc", "-c", ASK, "ask", str(REPOSITORY / FILES["bash"]), *words]
    done = subprocess.run(script, capture_output=True, text=True, cwd=folder, timeout=30, check=True)
    return {line.strip() for line in done.stdout.splitlines()}


@pytest.mark.parametrize("shell", FILES)
def test_they_are_what_the_parser_says(shell: str) -> None:
    assert (REPOSITORY / FILES[shell]).read_text("utf-8") == completion(shell), "run: make completions"


def test_bash_completes_commands_options_choices_and_paths(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").touch()
    assert {"render", "check", "verify"} <= completed("nbcluster", "", folder=tmp_path)
    assert completed("nbcluster", "ren", folder=tmp_path) == {"render"}
    assert completed("nbcluster", "render", "--dry", folder=tmp_path) == {"--dry-run"}
    assert "ansible" in completed("nbcluster", "render", "--format", "", folder=tmp_path)
    assert completed("nbcluster", "check", "--answers", "pr", folder=tmp_path) == {"prod.toml"}
