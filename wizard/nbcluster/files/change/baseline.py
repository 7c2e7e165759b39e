""".nbcluster-baseline.json: what the nodes run, as far as this folder knows, without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbcluster.answers.file import load_text
from nbcluster.answers.file.references import StandIns
from nbcluster.cluster import Cluster
from nbcluster.errors import NbclusterError
from nbcluster.files.keys import Digests
from nbcluster.files.write.journal import located
from nbcluster.files.write.plan import BASELINE
from nbcluster.steps import STEPS
from nbcluster.system.inputfile import FileFault, contents

_LIMIT = 4 << 20
_SCHEMA = 1


@dataclass(frozen=True)
class Snapshot:
    """One state of a folder: the answers as TOML without secrets, a salted digest of each secret value, a digest of each file."""

    answers: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def cluster(self) -> Cluster:
        """Return the cluster that the answers describe, stand-ins for its secrets; raises ``NbclusterError`` or ``ValueError``."""
        return Cluster.of(load_text(self.answers, BASELINE, Path("/"), {}, STEPS, resolver=StandIns()).answers)

    def as_json(self) -> dict[str, Any]:
        """Return what stands in the file."""
        secrets = self.secrets.made() if isinstance(self.secrets, Digests) else dict(self.secrets)
        return {"answers": self.answers, "secrets": secrets, "files": dict(self.files)}


@dataclass(frozen=True)
class Baseline:
    """``before`` is what the nodes run, without answers where nobody knows; ``last`` what was written last; ``pending``: CHANGE.md leads there."""

    salt: str
    before: Snapshot
    last: Snapshot
    pending: bool = False

    def encode(self) -> bytes:
        """Return the file's content."""
        states = {"before": self.before.as_json(), "last": self.last.as_json()}
        document = {"schema": _SCHEMA, "salt": self.salt, "pending": self.pending, **states}
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def read_baseline(directory: Path) -> Baseline | None:
    """Return the baseline of a folder; None where it is missing, damaged or of a later version."""
    try:
        document: Any = json.loads(contents(located(directory, BASELINE), _LIMIT, pipes=False))
        if document["schema"] != _SCHEMA:
            return None
        return Baseline(
            str(document["salt"]),
            _snapshot(document["before"]),
            _snapshot(document["last"]),
            document["pending"] is True,
        )
    except (FileFault, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, NbclusterError):
        return None


def _snapshot(document: Any) -> Snapshot:
    secrets, files = document["secrets"], document["files"]
    return Snapshot(
        str(document["answers"]),
        {str(name): str(value) for name, value in secrets.items()},
        {str(name): str(value) for name, value in files.items()},
    )
