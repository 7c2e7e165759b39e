"""The program as a user starts it: its own process, no terminal, everything captured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbcluster.files.write.plan import BASELINE


@dataclass(frozen=True)
class Ended:
    """What a run left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the one document on stdout."""
        return json.loads(self.out)


def nbcluster(
    *arguments: str | Path, environment: dict[str, str] | None = None, folder: Path | None = None, seconds: float = 60
) -> Ended:
    """Run the program to its end."""
    ended = subprocess.run(
        [sys.executable, "-m", "nbcluster", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **(environment or {})},
        cwd=folder,
        timeout=seconds,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def unsalted(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder that is the same wherever the same answers are written; what a folder knows of the nodes is salted."""
    return {path: content for path, content in tree(folder).items() if path != BASELINE}


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
