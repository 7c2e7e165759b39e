"""The runbook of pods: every block is shell, in the right order, and does what it says with a recording kubectl."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.files.summary import summary
from nbcluster.text import using
from tests.kubernetes.manifests import files_of, objects, pods
from tests.services.process import tool
from tests.unit.runbooks import EXISTING, blocks, filled, program, run, text_of

PASTED = {"app.installation": "existing", "app.key": "k" * 40, "app.aes_key": "a" * 64}
VARIANTS = {
    "plain": pods(),
    "existing": pods(EXISTING, without=("admin",)),
    "pasted": pods(PASTED, without=("admin",)),
    "offline": pods({"license.delivery": "offline", "license.auto_enable": False}),
    "everything": pods(
        {
            "tls.ca_file": "/etc/my ca.pem",
            "balancer.certificate": "/etc/ssl/a b.pem",
            "balancer.certificate_key": "/etc/ssl/a b.key",
            "balancer.listen": 443,
            "database.user": "$(id)",
            "nodes": [{"name": "a", "worker_mode": "!"}, {"name": "b", "worker_mode": "*"}],
        }
    ),
    "no ingress": pods({"balancer.kind": "none"}),
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_block_is_a_named_shell_script_of_pods(answers: Answers, language: str) -> None:
    with using(language):
        text = text_of(answers)
    for name, node, script in blocks(text):
        done = subprocess.run([tool("bash"), "-n", "-c", script], capture_output=True, timeout=10, check=False)
        assert (done.returncode, done.stderr) == (0, b""), f"{name} {node}: {script}"
        if node == "old":
            continue
        for word in ("systemctl", "docker ", "ssh ", "/srv/nocobase", ".env", "yarn start"):
            assert word not in script, f"{name}: {word}"


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_files_that_it_names_are_written_and_objects_exist(answers: Answers) -> None:
    text = text_of(answers)
    files = files_of(answers)
    named = set(re.findall(r"kubernetes/[a-z/-]+\.yaml", text))
    assert named and named <= set(files)
    written = {path for path in files if path.startswith("kubernetes/")}
    assert written <= named


def names(answers: Answers) -> list[str]:
    return [name for name, _node, _script in blocks(text_of(answers))]


def test_one_pod_installs_before_any_deployment_and_all_stop_before_an_upgrade() -> None:
    order = names(pods())
    wanted = [
        "namespace",
        "shell",
        "license-key",
        "first-boot",
        "gate-database",
        "end-first-boot",
        "start",
        "service",
        "gate-balancer",
        "gate-verify",
        "stop",
        "backup",
        "backup-storage",
        "upgrade",
        "gate-upgrade",
        "end-upgrade",
        "maintain",
        "maintain-end",
    ]
    places = [order.index(name) for name in wanted]
    assert places == sorted(places)


def test_a_single_node_is_copied_before_anything_boots() -> None:
    order = names(VARIANTS["existing"])
    places = [order.index(name) for name in ("shell", "convert", "license", "convert-stop", "first-boot")]
    assert places == sorted(places)
    assert "convert" not in names(pods())


def block(answers: Answers, name: str) -> str:
    return next(script for kind, _node, script in blocks(text_of(answers)) if kind == name)


def kubectl(folder: Path, text: str) -> None:
    program(folder, "kubectl", f'echo "$*" >> "{folder}/said"\n{text}')


def test_nothing_installs_beside_pods_that_run(tmp_path: Path) -> None:
    kubectl(tmp_path, 'case "$*" in *"get pods"*) echo pod/web-1;; esac')
    for name in ("first-boot", "upgrade"):
        assert run(block(pods(), name), tmp_path).returncode != 0
    assert "first-boot/pod.yaml" not in (tmp_path / "said").read_text()
    kubectl(tmp_path, "")
    assert run(block(pods(), "first-boot"), tmp_path).returncode == 0
    assert "apply -f kubernetes/first-boot/pod.yaml" in (tmp_path / "said").read_text()


def test_no_deployment_starts_beside_the_pod_that_installs(tmp_path: Path) -> None:
    kubectl(tmp_path, 'case "$*" in *"get pod nocobase-official-first-boot"*) echo pod/nocobase-official-first-boot;; esac')
    assert run(block(pods(), "start"), tmp_path).returncode != 0
    assert "apply" not in (tmp_path / "said").read_text()
    kubectl(tmp_path, "")
    assert run(block(pods(), "start"), tmp_path).returncode == 0
    assert "apply -f kubernetes/deployments.yaml" in (tmp_path / "said").read_text()


def test_the_gate_fails_with_the_cause(tmp_path: Path) -> None:
    kubectl(tmp_path, 'case "$*" in *" wait "*) exit 1;; *" logs "*) echo the-cause;; *" exec "*) exit 1;; esac')
    done = run(block(pods(), "first-boot"), tmp_path)
    assert done.returncode != 0 and "the-cause" in done.stdout


def test_a_secret_is_replaced_so_that_what_is_gone_does_not_stay(tmp_path: Path) -> None:
    kubectl(tmp_path, "")
    assert run(block(pods(), "variables"), tmp_path).returncode == 0
    assert "replace -f kubernetes/secret.yaml" in (tmp_path / "said").read_text()
    kubectl(tmp_path, 'case "$*" in *" get "*) exit 1;; esac')
    assert run(block(pods(), "namespace"), tmp_path).returncode == 0
    assert "create -f kubernetes/secret.yaml" in (tmp_path / "said").read_text()


def test_the_storage_of_the_single_node_reaches_the_volume_without_what_is_local(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for path in ("uploads/a.txt", ".pm2/x", "db/x", "logs/x", "apps/main/jwt_secret.dat", ".license/license-key"):
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_text(path)
    (old / "gateway.sock").write_text("")
    new.mkdir()
    on_volume(tmp_path, new)
    answers = VARIANTS["existing"]
    script = filled(block(answers, "convert"), OLD_STORAGE=str(old))
    assert run(script, tmp_path).returncode != 0, "there is no key file that encrypts"
    (old / "apps/main/aes_key.dat").write_bytes(bytes(32))
    (old / "apps/main/jwt_secret.dat").write_bytes(bytes(32))
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    found = {str(path.relative_to(new)) for path in new.rglob("*") if path.is_file()}
    assert found == {"uploads/a.txt", "apps/main/jwt_secret.dat", "apps/main/aes_key.dat", ".license/license-key"}


def on_volume(folder: Path, volume: Path) -> None:
    """Run what goes into the pod with the shell here, with a folder of ours as its volume."""
    sed = f"sed 's|/app/nocobase/storage|{volume}|g'"
    kubectl(folder, f'while [ "$1" != -- ]; do shift; done; shift; eval "set -- $(printf "%q " "$@" | {sed})"; exec "$@"')
    text = (folder / "bin/kubectl").read_text().replace("#!/bin/sh", "#!/bin/bash")
    (folder / "bin/kubectl").write_text(text)


def test_the_aes_key_of_the_pods_is_compared_with_the_old_file(tmp_path: Path) -> None:
    volume = tmp_path / "storage"
    script = block(VARIANTS["pasted"], "convert-aes")
    on_volume(tmp_path, volume)
    assert run(script, tmp_path).returncode == 0
    (volume / "apps" / "main").mkdir(parents=True)
    (volume / "apps" / "main" / "aes_key.dat").write_bytes(b"\xaa" * 32)
    assert run(script, tmp_path, APP_AES_SECRET_KEY="a" * 64).returncode == 0
    assert run(script, tmp_path, APP_AES_SECRET_KEY="b" * 64).returncode == 1


def test_a_balancer_of_ones_own_gets_the_service_of_the_pods() -> None:
    answers = pods({"balancer.kind": "none", "kubernetes.namespace": "crm", "app.port": 8080})
    (service,) = objects(files_of(answers)["kubernetes/service.yaml"].text)
    name, namespace, port = service["metadata"]["name"], service["metadata"]["namespace"], service["spec"]["ports"][0]["port"]
    text = summary(Cluster.of(answers), ())
    assert f"\n- `{name}.{namespace}.svc:{port}`\n" in text
    assert not [line for line in text.splitlines() if line.endswith(f":{port}`") and ".svc:" not in line]


def test_the_summary_speaks_of_pods() -> None:
    answers = pods()
    text = summary(Cluster.of(answers), (), files=[path for path in files_of(answers) if not path.endswith(".md")])
    assert "kubernetes/first-boot/" in text and "Mount the shared storage" not in text
    assert not re.search(r"^- `[^`]+`: $", text, re.MULTILINE)
