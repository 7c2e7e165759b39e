"""The stages of each kind of target: their order, and what each of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from nbcluster.answers.targets import TargetKind, parameter

APPLICATION = ("application", "whole", "adapters")
"""What the tables of an installed NocoBase are asked, where the questions are given."""


@dataclass(frozen=True)
class Stage:
    """One check of a target; ``needs`` name the stages whose failure makes it meaningless."""

    name: str
    needs: tuple[str, ...] = ()
    tested: bool = False
    """Whether it is also meaningless where what it needs could not be tested."""


def plan(kind: str, params: Mapping[str, object]) -> tuple[Stage, ...]:
    """Return the stages of a target in the order in which they run."""
    link = "tls" if parameter(params, "tls") else "reach"
    opening = (Stage("reach"), *((Stage("tls", ("reach",)),) if link == "tls" else ()))
    if kind == TargetKind.REDIS and parameter(params, "machines"):
        return (*opening, Stage("login", (link,)), Stage("database", ("login",)), Stage("use", ("database",)))
    if kind == TargetKind.REDIS:
        return (*opening, *_redis(str(parameter(params, "role") or ""), link))
    if kind == TargetKind.RABBITMQ:
        chain = (link, "version", "login", "vhost", "queue")
        found = [Stage(name, (before,)) for before, name in pairwise(chain)]
        after = (Stage(name, ("queue",)) for name in ("redelivery", "consume", "latency", "quorum"))
        return (*opening, *found[:-1], Stage("exposure", ("login",)), Stage("limits", ("login",)), found[-1], *after)
    if kind == TargetKind.DATABASE:
        own = ("rights",) if str(parameter(params, "dialect")) in ("postgres", "kingbase") else ("rights", "names")
        login = (
            ("version", *APPLICATION)
            if parameter(params, "running")
            else ("exposure", "pooler", "version", *own, "encoding", "timezone", "connections", "installation")
        )
        state = (
            (Stage("state", ("installation",)),)
            if parameter(params, "version_query") and not parameter(params, "running")
            else ()
        )
        return (*opening, Stage("login", (link,)), *(Stage(name, ("login",)) for name in login), *state)
    if kind == TargetKind.HTTP:
        asked = (("exposure", "exposed"), ("websocket", "websocket"), ("same", "peer"), ("signin", "public_url"))
        more = [name for name, param in asked if parameter(params, param)]
        after = (Stage(name, ("health",) if name in ("same", "signin") else (link,)) for name in more)
        return (*opening, Stage("health", (link,)), *after)
    if kind == TargetKind.STORAGE:
        names = ("mount", "files", "contents", *(("variable",) if parameter(params, "url_variable") else ()))
        return (Stage("path"), *(Stage(name, ("path",), tested=True) for name in names))
    if kind == TargetKind.BALANCER:
        more = [name for name, param in (("certificate", "certificate"), ("syntax", "written")) if parameter(params, param)]
        return (Stage("name"), Stage("port", ("name",), tested=True), Stage("exposure"), *(Stage(name) for name in more))
    return (Stage("port"),)


def _redis(role: str, link: str) -> tuple[Stage, ...]:
    stages = [Stage("login", (link,)), *(Stage(name, ("login",)) for name in ("ping", "version"))]
    if role == "cache":
        stages.append(Stage("bloom", ("login",)))
    stages += [
        *(Stage(name, ("login",)) for name in ("database", "primary", "server")),
        Stage("commands", ("database", "primary")),
        Stage("exposure", ("login",)),
    ]
    stages.append(Stage("exchange", ("commands",)))
    if role != "cache":
        stages.append(Stage("eviction", ("login",)))
    if role == "queue":
        stages.append(Stage("persistence", ("login",)))
    stages += [Stage("limits", ("login",)), Stage("clock", ("login",)), Stage("keys", ("database",))]
    return tuple(stages)


def with_needed(stages: tuple[Stage, ...], wanted: frozenset[str]) -> frozenset[str]:
    """Return the names of the wanted stages and of all that they need."""
    by_name = {stage.name: stage for stage in stages}
    found: set[str] = set()
    waiting = [name for name in wanted if name in by_name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += by_name[name].needs
    return frozenset(found)
