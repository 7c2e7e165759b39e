"""Answers for pods, and their files as a YAML reader sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import plan
from nbcluster.files.verify import verify
from tests.unit.scenarios import ANSWERS, EVERY_KIND, official
from tests.unit.test_env_files import resolved_for

PODS = {"app.deployment": "kubernetes", "kubernetes.ingress_class": "nginx", "output.formats": EVERY_KIND["kubernetes"]}
ON_HOSTS = ("official", "existing", "rabbitmq", "workers")


def pods(changes: Mapping[str, object] | None = None, without: tuple[str, ...] = ()) -> Answers:
    return official({**PODS, **(changes or {})}, without)


def files_of(answers: Answers, base_text: str | None = None) -> dict[str, OutputFile]:
    resolved = resolved_for(answers)
    files = plan(Cluster.of(answers), resolved, base_text=base_text)
    verify(files, Cluster.of(answers), resolved, base_text=base_text)
    return {file.path: file for file in files}


def objects(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(text))


def manifests(changes: Mapping[str, object] | None = None) -> dict[str, list[Any]]:
    found = files_of(pods(changes))
    return {path: objects(file.text) for path, file in found.items() if path.startswith("kubernetes/")}


def answers_file(name: str, folder: Path) -> Path:
    """Return a scenario of hosts as one of pods; CLUSTER_MODE and ports of nodes have no place there."""
    text = (ANSWERS / f"{name}.toml").read_text("utf-8")
    (folder / "existing.env").write_bytes((ANSWERS / "existing.env").read_bytes())
    if "deployment" not in text:
        text = re.sub(r"^version = .*$", r'\g<0>\ndeployment = "kubernetes"', text, flags=re.MULTILINE)
        text += '\n[kubernetes]\ningress_class = "traefik"\n'
        text = re.sub(r"^(?:cluster_mode = .*|port = 13200)\n", "", text, flags=re.MULTILINE)
    text = text if "[output]" in text else f"{text}\n[output]\n"
    text = text.replace("[output]\n", f"[output]\nformats = {EVERY_KIND['kubernetes']}\n")
    (folder / "answers.toml").write_text(text, "utf-8")
    return folder / "answers.toml"
