"""Real readers: npm's dotenv in node, and bash; each started once for a whole batch."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.services.process import environment, tool

_SCRIPT = """
set -a
. "$1"
set +a
shift
while IFS= read -r name; do printf '%s\\0' "${!name-}"; done < "$1"
"""


def bash_reads(text: str, names: list[str], folder: Path) -> dict[str, str]:
    """Return the variables that bash has after ``set -a; . FILE``; names that are unset come back empty."""
    file, wanted = folder / "sourced.env", folder / "names"
    file.write_bytes(text.encode())
    wanted.write_text("".join(f"{name}\n" for name in names))
    words = [tool("bash"), "--noprofile", "--norc", "-c", _SCRIPT, "bash", str(file), str(wanted)]
    done = subprocess.run(words, capture_output=True, env=environment({"LC_ALL": "C.UTF-8"}), timeout=60, check=True, cwd=folder)
    found = done.stdout.decode().split("\0")[:-1]
    assert len(found) == len(names) and not done.stderr, done.stderr[:200]
    return dict(zip(names, found, strict=True))
