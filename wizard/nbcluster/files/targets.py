"""The targets of the live checks, with the generated files that a program on this machine can test."""

from __future__ import annotations

from dataclasses import replace

from nbcluster.answers import flow
from nbcluster.answers.answers import Answers
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from nbcluster.files.runbook.sql import adapters_query, broken_query, roles_query, version_query
from nbcluster.files.words import UnfitError
from nbcluster.steps import Step

_JUDGES = ("nginx", "haproxy")
"""Programs that test a file without starting anything."""


def targets(answers: Answers, step: Step | None = None) -> tuple[Target, ...]:
    """Return everything to connect to or to look at, of one step or of all in their order."""
    cluster = Cluster.of(answers)
    return tuple(_with_questions(_with_file(target, cluster), cluster) for target in flow.targets(answers, step))


def _with_questions(target: Target, cluster: Cluster) -> Target:
    if target.kind is not TargetKind.DATABASE:
        return target
    return replace(target, params={**target.params, **questions(cluster)})


def questions(cluster: Cluster) -> dict[str, ParamValue]:
    """Return what the tables of an installed NocoBase are asked, and what is expected of them."""
    return {
        "version": cluster.deployment.version,
        "adapters": ",".join(cluster.license.needed if cluster.license.official else ()),
        "version_query": version_query(cluster),
        "roles_query": roles_query(cluster),
        "broken_query": broken_query(cluster),
        "adapters_query": adapters_query(cluster),
    }


def _with_file(target: Target, cluster: Cluster) -> Target:
    kind = target.text("kind")
    if target.kind is not TargetKind.BALANCER or kind not in _JUDGES or not cluster.balancer.upstreams:
        return target
    _path, text_of = FILES[kind]
    try:
        return replace(target, params={**target.params, "written": text_of(cluster)})
    except UnfitError:
        # checks go on where rules are broken: there is no file to judge then
        return target
