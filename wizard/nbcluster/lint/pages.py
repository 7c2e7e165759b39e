"""Writes docs/lint.md and docs/misconfigurations.md: ``python -m nbcluster.lint.pages [FOLDER]``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from nbcluster.catalogue import CHECKS
from nbcluster.lint.faults import FAULTS, STATUS, UNREAD
from nbcluster.lint.model import Fault
from nbcluster.text.layout import table_cell

_INTRODUCTION = """\
# Lint

Written by `python -m nbcluster.lint.pages`; `nbcluster explain ID` shows the same texts.

    nbcluster lint FILE...|- [--single] [--strict] [--json | --sarif | --github]

reads a `.env`, a compose file (its `environment`, the `env_file`s that it names and the `.env` beside it), Kubernetes manifests (ConfigMap,
Secret, the `env` of containers, replicas, claims, autoscalers), a kustomization, Helm values, the configuration of `nb` or an nginx
configuration with what it includes, and judges them as those of a node in a cluster; with `--single`, of a node that runs alone. Nothing is
changed, no server is asked, and no value is shown. `-` is the standard input.

The first line says what each file was judged as. A `.env` is read as npm dotenv reads it, the way NocoBase does; one that holds the line
`# nbcluster: read raw, as docker run --env-file does` is read so. Manifests of one folder count as one application, so that `nbcluster lint
kubernetes/*.yaml` sees ConfigMap and Secret together. Files and services that share a key, a database or an address of Redis are nodes of one
cluster and are compared. What takes its value from something that was not given, an include that is not there, and applications under a
supervisor are not judged: `lint.unread` says so.

| exit | meaning |
|---|---|
| 0 | nothing that fails; warnings are allowed |
| 2 | a file cannot be read, or is of no known form |
| 3 | at least one `fail`; with `--strict` a `warn`, too |
| 5 | nothing fails, and something is not judged |

`--json` prints one document in the shape of `nbcluster check --json`: `target` is `FILE:LINE KEY`, or `FILE KEY` for a variable that is
absent; `from` is `file`; what is not judged has the status `error`. `--sarif` prints SARIF 2.1.0 for code scanning, `--github` annotations for
GitHub Actions. Which mistakes are foreseen, and what NocoBase itself says of them, is in [misconfigurations.md](misconfigurations.md).

"""

_CATALOGUE = """\
# Misconfigurations

Written by `python -m nbcluster.lint.pages`. Each row is a mistake that is foreseen, what NocoBase says when it runs into it (in brackets: what
is seen where it says nothing; empty: nothing was seen yet), and what finds it. Sources are in [nocobase.md](nocobase.md).

"""

_IN_FILES = """\
## In files

`nbcluster lint` finds these; the pages are in [lint.md](lint.md).

"""

_ON_SERVERS = """\
## On servers

`nbcluster check` and `nbcluster verify` find these; the pages are in [checks.md](checks.md).

"""

SAYS: Mapping[str, str] = {
    "redis.<role>.reach": "503 connect ECONNREFUSED",
    "redis.<role>.login": "503 WRONGPASS invalid username-password pair or user is disabled. / NOAUTH Authentication required.",
    "redis.<role>.database": "503 ERR DB index is out of range",
    "redis.<role>.bloom": "token-blacklist: create bloom filter failed ERR unknown command 'BF.RESERVE'",
    "database.reach": "attempt 1/10: Unable to connect to the database",
    "database.login": "attempt 1/10: Unable to connect to the database: password authentication failed for user",
    "database.rights": "503 permission denied for schema public",
    "database.state": "(healthy but broken: no roles)",
}
"""What NocoBase says where a check fails (nocobase.md §17, §18)."""


def document() -> str:
    """Return the whole page in Markdown, in English."""
    lines = ["| id | status | fault |", "|---|---|---|"]
    lines += [
        f"| [`{fault.id}`](#{_anchor(fault)}) | {_words(fault)} | {table_cell(fault.title)} |" for fault in (*FAULTS, UNREAD)
    ]
    for fault in (*FAULTS, UNREAD):
        lines += ["", f"## {fault.id}", "", f"{fault.title} ({_words(fault)}).", "", fault.why, "", f"Remedy: {fault.advice}"]
        if fault.observed:
            lines += ["", f"NocoBase itself: {_code(fault.observed)}"]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def catalogue() -> str:
    """Return the catalogue of misconfigurations in Markdown, in English."""
    head = ["| mistake | NocoBase itself | found by |", "|---|---|---|"]
    files = [f"| {table_cell(f.title)} | {_code(f.observed)} | [`{f.id}`](lint.md#{_anchor(f)}) |" for f in FAULTS]
    servers = [
        f"| not so: {table_cell(check.title)} | {_code(SAYS.get(check.pattern, ''))} | `{check.pattern}` |" for check in CHECKS
    ]
    return _CATALOGUE + _IN_FILES + "\n".join((*head, *files)) + "\n\n" + _ON_SERVERS + "\n".join((*head, *servers)) + "\n"


def _code(text: str) -> str:
    return text if text.startswith("(") or not text else f"`{text.replace('|', '/')}`"


def _words(fault: Fault) -> str:
    return " or ".join(f"`{STATUS[severity]}`" for severity in fault.severities) or "`error`"


def _anchor(fault: Fault) -> str:
    return fault.id.replace(".", "").lower()


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    (folder / "lint.md").write_text(document(), encoding="utf-8", newline="\n")
    (folder / "misconfigurations.md").write_text(catalogue(), encoding="utf-8", newline="\n")
