"""The catalogue of checks, as plain data: what each checks and sends, and its possible outcomes by code, with status and text.

The probe program emits codes, the front ends show texts: both are defined here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbcluster.catalogue import balancer, connection, database, http, node, program, rabbitmq, redis, storage
from nbcluster.catalogue.model import Check, Outcome, StatusName
from nbcluster.facts import ROLES
from nbcluster.text import N_

CHECKS: tuple[Check, ...] = (
    *redis.CHECKS,
    *rabbitmq.CHECKS,
    *database.CHECKS,
    *node.CHECKS,
    *storage.CHECKS,
    *balancer.CHECKS,
    *node.RUNNING,
    *balancer.RUNNING,
    *node.ALIKE,
    *redis.RUNNING,
    *database.INSTALLED,
)
"""Every check: those of a cluster that is to be first, those that ask a NocoBase that is installed or runs after them."""

OUTCOMES: Mapping[str, Outcome] = {
    **program.OUTCOMES,
    **connection.OUTCOMES,
    **redis.OUTCOMES,
    **http.OUTCOMES,
    **database.OUTCOMES,
    **{code: outcome for check in CHECKS for code, outcome in check.outcomes.items()},
}
"""Every possible outcome, by code."""

STATUS_WORDS: Mapping[StatusName, str] = {
    "ok": N_("in order"),
    "warn": N_("works, with a reservation"),
    "fail": N_("cannot work"),
    "error": N_("could not be judged"),
    "skip": N_("not tested"),
}


def status_of(code: str) -> StatusName:
    """Return the status of a code; ``error`` for one that the catalogue does not have."""
    outcome = OUTCOMES.get(code)
    return outcome.status if outcome is not None else "error"


def check_of(check_id: str) -> Check | None:
    """Return the check of an id (``redis.cache.bloom``) or of its pattern (``redis.<role>.bloom``); none if there is no such check."""
    return next((check for check in CHECKS if check.pattern == check_id or re.fullmatch(_expression(check), check_id)), None)


def _expression(check: Check) -> str:
    text = re.escape(check.pattern).replace("<role>", f"(?:{'|'.join(ROLES)})")
    return text.replace("<name>", "[^ ]+")


def outcomes_of(check: Check) -> Mapping[str, Outcome]:
    """Return the possible outcomes of a check, by code: its own first."""
    shared = {c: o for c, o in OUTCOMES.items() if c.rpartition(".")[0] in check.families and not c.startswith("net.reached")}
    reached = {"net.reached": OUTCOMES["net.reached"]} if check.stem.endswith(".reach") else {}
    return {**reached, **check.outcomes, **shared}
