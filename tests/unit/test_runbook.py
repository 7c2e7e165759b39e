"""The runbook: every block is a valid shell script, in the right order, without secrets."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.files.runbook import LONGEST, operate, runbook
from nbcluster.text import using
from tests.kubernetes.manifests import pods
from tests.services.process import tool
from tests.unit.runbooks import EXISTING, blocks, filled, named, nodes_of, program, run, scenario, text_of
from tests.unit.scenarios import official

OVERRIDES = "LOCK_ADAPTER_DEFAULT=local CLUSTER_MODE= WORKER_MODE= DISABLE_PKG_DOWNLOAD= SKIP_SAME_VERSION_UPGRADE= yarn start --quickstart"

VARIANTS = {
    "official": official(),
    "workers": scenario("workers"),
    "rabbitmq": scenario("rabbitmq"),
    "existing": scenario("existing"),
    "pasted": official({"app.installation": "existing", "app.key": "k" * 40, "app.aes_key": "a" * 64}, without=("admin",)),
    "nasty": official(
        {
            "database.name": "my'db; rm -rf /",
            "database.user": "$(id)",
            "database.table_prefix": 'a"`b',
            "storage.path": "/srv/no co'base",
            "tls.ca_file": "/etc/my ca.pem",
            "database.tls": True,
        }
    ),
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_block_is_a_named_shell_script(answers: Answers, language: str) -> None:
    with using(language):
        text = text_of(answers)
    bash = tool("bash")
    for name, node, script in blocks(text):
        done = subprocess.run([bash, "-n", "-c", script], capture_output=True, timeout=10, check=False)
        assert (done.returncode, done.stderr) == (0, b""), f"{name} {node}: {done.stderr.decode()}\n{script}"
    assert text_of(answers) == text_of(answers)


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_it_names_no_time_and_no_secret(answers: Answers) -> None:
    text = text_of(answers)
    assert not re.search(r"\b20[23]\d-\d\d", text)
    for path in answers.fields:
        secret = answers.secret(path)
        url = answers.url(path)
        password = secret or (url.password if url is not None else None)
        if password is not None and len(password.reveal()) > 4:
            assert password.reveal() not in text


MANY = [{"name": f"node{number}", "host": f"10.0.0.{number}"} for number in range(1, 33)]
EVERYTHING = {
    "license.delivery": "offline",
    "license.auto_enable": False,
    "license.confirmed": [],
    "license.pending": True,
    "queue.adapter": "rabbitmq",
    "queue.url": "amqp://mq",
    "output.formats": ["env", "balancer", "systemd", "docker", "ansible", "summary", "runbook"],
}
ON_PODS = {name: value for name, value in EVERYTHING.items() if name != "output.formats"}
PASTED = {"app.installation": "existing", "app.key": "k" * 40, "app.aes_key": "a" * 64}
LONG = {
    "three nodes": official(),
    "32 nodes": official({**EVERYTHING, "nodes": MANY, "balancer.kind": "haproxy"}),
    "32 nodes, existing": official({**EVERYTHING, **PASTED, "nodes": MANY, "balancer.kind": "caddy"}, without=("admin",)),
    "32 containers": official({**EVERYTHING, **EXISTING, "nodes": MANY, "app.deployment": "docker"}, without=("admin",)),
    "pods": pods(ON_PODS),
    "pods, existing": pods({**ON_PODS, **PASTED}, without=("admin",)),
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("answers", LONG.values(), ids=LONG.keys())
def test_it_is_short_and_has_seven_steps_whatever_the_cluster(answers: Answers, language: str) -> None:
    with using(language):
        text = runbook(Cluster.of(answers))
    assert text.count("\n") <= LONGEST
    assert re.findall(r"^## (\d)\. ", text, re.MULTILINE) == list("1234567")


def test_one_node_boots_first_then_each_alone_then_the_balancer() -> None:
    found = blocks(text_of(official()))
    order = [f"{name} {node}" for name, about, _script in found for node in nodes_of(name, about)]
    wanted = [
        "share bastion",
        "copy node1",
        "copy node3",
        "license-key node1",
        "first-boot node1",
        "gate-database bastion",
        "start node1",
        "start node2",
        "start node3",
        "balancer balancer",
        "gate-verify bastion",
        "stop node1",
        "backup bastion",
        "backup-storage node1",
        "upgrade node1",
        "gate-upgrade bastion",
        "maintain node1",
        "restore-database bastion",
    ]
    places = [order.index(entry) for entry in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["first-boot", "upgrade"])
def test_installing_and_upgrading_starts_are_overridden_in_the_real_environment(name: str) -> None:
    (script,) = named(official(), name).values()
    assert (
        f"exec env {OVERRIDES}'" in script and script.startswith("( set -eu; ") and "systemd-run --unit=nocobase-alone" in script
    )
    (contained,) = named(official({"app.deployment": "docker"}), name).values()
    assert "--profile first-boot up -d --force-recreate first-boot" in contained


def test_unpacked_plugins_are_not_fetched_and_maintenance_has_one_process() -> None:
    (offline,) = named(official({"license.delivery": "offline"}), "first-boot").values()
    assert "DISABLE_PKG_DOWNLOAD" not in offline and "LOCK_ADAPTER_DEFAULT=local" in offline
    (maintain,) = named(official(), "maintain").values()
    assert "exec env CLUSTER_MODE= WORKER_MODE= yarn start'" in maintain


def test_no_other_block_installs_or_upgrades() -> None:
    starting = {name for name, _node, script in blocks(text_of(official())) if "--quickstart" in script}
    assert starting == {"first-boot", "upgrade"}


def test_a_private_ca_counts_in_starts_by_hand() -> None:
    answers = official({"tls.ca_file": "/etc/ssl/our ca.pem"})
    for name in ("first-boot", "upgrade", "maintain"):
        (script,) = named(answers, name).values()
        assert "--setenv=NODE_EXTRA_CA_CERTS='/etc/ssl/our ca.pem' " in script


def test_the_first_boot_is_on_a_node_that_serves_requests() -> None:
    rows = [{"name": "w", "host": "10.0.0.9", "worker_mode": "*"}, {"name": "web", "host": "10.0.0.1"}]
    answers = official({"nodes": rows})
    assert set(named(answers, "first-boot")) == {"web"}
    assert list(named(answers, "copy")) == ["w", "web"] and list(named(answers, "start")) == ["web", "w"]
    assert "w,10.0.0.9,10.0.0.9:13000,nodes/w.env web,10.0.0.1,10.0.0.1:13000,.env'" in named(answers, "copy")["w"]


def test_people_and_first_copies_come_before_the_stop() -> None:
    order = [name for name, _node, _script in blocks(runbook(Cluster.of(official({**PASTED}, without=("admin",)))))]
    wanted = ("share", "convert", "convert-aes", "copy", "license", "convert-stop", "convert-backup-database", "first-boot")
    places = [order.index(name) for name in wanted]
    assert places == sorted(places)
    assert "convert" not in [name for name, *_ in blocks(runbook(Cluster.of(official())))]


def test_the_stop_asks_for_the_port_that_the_imported_file_names() -> None:
    cluster = Cluster.of(official(EXISTING, without=("admin",)))
    assert "\nOLD_PORT=13100   # " in runbook(cluster, 13100) and "\nOLD_PORT=13000   # " in runbook(cluster)


def test_a_database_of_the_same_stack_moves_before_the_stop() -> None:
    cluster = Cluster.of(official(EXISTING, without=("admin",)))
    text = runbook(cluster)
    assert 0 < text.find("OPERATE.md, Move the database") < text.index("# nbcluster: convert-stop")
    scripts = {name: script for name, _about, script in blocks(operate(cluster))}
    assert 'docker compose stop "$OLD_NAME"' in scripts["convert-move-database"] and "compose down" not in operate(cluster)
    assert "convert-move-database" not in operate(Cluster.of(official()))


@pytest.mark.parametrize(("content", "code"), [('CREATE TABLE public."applicationVersion" (', 0), ("-- empty", 1)])
@pytest.mark.parametrize("name", ["convert-backup-database", "convert-move-database"])
def test_a_dump_without_nocobases_tables_is_refused(name: str, content: str, code: int, tmp_path: Path) -> None:
    for command in ("pg_dump", "docker"):
        program(tmp_path, command, f"printf '%s\\n' {shlex.quote(content)}")
    (script,) = named(official(EXISTING, without=("admin",)), name).values()
    if name == "convert-move-database":
        script = filled(script, OLD_NAME="app", OLD_DATABASE="postgres")
    done = run(script, tmp_path)
    assert done.returncode == code, done.stderr
    assert [path.suffix for path in tmp_path.glob("nocobase-*")] == ([".sql"] if code == 0 else [])


@pytest.mark.parametrize("existing", [False, True])
def test_the_first_boot_names_where_the_node_is_found(existing: bool) -> None:
    text = runbook(Cluster.of(official(EXISTING, without=("admin",)) if existing else official({"app.public_path": "/crm/"})))
    url = f"`http://10.0.0.1:13000{'/' if existing else '/crm/'}`".replace("10.0.0.1", str(official().rows("nodes")[0]["host"]))
    assert text.index("# nbcluster: first-boot") < text.index(url) < text.index("## 5. ")


@pytest.mark.parametrize("changes", [{}, {"app.deployment": "docker"}], ids=["host", "docker"])
def test_ansible_has_a_line_only_where_its_files_are_written(changes: dict[str, object]) -> None:
    formats = ["env", "balancer", "systemd", "docker", "summary", "runbook"]
    assert "ansible-playbook" not in text_of(official({**changes, "output.formats": formats}))
    assert "--tags prepare,configure`" in runbook(Cluster.of(official({**changes, "output.formats": [*formats, "ansible"]})))


def test_every_port_that_must_be_open_is_in_the_table() -> None:
    answers = official({"storage.kind": "nfs", "storage.server": "nas", "storage.export": "/e", "queue.adapter": "rabbitmq"})
    (table,) = re.findall(r"(?:^\|.*\n)+", runbook(Cluster.of(answers)), re.MULTILINE)
    for place in ("10.0.0.5:6379", "10.0.0.6:5432", "nas:2049", "172.31.0.1:13000", "172.31.0.2:22"):
        assert place in table, place


def test_the_unconfirmed_variable_of_rabbitmq_is_looked_up_on_the_node() -> None:
    answers = official({"queue.adapter": "rabbitmq", "queue.url": "amqp://mq", "queue.url_variable": "MY_QUEUE"})
    text = runbook(Cluster.of(answers))
    assert "MY_QUEUE" in text and "plugin-queue-adapter-rabbitmq/dist/server" in text
    assert "plugin-queue-adapter-rabbitmq" not in runbook(Cluster.of(official()))


@pytest.mark.parametrize(
    ("account", "entry"),
    [
        ("ops@10.0.0.1", "n,ops@10.0.0.1,10.0.0.1:13000,.env"),
        ("ops@10.0.0.1:2222", "n,ops@10.0.0.1,10.0.0.1:13000,.env,2222"),
        ("ops@[fd00::1]:22", "n,ops@fd00::1,10.0.0.1:13000,.env,22"),
    ],
)
def test_accounts_and_ports_of_ssh(account: str, entry: str) -> None:
    script = named(official({"nodes": [{"name": "n", "host": "10.0.0.1", "ssh": account}]}), "copy")["n"]
    assert script.startswith(f"NODES={entry}   # ")


def test_what_comes_later_is_in_a_paper_of_its_own() -> None:
    first = {name for name, *_ in blocks(runbook(Cluster.of(official())))}
    later = {name for name, *_ in blocks(operate(Cluster.of(official())))}
    assert {"upgrade", "maintain", "backup", "restore-database", "restore-storage", "restart", "forget-password"} <= later
    assert not first & {"upgrade", "maintain", "stop", "backup"}
