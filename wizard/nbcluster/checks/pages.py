"""Writes docs/checks.md: ``python -m nbcluster.checks.pages [FILE]``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from nbcluster.catalogue import CHECKS, OUTCOMES, STATUS_WORDS, outcomes_of
from nbcluster.catalogue.model import Check, Outcome
from nbcluster.facts import ROLES
from nbcluster.probe.child import MEMORY_LIMIT
from nbcluster.text.layout import table_cell

_INTRODUCTION = """\
# Checks

Written by `python -m nbcluster.checks.pages`; `nbcluster explain ID` shows the same pages.

Every check runs in a process of its own, under one time limit for all checks of a target (`--timeout`, 5 seconds unless told
otherwise) and with at most {memory} MiB of memory. All targets are looked at side by side. Stages of one target share one connection;
what depends on a stage that failed is skipped and names it.
"""

_SHARED = {
    "Connection": frozenset(code for code in OUTCOMES if code.startswith("net.")) - {"net.reached"},
    "TLS": frozenset(code for code in OUTCOMES if code.startswith("tls.")),
}
"""Outcomes that many checks share, by the title under which the page lists them once."""


def document() -> str:
    """Return the whole page in Markdown, in English."""
    lines = [_INTRODUCTION.format(memory=MEMORY_LIMIT // 1024**2), "| status | meaning |", "|---|---|"]
    lines += [f"| `{status}` | {meaning} |" for status, meaning in STATUS_WORDS.items()]
    lines += ["", f"`<role>` is one of {', '.join(f'`{role}`' for role in ROLES)}; `<name>` is the name of a node.", ""]
    for check in CHECKS:
        lines += _page(check)
    for title, codes in _SHARED.items():
        lines += [f"## {title}", "", "What may come of every check that names this section:", "", *_table(_of(codes)), ""]
    shared = {code: outcome for code, outcome in OUTCOMES.items() if code.startswith("probe.")}
    lines += ["## Any check", "", "What may also come of every check:", "", *_table(shared), ""]
    lines += ["## Every command that is sent", ""]
    for check in CHECKS:
        if check.sends:
            lines += [f"`{check.pattern}`", "", "```text", *check.sends, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _page(check: Check) -> list[str]:
    lines = [f"## {check.pattern}", "", f"{check.title}.", "", check.why, "", f"Remedy: {check.remedy}", ""]
    found = dict(outcomes_of(check))
    titles = [title for title, codes in _SHARED.items() if codes <= found.keys()]
    own = {code: outcome for code, outcome in found.items() if not any(code in _SHARED[title] for title in titles)}
    if own:
        lines += [*_table(own), ""]
    links = ", ".join(f"[{title}](#{title.lower()})" for title in titles)
    return [*lines, f"What {'else ' if own else ''}may come of it: {links}.", ""] if links else lines


def _of(codes: frozenset[str]) -> dict[str, Outcome]:
    return {code: outcome for code, outcome in OUTCOMES.items() if code in codes}


def _table(outcomes: Mapping[str, Outcome]) -> list[str]:
    rows = ["| status | finding | what to do |", "|---|---|---|"]
    return rows + [f"| {o.status} | {_cell(o.summary)} | {_cell(o.hint)} |" for o in outcomes.values()]


def _cell(text: str) -> str:
    head, *commands = map(table_cell, text.splitlines() or [""])
    return "<br>".join([head, *(f"`{line}`" for line in commands)])


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/checks.md")
    path.write_text(document(), encoding="utf-8", newline="\n")
