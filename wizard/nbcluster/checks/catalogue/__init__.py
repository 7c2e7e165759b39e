"""The catalogue of checks: what each looks at and sends, and what its verdicts say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbcluster.checks.catalogue import (
    common,
    database,
    installed,
    machines,
    pages_others,
    pages_rabbitmq,
    pages_redis,
    rabbitmq,
    redis,
    redis_server,
    running,
)
from nbcluster.checks.catalogue.model import Outcome, Page
from nbcluster.clean import clean
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import ROLES
from nbcluster.secret import Secret
from nbcluster.targets import Target
from nbcluster.text import N_, _

OUTCOMES: dict[str, Outcome] = (
    common.OUTCOMES
    | redis.OUTCOMES
    | rabbitmq.OUTCOMES
    | machines.OUTCOMES
    | database.OUTCOMES
    | running.OUTCOMES
    | installed.OUTCOMES
    | redis_server.OUTCOMES
)
PAGES: tuple[Page, ...] = (
    pages_redis.PAGES + redis_server.PAGES + pages_rabbitmq.PAGES + pages_others.PAGES + running.PAGES + installed.PAGES
)

STATUS_WORDS = {
    "ok": N_("in order"),
    "warn": N_("works, with a reservation"),
    "fail": N_("cannot work"),
    "error": N_("could not be judged"),
    "skip": N_("not tested"),
}


class _Values(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def words(code: str, target: Target, values: Mapping[str, str | int]) -> tuple[str, str, str]:
    """Return summary, detail and hint of a verdict in the active language; an unknown code is shown as it is."""
    outcome = OUTCOMES.get(code)
    if outcome is None:
        return clean(code, 100), "", ""
    known = {name: clean(str(v), 200) for name, v in target.params.items() if v is not None and not isinstance(v, Secret)}
    filled = _Values(known | {"id": target.id, "user": known.get("username") or known.get("user", "default")} | dict(values))
    summary, detail, hint = (_(text).format_map(filled) for text in (outcome.summary, outcome.detail, outcome.hint))
    return summary, detail, hint


def page_of(check_id: str) -> Page | None:
    """Return the page of an id (``redis.cache.bloom``) or of its pattern (``redis.<role>.bloom``); none if there is no such check."""
    return next((page for page in PAGES if page.pattern == check_id or re.fullmatch(_expression(page), check_id)), None)


def _expression(page: Page) -> str:
    text = re.escape(page.pattern).replace("<role>", f"(?:{'|'.join(ROLES)})")
    return text.replace("<name>", "[^ ]+")


def outcomes_of(page: Page) -> dict[str, Outcome]:
    """Return the verdicts that a check may end with, by code: its own first."""
    stem = page.pattern.replace("<role>.", "").replace("<name>.", "")
    own = {code: outcome for code, outcome in OUTCOMES.items() if code.startswith(stem + ".")}
    shared = {c: o for c, o in OUTCOMES.items() if c.rpartition(".")[0] in page.families and not c.startswith("net.reached")}
    reached = {"net.reached": OUTCOMES["net.reached"]} if stem.endswith(".reach") else {}
    return reached | own | shared


def explain(check_id: str | None) -> str:
    """Return the page of a check as plain text, or the list of all checks for no id; raises ``NbclusterError`` for an unknown one."""
    if not check_id:
        width = max(len(page.pattern) for page in PAGES)
        lines = [f"{page.pattern:<{width}}  {_(page.title)}" for page in PAGES]
        more = _("{roles} stand for <role>. Ids that begin with rules. are rules of the answers: their message says what to do.")
        return "\n".join([*lines, "", more.format(roles=", ".join(ROLES))])
    page = page_of(check_id)
    if page is None:
        raise NbclusterError(ExitCode.INVALID, _no_page(check_id))
    lines = [
        check_id,
        "",
        _(page.title),
        "",
        _(page.why),
        "",
        _("Remedy: {remedy}").format(remedy=_(page.remedy)),
        "",
        _("It ends with:"),
    ]
    for outcome in outcomes_of(page).values():
        lines.append(f"  {outcome.status:<6}{_(outcome.summary)}")
        if outcome.hint and outcome.status != "ok":
            lines.append(f"        {_(outcome.hint)}")
    if page.sends:
        lines += ["", _("It sends, and nothing else:"), *(f"  {command}" for command in page.sends)]
    return "\n".join(lines)


def _no_page(check_id: str) -> str:
    import difflib

    if check_id.startswith("rules."):
        return _("{id} is a rule of the answers: its message says what is wrong and what to do.").format(id=check_id)
    near = difflib.get_close_matches(check_id, [page.pattern for page in PAGES], 1, 0.5)
    hint = _("Did you mean {id}?").format(id=near[0]) if near else _("`nbcluster explain` lists the ids.")
    return _("{id} matches no check.").format(id=clean(check_id, 100)) + " " + hint
