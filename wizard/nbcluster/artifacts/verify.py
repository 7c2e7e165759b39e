"""Nothing is called good before it was parsed back and means what was chosen."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nbcluster.answers import Answers
from nbcluster.artifacts.nginx import identifier, upstream_servers
from nbcluster.artifacts.secrets import Resolved
from nbcluster.artifacts.variables import blocks, node_variables
from nbcluster.envfile import read_dotenv
from nbcluster.outputfile import OutputFile
from nbcluster.steps import STEPS, Step

_MAP = re.compile(r"^map [^{}]*\{[^{}]*\}\n", re.MULTILINE)


class VerificationError(AssertionError):
    """A file does not mean what was chosen: a fault of this program, found before anything was written."""


def verify(files: Sequence[OutputFile], answers: Answers, resolved: Resolved, *, steps: tuple[Step, ...] = STEPS) -> None:
    """Parse every file back and compare it with the answers; raises ``VerificationError`` naming the file."""
    by_path = {file.path: file for file in files}
    _env(by_path[".env"], _wanted(answers, resolved, {}, steps))
    for row in answers.rows("nodes"):
        own = node_variables(answers, row, steps)
        if own:
            _env(by_path[f"nodes/{row['name']}.env"], _wanted(answers, resolved, own, steps))
    if "nginx/nocobase.conf" in by_path:
        _nginx(by_path["nginx/nocobase.conf"], answers)
    tomllib.loads(by_path["answers.toml"].text)
    _no_secret_in_the_open(files, resolved)


def _wanted(answers: Answers, resolved: Resolved, own: dict[str, str], steps: tuple[Step, ...]) -> dict[str, str]:
    return {name: value for block in blocks(answers, resolved, steps, own) for name, value, _comment in block.entries}


def _env(file: OutputFile, wanted: dict[str, str]) -> None:
    read = read_dotenv(file.text)
    wrong = [name for name, value in wanted.items() if read.get(name) != value]
    if wrong or not file.secret:
        raise VerificationError(f"{file.path}: {', '.join(wrong)}")


def _nginx(file: OutputFile, answers: Answers) -> None:
    import crossplane

    with tempfile.TemporaryDirectory(prefix="nbcluster-") as folder:
        path = Path(folder) / "nocobase.conf"
        # crossplane takes the entries of a map for directives that it does not know
        path.write_text(_MAP.sub("", file.text), "utf-8")
        payload = crossplane.parse(str(path), strict=True, check_ctx=False, check_args=True)
    parsed = payload["config"][0]["parsed"]
    servers = [d["args"][0] for u in _named(parsed, "upstream") for d in u["block"] if d["directive"] == "server"]
    if payload["errors"] or servers != upstream_servers(answers):
        raise VerificationError(f"{file.path}: {servers} {[e['error'] for e in payload['errors']]}")
    passes = {d["args"][0] for s in _named(parsed, "server") for d in _inside(s["block"]) if d["directive"] == "proxy_pass"}
    if passes != {f"http://{identifier(answers)}"}:
        raise VerificationError(f"{file.path}: {passes}")


def _named(block: Iterable[Any], name: str) -> list[Any]:
    return [directive for directive in block if directive["directive"] == name]


def _inside(block: Iterable[Any]) -> list[Any]:
    return [inner for directive in block for inner in (directive, *_inside(directive.get("block", [])))]


def _no_secret_in_the_open(files: Sequence[OutputFile], resolved: Resolved) -> None:
    for file in files:
        if not file.secret and any(len(s.reveal()) >= 8 and s.reveal().encode() in file.data for s in resolved.secrets):
            raise VerificationError(f"{file.path}: holds a secret")
