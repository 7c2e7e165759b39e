"""``explain``: the page of one check, rule or lint fault, or the list of all."""

from __future__ import annotations

import argparse
import re
import sys

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _
from nbcluster.text.clean import clean
from nbcluster.text.likeness import suggestion

_ID = re.compile(r"[a-z]*(\.[a-z0-9_<>-]+)*")


def explain(options: argparse.Namespace) -> int:
    """Print what one check looks at, what a message of NocoBase means, or the list of all."""
    from nbcluster.checks.words import explain as page

    asked = options.check_id or ""
    text = _message_page(asked) or _fault_page(asked) or _rule_page(asked) or page(options.check_id)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return ExitCode.OK


def _message_page(text: str) -> str | None:
    """Return what the messages of NocoBase mean that a text holds; None for what is an id, or may be meant as one.

    Raises ``NbclusterError`` for words that hold none.
    """
    from nbcluster.catalogue.messages import found_in

    if _ID.fullmatch(text):
        return None
    pages = []
    for message in found_in(text):
        lines = [message.text, "", _(message.cause), "", _("Remedy: {remedy}").format(remedy=_(message.remedy))]
        pages.append("\n".join([*lines, "", _("nbcluster sees it as: {ids}").format(ids=", ".join(message.ids))]))
    if not pages and " " in text.strip():
        unknown = _("no message that this program knows is in this text. Paste the line of the log that names the error.")
        raise NbclusterError(ExitCode.INVALID, unknown)
    return "\n\n".join(pages) or None


def _fault_page(fault_id: str) -> str | None:
    """Return the page of a lint id as text, with or without its ``lint.``; None for an id that is not lint's.

    Raises ``NbclusterError`` for an unknown one of lint.
    """
    from nbcluster.lint.faults import FAULTS, UNREAD, fault_of, page

    if fault_id != "lint" and not fault_id.startswith("lint."):
        fault = fault_of(f"lint.{fault_id}")
        return None if fault is None else page(fault)
    fault = fault_of(fault_id)
    if fault is not None:
        return page(fault)
    if fault_id == "lint":
        width = max(len(fault.id) for fault in FAULTS)
        return "\n".join(f"{fault.id:<{width}}  {_(fault.title)}" for fault in (*FAULTS, UNREAD))
    hint = suggestion(fault_id, [fault.id for fault in FAULTS], 0.5) or _("`nbcluster explain lint` lists the ids.")
    message = _("{id} matches no fault that lint knows.").format(id=clean(fault_id, 100)) + " " + hint
    raise NbclusterError(ExitCode.INVALID, message)


def _rule_page(rule_id: str) -> str | None:
    """Return the page of a rule of the answers, or their list for ``rules``; None for any other id.

    Raises ``NbclusterError`` for a rule that there is not.
    """
    from nbcluster.checks.rulepages import PAGES, page_of, text_of
    from nbcluster.checks.words import no_match

    if rule_id != "rules" and not rule_id.startswith("rules."):
        return None
    if rule_id == "rules":
        width = max(len(page.id) for page in PAGES)
        return "\n".join(f"{page.id:<{width}}  {_(page.title)}" for page in PAGES)
    page = page_of(rule_id)
    if page is None:
        raise NbclusterError(ExitCode.INVALID, no_match(rule_id, [each.id for each in PAGES], 0.5))
    return text_of(page)
