"""RUNBOOK.md: blocks that are pasted as a whole, in the order in which a cluster comes up (nocobase.md §7.1, §17, §18)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.files.runbook.boot import first_boot, other_nodes
from nbcluster.files.runbook.convert import conversion, keys
from nbcluster.files.runbook.licence import licence
from nbcluster.files.runbook.operate import maintenance, upgrade
from nbcluster.files.runbook.pods import (
    first_boot_of_pods,
    maintenance_of_pods,
    other_pods,
    prepare_pods,
    upgrade_of_pods,
)
from nbcluster.files.runbook.prepare import before_you_start, files_on_the_nodes
from nbcluster.files.runbook.troubles import troubles
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import _


def runbook(answers: Answers) -> str:
    """Return the runbook in the active language."""
    existing = answers["app.installation"] == "existing"
    pods = on_kubernetes(answers)
    chapters = (
        _of_pods(answers)
        if pods
        else [
            before_you_start(answers),
            *([conversion(answers)] if existing else []),
            files_on_the_nodes(answers),
            *([keys(answers)] if existing else []),
            licence(answers),
            first_boot(answers),
            other_nodes(answers),
            upgrade(answers),
            maintenance(answers),
            troubles(answers),
        ]
    )
    head = [
        "# " + _("Runbook of {name}").format(name=answers.text("name")),
        "",
        _(
            "Paste a block as a whole, into bash. Each begins with a comment that names what it is and where it belongs, and ends at the first line that fails. What you have to fill in stands on the first line; left empty, the block refuses."
        ),
        "",
        _("Blocks run on this machine, in the folder of these files; those for old on the machine of the single node.")
        if pods
        else _(
            "Blocks for bastion, and those called copy, run on this machine in the folder of these files. The others run on the node they name, as root unless they say another account."
        ),
        "",
        _("Do not go past a gate that does not hold."),
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(chapters)


def _of_pods(answers: Answers) -> list[str]:
    existing = answers["app.installation"] == "existing"
    return [
        prepare_pods(answers),
        *([conversion(answers), keys(answers)] if existing else []),
        licence(answers),
        first_boot_of_pods(answers),
        other_pods(answers),
        upgrade_of_pods(answers),
        maintenance_of_pods(answers),
        troubles(answers),
    ]
