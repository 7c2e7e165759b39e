"""The runbook: every block is a shell script that runs as it stands, in the right order, without a secret."""

from __future__ import annotations

import re
import subprocess

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.files.runbook import runbook
from nbcluster.text import using
from tests.services.process import tool
from tests.unit.runbooks import EXISTING, blocks, named, scenario
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
        text = runbook(Cluster.of(answers))
    bash = tool("bash")
    for name, node, script in blocks(text):
        done = subprocess.run([bash, "-n", "-c", script], capture_output=True, timeout=10, check=False)
        assert (done.returncode, done.stderr) == (0, b""), f"{name} {node}: {done.stderr.decode()}\n{script}"
    assert runbook(Cluster.of(answers)) == runbook(Cluster.of(answers))


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_it_names_no_time_and_no_secret(answers: Answers) -> None:
    text = runbook(Cluster.of(answers))
    assert not re.search(r"\b20[23]\d-\d\d", text)
    for path in answers.fields:
        secret = answers.secret(path)
        url = answers.url(path)
        password = secret or (url.password if url is not None else None)
        if password is not None and len(password.reveal()) > 4:
            assert password.reveal() not in text


def test_one_node_boots_first_then_each_alone_then_the_balancer() -> None:
    order = [f"{name} {node}" for name, node, _script in blocks(runbook(Cluster.of(official())))]
    wanted = [
        "copy node1",
        "copy node3",
        "license-key node1",
        "first-boot node1",
        "gate node1",
        "gate-database bastion",
        "start node1",
        "start node2",
        "start node3",
        "balancer balancer",
        "stop node1",
        "backup bastion",
        "upgrade node1",
        "maintain node1",
    ]
    places = [order.index(entry) for entry in wanted]
    assert places == sorted(places)


def test_installing_and_upgrading_starts_are_overridden_in_the_real_environment() -> None:
    for name in ("first-boot", "upgrade"):
        (script,) = named(official(), name).values()
        assert script.endswith(f"{OVERRIDES}\n)\n")
    (offline,) = named(official({"license.delivery": "offline"}), "first-boot").values()
    assert "DISABLE_PKG_DOWNLOAD" not in offline and "LOCK_ADAPTER_DEFAULT=local" in offline
    (maintain,) = named(official(), "maintain").values()
    assert "CLUSTER_MODE= WORKER_MODE= yarn start\n" in maintain


def test_no_other_block_installs_or_upgrades() -> None:
    starting = {name for name, _node, script in blocks(runbook(Cluster.of(official()))) if "--quickstart" in script}
    assert starting == {"first-boot", "upgrade"}


def test_a_private_ca_counts_in_starts_by_hand() -> None:
    answers = official({"tls.ca_file": "/etc/ssl/our ca.pem"})
    for name in ("first-boot", "upgrade", "maintain"):
        (script,) = named(answers, name).values()
        assert "export NODE_EXTRA_CA_CERTS='/etc/ssl/our ca.pem'\n" in script


def test_the_first_boot_is_on_a_node_that_serves_requests() -> None:
    rows = [{"name": "w", "host": "10.0.0.9", "worker_mode": "*"}, {"name": "web", "host": "10.0.0.1"}]
    answers = official({"nodes": rows})
    assert set(named(answers, "first-boot")) == {"web"}
    assert list(named(answers, "copy")) == ["w", "web"]
    assert "scp -- nodes/w.env " in named(answers, "copy")["w"] and "scp -- .env " in named(answers, "copy")["web"]


def test_a_running_single_node_finds_no_file_of_the_cluster() -> None:
    order = [name for name, _node, _script in blocks(runbook(Cluster.of(official(EXISTING, without=("admin",)))))]
    places = [
        order.index(name) for name in ("convert-stop", "convert-backup-database", "convert", "copy", "convert-aes", "first-boot")
    ]
    assert places == sorted(places)
    assert "administrator" not in order and "convert" not in [name for name, *_ in blocks(runbook(Cluster.of(official())))]


def test_the_unconfirmed_variable_of_rabbitmq_is_looked_up_on_the_node() -> None:
    answers = official({"queue.adapter": "rabbitmq", "queue.url": "amqp://mq", "queue.url_variable": "MY_QUEUE"})
    text = runbook(Cluster.of(answers))
    assert "MY_QUEUE" in text and "plugin-queue-adapter-rabbitmq/dist/server" in named(answers, "variable")["node1"]
    assert "variable" not in [name for name, *_ in blocks(runbook(Cluster.of(official())))]


@pytest.mark.parametrize(
    ("account", "ssh", "scp"),
    [
        ("ops@10.0.0.1", "ssh -t -- ops@10.0.0.1 ", "ops@10.0.0.1:"),
        ("ops@10.0.0.1:2222", "ssh -t -p 2222 -- ops@10.0.0.1 ", "scp -P 2222 -- .env ops@10.0.0.1:"),
        ("ops@[fd00::1]:22", "ssh -t -p 22 -- ops@fd00::1 ", "'ops@[fd00::1]:"),
    ],
)
def test_accounts_and_ports_of_ssh(account: str, ssh: str, scp: str) -> None:
    script = named(official({"nodes": [{"name": "n", "host": "10.0.0.1", "ssh": account}]}), "copy")["n"]
    assert ssh in script and scp in script
