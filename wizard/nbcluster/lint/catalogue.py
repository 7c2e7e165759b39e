"""The kinds of faults: what each id means, why it matters and what mends it; ``docs/lint.md`` and ``explain`` are made from this."""

from __future__ import annotations

from nbcluster.lint import kinds_addresses, kinds_others, kinds_roles
from nbcluster.lint.model import Kind
from nbcluster.problems import Severity
from nbcluster.text import N_, _

KINDS: tuple[Kind, ...] = (*kinds_roles.KINDS, *kinds_addresses.KINDS, *kinds_others.KINDS)

STATUS = {Severity.ERROR: "fail", Severity.WARNING: "warn"}
"""The status word of a result by the severity of its finding."""

UNREAD = Kind(
    "lint.unread",
    (),
    N_("Variables whose values stand elsewhere, in a file that was not read or in the shell"),
    N_("What is not known is not judged, neither as right nor as wrong."),
    N_("Give that file on the same command line, or lint it by itself; a .env beside a compose file is read."),
)
"""Not a fault: reported with the status ``skip``."""


def kind_of(fault_id: str) -> Kind | None:
    """Return the kind with an id; none if there is no such fault."""
    return next((kind for kind in (*KINDS, UNREAD) if kind.id == fault_id), None)


def page(kind: Kind) -> str:
    """Return what is to be known about a kind as plain text, in the active language."""
    words = " / ".join(STATUS[severity] for severity in kind.severities) or "skip"
    return "\n".join(
        (f"{kind.id}  ({words})", "", _(kind.title), "", _(kind.why), "", _("Remedy: {remedy}").format(remedy=_(kind.remedy)))
    )
