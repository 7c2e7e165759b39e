"""Writes docs/lint.md: ``python -m nbcluster.lint.pages [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from nbcluster.lint.faults import FAULTS, STATUS, UNREAD
from nbcluster.lint.model import Fault

_INTRODUCTION = """\
# Lint

Written by `python -m nbcluster.lint.pages`; `nbcluster explain ID` shows the same texts.

    nbcluster lint FILE... [--json]

reads a `.env`, a compose file (its `environment` and the `env_file`s that it names), Kubernetes manifests (ConfigMap, Secret and the `env`
of containers), Helm values or the configuration of `nb`, and judges the variables as those of one node in a cluster. Nothing is changed,
no server is asked, and no value is shown.

A `.env` is read as npm dotenv reads it, the way NocoBase does; one that holds the line `# nbcluster: read raw, as docker run --env-file
does` is read so. Manifests of one folder count as one application, so that `nbcluster lint kubernetes/*.yaml` sees ConfigMap and Secret
together. Where a file takes variables from another one that was not given, absent variables are not judged and `lint.unread` says so.

| exit | meaning |
|---|---|
| 0 | nothing that fails; warnings are allowed |
| 2 | a file cannot be read, or is of no known form |
| 3 | at least one `fail` |

`--json` prints one document in the shape of `nbcluster check --json`: `target` is `FILE:LINE KEY`, or `FILE KEY` for a variable that is
absent; `from` is `file`.

"""


def document() -> str:
    """Return the whole page in Markdown, in English."""
    lines = ["| id | status | fault |", "|---|---|---|"]
    lines += [f"| [`{fault.id}`](#{_anchor(fault)}) | {_words(fault)} | {_cell(fault.title)} |" for fault in (*FAULTS, UNREAD)]
    for fault in (*FAULTS, UNREAD):
        lines += ["", f"## {fault.id}", "", f"{fault.title} ({_words(fault)}).", "", fault.why, "", f"Remedy: {fault.remedy}"]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _words(fault: Fault) -> str:
    return " or ".join(f"`{STATUS[severity]}`" for severity in fault.severities) or "`skip`"


def _anchor(fault: Fault) -> str:
    return fault.id.replace(".", "").lower()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/lint.md")
    path.write_text(document(), encoding="utf-8", newline="\n")
