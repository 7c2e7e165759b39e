"""Pods instead of machines: counted per WORKER_MODE, one process each (nocobase.md §6, §8)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.rules import Context, Rule
from nbcluster.errors import Problem
from nbcluster.judge.common import error, on_kubernetes, warning
from nbcluster.text import _

NAME = r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
"""Names of classes: RFC 1123 subdomains."""

_HOST = r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = r"[0-9.]+"


def _cluster_mode(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not on_kubernetes(answers):
        return
    for index, row in enumerate(answers.rows("nodes")):
        if str(row.get("cluster_mode") or ""):
            yield error(
                f"nodes[{index}].cluster_mode",
                "kubernetes-cluster-mode",
                _(
                    "must be empty on Kubernetes: several processes of one pod share its limits, and their number is the machine's."
                ),
                _("Leave it empty, and add one line for every further pod."),
            )


def _unused(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not on_kubernetes(answers):
        return
    for index, row in enumerate(answers.rows("nodes")):
        if row.get("port") is not None:
            yield warning(
                f"nodes[{index}].port",
                "kubernetes-port",
                _("is not used on Kubernetes: every pod has an address of its own."),
                _("Leave it out; app.port holds for all."),
            )


def _host_name(answers: Answers, _context: Context) -> Iterable[Problem]:
    name = answers.text("balancer.server_name")
    if not on_kubernetes(answers) or answers["balancer.kind"] == "none" or not name:
        return
    if not re.fullmatch(_HOST, name) or re.fullmatch(_ADDRESS, name):
        yield error(
            "balancer.server_name",
            "kubernetes-host",
            _("{name} cannot stand in an Ingress: it takes host names in small letters, no addresses.").format(name=name),
            _("Write a name that the users' DNS knows, such as nocobase.example.com."),
        )


RULES = (
    Rule("kubernetes-cluster-mode", _cluster_mode),
    Rule("kubernetes-port", _unused),
    Rule("kubernetes-host", _host_name),
)
