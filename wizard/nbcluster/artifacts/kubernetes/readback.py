"""What a YAML reader makes of the manifests, compared with what was chosen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping

from nbcluster.answers import Answers
from nbcluster.artifacts.kubernetes.environment import environment
from nbcluster.artifacts.kubernetes.files import SECRET, VALUES
from nbcluster.artifacts.kubernetes.structure import manifests
from nbcluster.artifacts.readback import different, load
from nbcluster.artifacts.secrets import Resolved
from nbcluster.envfile import UnreadableError
from nbcluster.outputfile import OutputFile
from nbcluster.steps import STEPS, Step


def secret_values(text: str) -> dict[str, str]:
    """Return the variables of a Secret's file, plain or in base64; raises ``UnreadableError`` where it is no YAML or no text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        documents = [part for part in YAML(typ="safe", pure=True).load_all(text) if isinstance(part, Mapping)]
    except YAMLError:
        raise UnreadableError("YAML") from None
    values: dict[str, str] = {}
    for part in documents:
        try:
            coded = {str(k): base64.b64decode(str(v), validate=True).decode() for k, v in (part.get("data") or {}).items()}
        except (binascii.Error, ValueError, AttributeError):
            raise UnreadableError("base64") from None
        plain = part.get("stringData")
        values |= coded | ({str(k): str(v) for k, v in plain.items()} if isinstance(plain, Mapping) else {})
    return values


def differences(
    files: Iterable[OutputFile], answers: Answers, resolved: Resolved, base_text: str | None, steps: tuple[Step, ...] = STEPS
) -> list[str]:
    """Return the places where a file does not mean what was chosen, never values."""
    mine = {file.path: file for file in files if file.path.endswith(".yaml")}
    wrong = [f"{path}: mode" for path, file in mine.items() if file.secret != (path in (SECRET, VALUES))]
    wrong += [f"{path}: CLUSTER_MODE" for path, file in mine.items() if "CLUSTER_MODE" in file.text]
    wanted = manifests(answers, environment(answers, resolved, base_text, steps))
    wrong += sorted(wanted.keys() ^ mine.keys())
    for path in sorted(wanted.keys() & mine.keys()):
        found = load(mine[path].text)
        wrong += [f"{path}: {place}" for place in (["YAML"] if found is None else different(found, wanted[path]))]
    return wrong
