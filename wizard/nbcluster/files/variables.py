"""The assignments of an env file, and what of an older file is commented out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbcluster.answers.secret import Secret
from nbcluster.cluster import Cluster
from nbcluster.env import Block, Reader, UnrepresentableError, assign
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.facts import FIRST_ACCOUNT, IN_THE_IMAGE, KEY_VARIABLES, PER_NODE, RETIRED
from nbcluster.files.keys import Resolved
from nbcluster.steps import Step
from nbcluster.steps.variables import step_variables
from nbcluster.text import N_, _

THIS_NODE = N_("This node alone")
"""Heading of the variables in which a node differs."""

NOT_ANSWERED = N_("not among the answers")
FILE_DECIDES = N_("left out: the key file on the share decides")
USED_ONCE = N_("used once, at the first installation")
PER_NODE_FILE = N_("set per node, in nodes/")
IMAGE_DECIDES = N_("the image and the volume decide")
ONE_SLASH = N_("one slash behind redis: is read as a local socket file")

REASONS = (NOT_ANSWERED, FILE_DECIDES, USED_ONCE, PER_NODE_FILE, IMAGE_DECIDES, ONE_SLASH)
"""Why a line of an older file is commented out, beside those of ``RETIRED``; message ids."""

_CONDITIONAL = frozenset(
    {"APPEND_PRESET_BUILT_IN_PLUGINS", "DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "DB_DIALECT_OPTIONS_SSL_CA"}
)
"""Variables that steps write for some answers only."""


def blocks(cluster: Cluster, resolved: Resolved, extra: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """Return the assignments of an env file by step; ``extra`` are a node's own.

    Raises ``InvalidAnswersError`` at the key path of a value that no env file can carry.
    """
    own = dict(extra or {})
    reader = cluster.deployment.reader
    out: list[Block] = []
    for step in cluster.answers.steps:
        entries: list[tuple[str, str, str]] = []
        for variable in step_variables(step, cluster.answers, resolved.values):
            value = variable.value.reveal() if isinstance(variable.value, Secret) else variable.value
            value = own.pop(variable.name, value)
            _require_writable(step, variable.name, value, reader)
            entries.append((variable.name, value, variable.comment))
        out.append(Block(step.title, tuple(entries)))
    if own:
        for name, value in own.items():
            _require_writable(None, name, value, reader)
        out.append(Block(THIS_NODE, tuple((name, value, "") for name, value in own.items())))
    return tuple(out)


def _require_writable(step: Step | None, name: str, value: str, reader: Reader) -> None:
    try:
        assign(name, value, reader)
    except UnrepresentableError as fault:
        path = "nodes" if step is None else next((f.path for f in step.fields if f.variable == name), step.id)
        hint = _("Choose another value: letters, digits and . _ - : @ % + , = read the same everywhere.")
        raise InvalidAnswersError((Problem(path, str(fault), hint),)) from None


def removals(cluster: Cluster, resolved: Resolved, written: Iterable[str]) -> dict[str, str]:
    """Return the variables of an older file to comment out, with the reason."""
    out = dict(RETIRED)
    declared = {field.variable for step in cluster.answers.steps for field in step.fields if field.variable}
    out |= dict.fromkeys((declared | _CONDITIONAL) - set(KEY_VARIABLES.values()), NOT_ANSWERED)
    for name, value in resolved.values.items():
        if value is None:
            out[name] = FILE_DECIDES
    for name in FIRST_ACCOUNT:
        out[name] = USED_ONCE
    for name in PER_NODE:
        out[name] = PER_NODE_FILE
    if cluster.deployment.in_containers:
        out |= dict.fromkeys(IN_THE_IMAGE, IMAGE_DECIDES)
    mine = set(written)
    return {name: reason for name, reason in out.items() if name not in mine}


def broken_addresses(before: Mapping[str, str], written: Iterable[str]) -> dict[str, str]:
    """Return the other variables of an older file whose Redis address has one slash (nocobase.md §12), with the reason."""
    broken = {name for name, value in before.items() if re.match(r"rediss?:/(?!/)", value)}
    return dict.fromkeys(broken - set(written), ONE_SLASH)
