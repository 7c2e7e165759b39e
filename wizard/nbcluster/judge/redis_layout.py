"""How one or two typed Redis addresses become five, and five given ones become one or two again."""

from __future__ import annotations

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.rules import Context
from nbcluster.answers.url import Url, missing_password
from nbcluster.facts import ROLES
from nbcluster.judge.redis import address_faults, free_base, roles, urls


def derive(answers: Answers, context: Context) -> Answers:
    """Fill the five addresses from the one or two that were typed."""
    layout = answers["redis.layout"]
    if layout == "one" and (address := answers.url("redis.address")) is not None:
        answers = _fill(answers, ROLES, address, address.database if address.path.strip("/") else free_base(address, context, 5))
    if layout == "two":
        cache, coordination = answers.url("redis.cache_address"), answers.url("redis.coordination_address")
        if cache is not None:
            answers = _fill(answers, ("cache",), cache, cache.database if cache.path.strip("/") else free_base(cache, context, 1))
        if coordination is not None:
            first = coordination.database if coordination.path.strip("/") else free_base(coordination, context, 5)
            if cache is not None and not coordination.path.strip("/") and cache.server == coordination.server:
                first += 1
            answers = _fill(answers, ROLES[1:], coordination, first)
    if answers["queue.adapter"] == "rabbitmq" and answers.source("redis.queue") is Source.DERIVED:
        answers = answers.without("redis.queue")
    return answers


def _fill(answers: Answers, names: tuple[str, ...], address: Url, first: int) -> Answers:
    keep_path = "redis-path" in address_faults(address)
    wanted = roles(answers)
    for index, role in enumerate(names):
        if role not in wanted:
            continue
        url = address if keep_path else address.with_database(first + index)
        answers = answers.with_(f"redis.{role}", url, Source.DERIVED)
    return answers


def infer(answers: Answers, context: Context) -> Answers:
    """Find the layout that five given addresses have, so that the wizard shows as few as were meant."""
    found = urls(answers)
    if "redis.layout" in answers:
        return answers
    if not found:
        from_file = any(answer.source is Source.FILE for _path, answer in answers.items())
        return answers.with_("redis.layout", "per-role", Source.DERIVED) if from_file else answers
    if _in_a_row(found, answers, ROLES):
        first = found["cache"]
        answers = answers.with_("redis.layout", "one", Source.DERIVED).with_("redis.address", first, Source.DERIVED)
    elif _in_a_row(found, answers, ROLES[1:]) and "cache" in found and not address_faults(found["cache"]):
        answers = answers.with_("redis.layout", "two", Source.DERIVED).with_(
            "redis.cache_address", found["cache"], Source.DERIVED
        )
        answers = answers.with_("redis.coordination_address", found["pubsub"], Source.DERIVED)
    else:
        return answers.with_("redis.layout", "per-role", Source.DERIVED)
    return derive(answers, context)


def _in_a_row(found: dict[str, Url], answers: Answers, names: tuple[str, ...]) -> bool:
    wanted = [r for r in names if r in roles(answers)]
    if any(r not in found or address_faults(found[r]) or missing_password(found[r]) for r in wanted):
        return False
    first = found[wanted[0]]
    return all(found[r].reveal() == first.with_database(first.database + names.index(r)).reveal() for r in wanted)
