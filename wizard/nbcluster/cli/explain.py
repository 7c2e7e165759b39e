"""``explain``: what one check or one fault is about, or the list of all."""

from __future__ import annotations

import argparse
import difflib
import re
import sys

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _
from nbcluster.text.clean import clean

_ID = re.compile(r"[a-z]*(\.[a-z0-9_<>-]+)*")


def explain(options: argparse.Namespace) -> int:
    """Print what one check looks at, what a message of NocoBase means, or the list of all."""
    from nbcluster.checks.words import explain as page

    asked = options.check_id or ""
    text = _message_page(asked) or _fault_page(asked) or page(options.check_id)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return ExitCode.OK


def _message_page(text: str) -> str | None:
    """Return what the messages of NocoBase mean that a text holds; None for what is an id, or holds none."""
    from nbcluster.catalogue.messages import found_in

    if _ID.fullmatch(text):
        return None
    pages = []
    for message in found_in(text):
        lines = [message.text, "", _(message.cause), "", _("Remedy: {remedy}").format(remedy=_(message.remedy))]
        pages.append("\n".join([*lines, "", _("nbcluster sees it as: {ids}").format(ids=", ".join(message.ids))]))
    return "\n\n".join(pages) or None


def _fault_page(fault_id: str) -> str | None:
    """Return the page of a lint id as text; None for an id that is not lint's. Raises ``NbclusterError`` for an unknown one of lint."""
    from nbcluster.lint.faults import FAULTS, UNREAD, fault_of, page

    if fault_id != "lint" and not fault_id.startswith("lint."):
        return None
    fault = fault_of(fault_id)
    if fault is not None:
        return page(fault)
    if fault_id == "lint":
        width = max(len(fault.id) for fault in FAULTS)
        return "\n".join(f"{fault.id:<{width}}  {_(fault.title)}" for fault in (*FAULTS, UNREAD))
    near = difflib.get_close_matches(fault_id, [fault.id for fault in FAULTS], 1, 0.5)
    hint = _("Did you mean {id}?").format(id=near[0]) if near else _("`nbcluster explain lint` lists the ids.")
    message = _("{id} matches no fault that lint knows.").format(id=clean(fault_id, 100)) + " " + hint
    raise NbclusterError(ExitCode.INVALID, message)
