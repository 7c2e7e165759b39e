"""RUNBOOK.md: blocks that run as they stand, in the order in which a cluster comes up (nocobase.md §7.1, §17, §18)."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.runbook.boot import first_boot, other_nodes
from nbcluster.artifacts.runbook.convert import conversion
from nbcluster.artifacts.runbook.operate import maintenance, troubles, upgrade
from nbcluster.artifacts.runbook.prepare import before_you_start
from nbcluster.text import _


def runbook(answers: Answers) -> str:
    """Return the runbook in the active language."""
    existing = answers["app.installation"] == "existing"
    chapters = [before_you_start(answers)]
    if existing:
        chapters.append(conversion(answers))
    chapters += [first_boot(answers), other_nodes(answers), upgrade(answers), maintenance(answers), troubles(answers)]
    head = [
        f"# {_('Runbook of {name}').format(name=answers.text('name'))}",
        "",
        _(
            "Blocks run as they stand. Each begins with a comment that names what it is and the node; blocks marked bastion run in the folder of these files."
        ),
        _("Do not go past a gate that does not hold."),
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(chapters)
