"""Blocks of a runbook, and a small machine to run them on."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import load
from nbcluster.answers.flow import infer
from nbcluster.cluster import Cluster
from nbcluster.files.runbook import operate, runbook
from tests.services.process import tool
from tests.unit.scenarios import ANSWERS

_FENCE = re.compile(r"^```sh\n# nbcluster: ([a-z-]+) ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXISTING = {"app.installation": "existing", "app.key": "from-storage", "app.aes_key": "from-storage"}


def blocks(text: str) -> list[tuple[str, str, str]]:
    found = [(match[1], match[2], match[3]) for match in _FENCE.finditer(text)]
    assert len(found) == text.count("```sh\n") == text.count("```\n") - text.count("```text\n")
    return found


def nodes_of(name: str, about: str) -> list[str]:
    """Return the nodes that a block names behind its kind: ``copy node1, copy node2`` are two."""
    return about.split(f", {name} ")


def text_of(answers: Answers) -> str:
    """Return all blocks of a cluster's life: the first installation, and what comes later."""
    cluster = Cluster.of(answers)
    return runbook(cluster) + operate(cluster)


def named(answers: Answers, name: str) -> dict[str, str]:
    """Return the blocks of a kind by node; one that goes through several stands at each of them."""
    found = ((nodes_of(kind, about), script) for kind, about, script in blocks(text_of(answers)) if kind == name)
    return {node: script for names, script in found for node in names}


def scenario(name: str) -> Answers:
    return infer(load(ANSWERS / f"{name}.toml", {}).answers)


def filled(script: str, **values: str) -> str:
    """Return a block with values on its first lines, as a person fills them in."""
    for name, value in values.items():
        found = re.search(rf"^{name}=.*?(?=   # )", script, re.MULTILINE)
        assert found is not None, f"{name}: {script}"
        script = f"{script[: found.start()]}{name}={shlex.quote(value)}{script[found.end() :]}"
    return script


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool("bash"), "-c", script],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=30,
        check=False,
        env={"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8", **environment},
    )


def program(folder: Path, name: str, text: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
