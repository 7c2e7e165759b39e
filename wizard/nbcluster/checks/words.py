"""The texts of the catalogue's codes and checks, in the active language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.catalogue import CHECKS, OUTCOMES, check_of, outcomes_of
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import ROLES
from nbcluster.text import _
from nbcluster.text.clean import clean
from nbcluster.text.likeness import suggestion

_OTHER_ROLES = re.compile(r"(?<=[a-z_])(?:\+[a-z_]+)+(?=\.)")


class _Values(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def words(code: str, target: Target, values: Mapping[str, str | int]) -> tuple[str, str, str]:
    """Return summary, detail and hint of a verdict in the active language; an unknown code is shown as it is."""
    outcome = OUTCOMES.get(code)
    if outcome is None:
        return clean(code, 100), "", ""
    known = {name: clean(str(v), 200) for name, v in target.params.items() if v is not None and not isinstance(v, Secret)}
    named = known | {"id": target.id, "user": known.get("username") or known.get("user", "default")} | dict(values)
    filled = _Values(named | _as_written(named, known.get("dialect", "")))
    summary, detail, hint = (_(text).format_map(filled) for text in (outcome.summary, outcome.detail, outcome.hint))
    return summary, detail, hint


def _as_written(values: Mapping[str, Any], dialect: str) -> dict[str, str]:
    """Return names as a shell (``user_word``) and a database (``user_sql``) take them, for the commands of a remedy."""
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    names = {name: str(values[name]) for name in ("user", "name", "schema", "owner", "vhost") if values.get(name)}
    names.setdefault("vhost", "/")
    names.setdefault("schema", "public")
    words = {f"{name}_word": shlex.quote(value) for name, value in names.items()}
    return words | {f"{name}_sql": mark + value.replace(mark, mark * 2) + mark for name, value in names.items()}


def explain(check_id: str | None) -> str:
    """Return the page of a check as plain text, or the list of all checks for no id; raises ``NbclusterError`` for an unknown one."""
    if not check_id:
        width = max(len(check.pattern) for check in CHECKS)
        lines = [f"{check.pattern:<{width}}  {_(check.title)}" for check in CHECKS]
        more = _(
            "{roles} stand for <role>. `nbcluster explain rules` lists the rules of the answers, `nbcluster explain lint` the faults of files."
        )
        return "\n".join([*lines, "", more.format(roles=", ".join(ROLES))])
    # what several roles share is shown by one word: redis.cache+lock.version
    check_id = _OTHER_ROLES.sub("", check_id)
    check = check_of(check_id)
    if check is None:
        raise NbclusterError(ExitCode.INVALID, _no_page(check_id))
    lines = [
        check_id,
        "",
        _(check.title),
        "",
        _(check.why),
        "",
        _("Remedy: {remedy}").format(remedy=_(check.remedy)),
        "",
        _("Possible results:"),
    ]
    for outcome in outcomes_of(check).values():
        lines.append(f"  {outcome.status:<6}{_(outcome.summary)}")
        if outcome.hint and outcome.status != "ok":
            lines += [f"        {line}" for line in _(outcome.hint).splitlines()]
    if check.sends:
        lines += ["", _("It sends, and nothing else:"), *(f"  {command}" for command in check.sends)]
    return "\n".join(lines)


def _no_page(check_id: str) -> str:
    return no_match(check_id, [check.pattern for check in CHECKS], 0.5)


def no_match(selection: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the message for a selection that matches no known id, with the most similar id, if there is one."""
    hint = suggestion(selection, known, likeness) or _("`nbcluster explain` lists the ids.")
    return _("{id} matches no check.").format(id=clean(selection, 100)) + " " + hint
