"""Whether NocoBase's token blacklist can be a Bloom filter: judged by ability, nothing is made."""

from __future__ import annotations

from nbcluster.facts import TOKEN_FILTER
from nbcluster.probe.findings import Finding, text, verdict
from nbcluster.probe.redis_link import RedisError, RedisLink
from nbcluster.probe.redis_rights import DryRun, Right

_WORDS = {"BF.RESERVE": ("0.001", "1000000"), "BF.ADD": ("x",), "BF.MADD": ("x",)}


def judge(redis: RedisLink, user: str, dry_run: DryRun) -> Finding:
    """Tell whether the server has Bloom filters and the user may use the blacklist's; raises ``RedisError`` for what is neither."""
    try:
        known = redis.send("COMMAND", "INFO", "BF.RESERVE")
    except RedisError as fault:
        if fault.word != "NOPERM":
            raise
        known = [b"?"]
    if known in ([None], [], [[]], None):
        return verdict("redis.bloom.missing")
    try:
        redis.send("BF.EXISTS", TOKEN_FILTER, "nbcluster-probe")
    except RedisError as fault:
        if "unknown command" in fault.message.lower():
            return verdict("redis.bloom.missing")
        if fault.word == "NOPERM":
            return verdict("redis.bloom.denied", user=user, reason=text(fault.message, 200))
        if fault.word == "WRONGTYPE":
            return verdict("redis.bloom.taken", key=TOKEN_FILTER)
        # Redis 8 says that the filter does not exist yet.
        if "not found" not in fault.message:
            raise
    rights = {name: dry_run(name, TOKEN_FILTER, *_WORDS[name]) for name in _WORDS}
    if Right.MISSING in rights.values():
        return verdict("redis.bloom.missing")
    if denied := [name for name, right in rights.items() if right is Right.DENIED]:
        return verdict("redis.bloom.denied", user=user, reason=", ".join(denied))
    return verdict("redis.bloom.unasked", user=user) if Right.UNASKED in rights.values() else verdict("redis.bloom.ok")
