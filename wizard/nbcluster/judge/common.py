"""What several rules need: shorter constructors and the meaning of addresses."""

from __future__ import annotations

import ipaddress

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.errors import Problem, Severity


def error(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """Return a problem that stops writing."""
    return Problem(path, message, hint, Severity.ERROR, rule)


def warning(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """Return a problem that does not stop writing."""
    return Problem(path, message, hint, Severity.WARNING, rule)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means the machine itself."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def counted_nodes(answers: Answers) -> tuple[tuple[int, Row], ...]:
    """Return the nodes that count, each with its place in the table.

    One without a host is a line that is still to be filled in, and nothing follows from it; on Kubernetes hosts are not asked.
    """
    rows = enumerate(answers.rows("nodes"))
    return tuple((index, row) for index, row in rows if row.get("host") or on_kubernetes(answers))


def spans_hosts(answers: Answers) -> bool:
    """Tell whether at least one node is on another machine than this one, so that localhost means different things; a container is one."""
    return answers["app.deployment"] in ("docker", "kubernetes") or any(
        not is_loopback(str(row.get("host") or "")) for _index, row in counted_nodes(answers)
    )


def on_kubernetes(answers: Answers) -> bool:
    """Tell whether the nodes are pods: their number counts, their hosts do not."""
    return answers["app.deployment"] == "kubernetes"


def on_machines(answers: Answers) -> bool:
    """Tell whether the nodes are machines with an address and a mounted share of their own."""
    return not on_kubernetes(answers)


def is_existing(answers: Answers) -> bool:
    """Tell whether the cluster grows out of an existing installation."""
    return answers["app.installation"] == "existing"


def keeps(answers: Answers, path: str) -> bool:
    """Tell whether a key has to be found somewhere: the answer is ``keep``, or ``generate`` for an existing installation."""
    return answers[path] == "keep" or (answers[path] == "generate" and is_existing(answers))
