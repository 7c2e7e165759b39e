"""Which answers a finding is most likely about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbcluster.answers.answers import Answers
from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult
from nbcluster.facts import ROLES
from nbcluster.steps.middleware.redis import asked_at

_BY_CODE: Mapping[str, tuple[str, ...]] = {
    "net.dns": ("host",),
    "net.unreachable": ("host",),
    "net.unanswered": ("host", "port"),
    "net": ("port", "host"),
    "seen.tls": ("tls", "port"),
    "seen": ("port", "host"),
    "probe.nonsense": ("port", "host"),
    "tls.name": ("host",),
    "tls": ("tls", "port"),
    "database.tls.off": ("tls", "port"),
    "database.login.missing": ("name",),
    "database.login.denied": ("name", "user"),
    "database.login.encryption": ("tls", "user"),
    "database.login.host": ("user", "host"),
    "database.rights.no_schema": ("schema", "user"),
    "database.rights.replica": ("host",),
}
"""Names of answers, the likeliest first, by the code of a verdict or its first parts."""
_BY_STAGE: Mapping[str, tuple[str, ...]] = {
    "reach": ("port", "host"),
    "tls": ("tls", "port"),
    "login": ("password", "user"),
    "version": ("dialect", "port"),
    "rights": ("user", "schema"),
    "connections": ("pool_max",),
}
"""The same by the stage, where the code tells nothing."""


def answers_about(result: CheckResult, targets: Iterable[Target], answers: Answers) -> tuple[str, ...]:
    """Return the key paths of the answers that its targets were made from and a person typed, the likeliest cause of the finding first.

    An address also gives its password, a path of its own, where a login is refused.
    """
    wanted = _wanted(result)
    paths: list[str] = []
    for target in targets:
        for path in target.answers:
            role = path.removeprefix("redis.")
            own = asked_at(answers, role) if path.startswith("redis.") and role in ROLES else path
            if wanted[:1] == ("password",) and answers.url(own) is not None:
                paths.append(f"{own}.password")
            paths.append(own)
    unique = dict.fromkeys(path for path in paths if not path.startswith("tls."))
    return tuple(sorted(unique, key=lambda path: _rank(path, wanted)))


def _wanted(result: CheckResult) -> tuple[str, ...]:
    code = result.code
    while code:
        if code in _BY_CODE:
            return _BY_CODE[code]
        code = code.rpartition(".")[0]
    return _BY_STAGE.get(result.id.rpartition(".")[2], ())


def _rank(path: str, wanted: tuple[str, ...]) -> int:
    name = path.rpartition(".")[2]
    return wanted.index(name) if name in wanted else len(wanted)
