"""The written values and manifests under the real helm and kubectl. The chart is one of the tests' own: the official one is on no registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.program import nbcluster
from tests.machines.installed import unpacked
from tests.services.process import environment
from tests.unit.scenarios import ANSWERS

# As the official chart 0.1.0 has them (docs/nocobase.md): placeholders, probes on the health path, an Ingress whose template fails.
_VALUES = """
fullnameOverride: ""
replicaCount: 1
image: {repository: nocobase/nocobase, tag: ""}
podLabels: {}
service: {port: 13000, targetPort: 13000}
ingress: {enabled: false}
persistent: {size: 10Gi, storageClassName: ""}
podSecurityContext: {}
securityContext: {}
resources: {}
livenessProbe: {httpGet: {path: /api/__health_check, port: 13000}}
readinessProbe: {httpGet: {path: /api/__health_check, port: 13000}}
configMap:
  data:
    TZ: Asia/Shanghai
    LOCK_ADAPTER_REDIS_URL: "redis:/redis:6379/0"
    NOCOBASE_PKG_USERNAME: your-user
    NOCOBASE_PKG_PASSWORD: your-password
"""
_CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.fullnameOverride }}
data:
{{- range $name, $value := .Values.configMap.data }}
  {{ $name }}: {{ $value | quote }}
{{- end }}
"""
_DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Values.fullnameOverride }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels: {app: nocobase}
  template:
    metadata:
      labels:
        app: nocobase
        {{- toYaml .Values.podLabels | nindent 8 }}
    spec:
      securityContext:
        {{- toYaml .Values.podSecurityContext | nindent 8 }}
      containers:
        - name: nocobase
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default "1.7" }}"
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          livenessProbe:
            {{- toYaml .Values.livenessProbe | nindent 12 }}
          readinessProbe:
            {{- toYaml .Values.readinessProbe | nindent 12 }}
          envFrom:
            - configMapRef: {name: "{{ .Values.fullnameOverride }}"}
"""
PASSWORD = 'yes:it\'s"quoted"#1 {{ .Values.image }} $HOME %s é ~ \\n'
# What a reader of YAML takes for something else than text.
OLD_ENV = "A_NULL=null\nA_HEX=0x1F\nA_FLOAT=1e3\nA_YES=yes\nA_TIME=12:30:00\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set for pods with values for the chart, and the chart of the tests."""
    made = tmp_path_factory.mktemp("helm")
    text = (ANSWERS / "kubernetes.toml").read_text("utf-8")
    text, times = re.subn(r'^password = "yes.*$', 'password = { env = "HOSTILE" }', text, flags=re.MULTILINE)
    text, others = re.subn(r"^timezone = .*$", r'\g<0>\nbase_env = "old.env"', text, flags=re.MULTILINE)
    assert times == others == 1
    (made / "old.env").write_text(OLD_ENV)
    (made / "answers.toml").write_text(f'{text}\n[output]\nformats = ["kubernetes", "helm"]\n')
    words = ("render", "--answers", made / "answers.toml", "--out", made / "set")
    done = nbcluster(*words, environment={"HOSTILE": PASSWORD})
    assert done.code == 0, done.err
    chart = made / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: nocobase\nversion: 0.1.0\nicon: file:///none\n")
    (chart / "values.yaml").write_text(_VALUES)
    (chart / "templates/configmap.yaml").write_text(_CONFIG_MAP)
    (chart / "templates/deployment.yaml").write_text(_DEPLOYMENT)
    return made


def run(folder: Path, *words: str) -> str:
    path, *rest = words
    command = [str(unpacked("helm") / path), *rest]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment({"HOME": str(folder)}), timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def documents(text: str) -> dict[str, Any]:
    """Return the documents of a stream by kind and name."""
    found = [each for each in YAML(typ="safe", pure=True).load_all(text) if each]
    return {f"{each['kind']} {each['metadata']['name']}": each for each in found}


def written(folder: Path) -> dict[str, Any]:
    return documents("\n---\n".join(path.read_text("utf-8") for path in sorted((folder / "set/kubernetes").glob("*.yaml"))))


def environment_of(found: dict[str, Any]) -> dict[str, str]:
    """Return what the manifests' ConfigMap and Secret give to the pods."""
    maps = [each for each in found.values() if each["kind"] in ("ConfigMap", "Secret")]
    return {name: value for each in maps for name, value in {**each.get("data", {}), **each.get("stringData", {})}.items()}


def template(folder: Path, *words: str) -> dict[str, Any]:
    return documents(run(folder, "helm", "template", "crm", "chart", "--values", "set/helm/values.yaml", *words))


def one(found: dict[str, Any], kind: str) -> Any:
    (only,) = [each for each in found.values() if each["kind"] == kind]
    return only


def test_helm_gives_the_pods_what_the_manifests_give_and_nothing_of_the_charts_own(folder: Path) -> None:
    run(folder, "helm", "lint", "--strict", "chart", "--values", "set/helm/values.yaml")
    found = template(folder)
    data, expected = one(found, "ConfigMap")["data"], environment_of(written(folder))
    assert data.pop("WORKER_MODE") == "!"
    assert data == expected and data["DB_PASSWORD"] == PASSWORD
    assert {"A_NULL": "null", "A_HEX": "0x1F", "A_FLOAT": "1e3", "A_YES": "yes", "A_TIME": "12:30:00"}.items() <= data.items()
    container = one(found, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "nocobase/nocobase:2.2.15"
    assert "httpGet" not in container["livenessProbe"] and container["livenessProbe"]["exec"]["command"][0] == "node"
    assert one(found, "Deployment")["spec"]["replicas"] == 3


def test_the_values_on_the_command_line_that_the_head_names_make_a_first_boot(folder: Path) -> None:
    head = (folder / "set/helm/values.yaml").read_text("utf-8").partition("fullnameOverride")[0]
    # a word of the command ends at a blank, or at the sentence's own comma or full stop
    named = [tuple(found) for found in re.findall(r"(--set(?:-string)?) ([\w.]+=\w*)", head)]
    none, one_pod, *variables = named
    assert (none, one_pod) == (("--set", "replicaCount=0"), ("--set", "replicaCount=1")) and len(variables) == 3
    assert one(template(folder, *none), "Deployment")["spec"]["replicas"] == 0
    found = template(folder, *one_pod, *(word for pair in variables for word in pair))
    assert one(found, "Deployment")["spec"]["replicas"] == 1
    changed = {"LOCK_ADAPTER_DEFAULT": "local", "DISABLE_PKG_DOWNLOAD": "", "WORKER_MODE": ""}
    assert one(found, "ConfigMap")["data"] == {**one(template(folder), "ConfigMap")["data"], **changed}


def test_kubectl_reads_the_manifests_as_they_are(folder: Path) -> None:
    """There is no API server here: kubectl's own reader and writer are what can be asked."""
    files = sorted((folder / "set/kubernetes").glob("*.yaml"))
    lines = "".join(f"- set/kubernetes/{path.name}\n" for path in files)
    (folder / "kustomization.yaml").write_text(f"resources:\n{lines}")
    assert documents(run(folder, "kubectl", "kustomize", "--load-restrictor=LoadRestrictionsNone", ".")) == written(folder)
