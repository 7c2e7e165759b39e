"""The variables of the pods: those without secrets in a ConfigMap, the others in a Secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.answers.secret import Secret
from nbcluster.answers.url import is_secret_value
from nbcluster.cluster import Cluster
from nbcluster.env import read_dotenv
from nbcluster.facts import is_secret_name
from nbcluster.files.envcomments import left_out
from nbcluster.files.keys import Resolved
from nbcluster.files.variables import blocks, broken_addresses, removals
from nbcluster.steps.variables import step_variables

AUTHORITY = "/etc/nocobase-authority/ca.pem"
"""Where a private certificate authority is mounted."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Environment:
    """Variables of all pods; ``left_out`` are keys that the files on the share decide."""

    open: Mapping[str, str]
    secret: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def all(self) -> dict[str, str]:
        """Both together."""
        return {**self.open, **self.secret}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a file says of each key that it leaves out, in the active language, as lint reads it, without the sign of a comment."""
        return tuple(left_out(name).removeprefix("# ") for name in self.left_out)


def environment(cluster: Cluster, resolved: Resolved, base_text: str | None) -> Environment:
    """Return the variables of all pods; of an imported file those that no answer owns come along.

    Raises ``InvalidAnswersError`` at the key path of a value that cannot be written.
    """
    wanted = {name: value for each in blocks(cluster, resolved) for name, value, _comment in each.entries}
    hidden = {
        variable.name
        for step in cluster.answers.steps
        for variable in step_variables(step, cluster.answers, resolved.values)
        if isinstance(variable.value, Secret)
    }
    if "DB_DIALECT_OPTIONS_SSL_CA" in wanted:
        wanted["DB_DIALECT_OPTIONS_SSL_CA"] = AUTHORITY
    if cluster.deployment.authority:
        wanted["NODE_EXTRA_CA_CERTS"] = AUTHORITY
    before = read_dotenv(base_text) if base_text else {}
    gone = removals(cluster, resolved, wanted).keys() | broken_addresses(before, wanted).keys()
    for name, value in before.items():
        if name not in wanted and name not in gone and _NAME.fullmatch(name) and "\0" not in value:
            wanted[name] = value
            if is_secret_name(name) or is_secret_value(value):
                hidden.add(name)
    return Environment(
        {name: value for name, value in wanted.items() if name not in hidden},
        {name: value for name, value in wanted.items() if name in hidden},
        tuple(name for name, value in resolved.values.items() if value is None),
    )
