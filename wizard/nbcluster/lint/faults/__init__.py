"""The faults that lint knows: ``docs/lint.md``, ``explain`` and every finding are made from these."""

from __future__ import annotations

from nbcluster.errors import Severity
from nbcluster.lint.faults import (
    addresses,
    database,
    deployment,
    keys,
    nginx,
    nodes,
    notation,
    numbers,
    processes,
    roles,
    settings,
)
from nbcluster.lint.model import Fault
from nbcluster.text import N_, _

FAULTS: tuple[Fault, ...] = (
    *roles.FAULTS,
    *keys.FAULTS,
    *addresses.FAULTS,
    *database.FAULTS,
    *processes.FAULTS,
    *nodes.FAULTS,
    *settings.FAULTS,
    *numbers.FAULTS,
    *notation.FAULTS,
    *deployment.FAULTS,
    *nginx.FAULTS,
)

STATUS = {Severity.ERROR: "fail", Severity.WARNING: "warn"}
"""The status word of a result by the severity of its finding."""

UNREAD = Fault(
    "unread",
    (),
    N_("Something that is not judged: it is defined elsewhere, or is another kind of deployment"),
    N_("What is not known is not judged, neither as right nor as wrong: the exit code is 5 where nothing fails."),
    remedy=N_("Give that file on the same command line, or lint it by itself; a .env beside a compose file is read."),
)
"""Not a fault: reported with the status ``error``, because it could not be judged."""


def fault_of(fault_id: str) -> Fault | None:
    """Return the fault with an id; none if there is no such fault."""
    return next((fault for fault in (*FAULTS, UNREAD) if fault.id == fault_id), None)


def page(fault: Fault) -> str:
    """Return what is to be known about a fault as plain text, in the active language."""
    words = " / ".join(STATUS[severity] for severity in fault.severities) or "error"
    remedy = _("Remedy: {remedy}").format(remedy=_(fault.advice))
    lines = [f"{fault.id}  ({words})", "", _(fault.title), "", _(fault.why), "", remedy]
    if fault.observed:
        lines += ["", _("NocoBase itself: {words}").format(words=fault.observed)]
    return "\n".join(lines)
