"""Summary, topology picture and service unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from nbcluster.cluster import Cluster
from nbcluster.errors import Problem
from nbcluster.files.keys import resolve
from nbcluster.files.plan import plan
from nbcluster.files.summary import choices, next_steps, summary
from nbcluster.files.systemd import unit
from nbcluster.files.topology import picture
from tests.kubernetes.manifests import pods
from tests.unit.scenarios import official

NODES = [
    {"name": "web", "host": "10.9.0.1", "cluster_mode": "4"},
    {"name": "worker", "host": "10.9.0.2", "worker_mode": "*"},
]


def test_it_names_every_host_and_every_file() -> None:
    changes: Mapping[str, object] = {
        "nodes": NODES,
        "redis.cache": "redis://10.9.1.1:6379/0",
        "queue.adapter": "rabbitmq",
        "queue.url": "amqp://10.9.2.1/v",
    }
    answers = official(changes)
    files = plan(Cluster.of(answers), resolve(answers, {}, {}, False, lambda count: "ab" * count))
    text = next(file.text for file in files if file.path == "SUMMARY.md")
    for host in ("10.9.0.1", "10.9.0.2", "10.9.1.1", "10.0.0.5", "10.9.2.1", "10.0.0.6"):
        assert host in text
    for path in {file.path for file in files} - {"SUMMARY.md"} | {"manifest.json"}:
        assert f"`{path}`" in text


def test_the_picture_is_narrow_and_keeps_workers_apart() -> None:
    lines = picture(Cluster.of(official({"nodes": NODES})))
    assert max(map(len, lines)) <= 78
    serving = next(i for i, line in enumerate(lines) if "web " in line)
    working = next(i for i, line in enumerate(lines) if "worker " in line)
    assert lines[serving].startswith("  +--") and lines[working].startswith("  .--") and serving < working
    assert any("5 " in line and "32" in line and "25 " in line for line in lines)


def test_a_balancer_of_ones_own_gets_its_requirements() -> None:
    text = summary(Cluster.of(official({"balancer.kind": "none", "nodes": NODES, "app.public_path": "/crm/"})), ())
    assert "`10.9.0.1:13000`" in text and "`10.9.0.2:13000`" not in text
    assert "/crm/ws" in text and "/crm/api/__health_check" in text
    assert "/crm/ws" not in summary(Cluster.of(official({"app.public_path": "/crm/"})), ())


def test_a_clouds_balancer_gets_a_page_of_its_own() -> None:
    answers = official({"balancer.kind": "cloud", "nodes": NODES, "app.public_path": "/crm/"})
    files = {
        file.path: file.text for file in plan(Cluster.of(answers), resolve(answers, {}, {}, False, lambda count: "ab" * count))
    }
    assert not {path for path in files if path.startswith(("nginx/", "haproxy/", "caddy/"))}
    page = files["balancer.md"]
    assert "`10.9.0.1:13000`" in page and "10.9.0.2" not in page
    assert "/crm/ws" in page and "/crm/api/__health_check" in page and "600" in page
    assert "`balancer.md`" in files["SUMMARY.md"] and "/crm/ws" not in files["SUMMARY.md"]
    assert "balancer.md" in files["RUNBOOK.md"]


@pytest.mark.parametrize("kind", ["cloud", "none"])
def test_what_a_kind_of_balancer_does_not_use_stands_in_the_answers_alone(kind: str) -> None:
    def written(**changes: object) -> dict[str, str]:
        found = official({"balancer.kind": kind, **changes})
        keys = resolve(found, {}, {}, False, lambda count: "ab" * count)
        return {file.path: file.text for file in plan(Cluster.of(found), keys)}

    one, other = written(), written(**{"balancer.server_name": "other.example.net", "balancer.listen": 8080})
    assert {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)} == {"answers.toml"}


def test_warnings_and_open_licences_stand_first() -> None:
    answers = official({"license.confirmed": ["lock-adapter-redis"], "license.pending": True})
    text = summary(Cluster.of(answers), [Problem("nodes", "something odd.", "fix it")])
    assert text.index("something odd.") < text.index("RUNBOOK.md")
    assert "pubsub-adapter-redis" in next_steps(Cluster.of(answers))[0]
    assert text.count("- [x] ") == 1 and text.count("- [ ] ") == 3


def test_the_node_that_boots_first_is_one_that_serves_requests() -> None:
    nodes = [{"name": "worker", "host": "10.9.0.3", "worker_mode": "*"}, {"name": "web", "host": "10.9.0.4", "worker_mode": "!"}]
    said = [step for step in next_steps(Cluster.of(official({"nodes": nodes}))) if "first boot" in step]
    assert len(said) == 1 and "web" in said[0] and "worker" not in said[0]


@pytest.mark.parametrize(
    "formats", [["helm"], ["kubernetes", "summary"], ["summary"], ["env", "balancer", "summary"], ["runbook"]]
)
def test_the_next_steps_name_only_files_that_are_written(formats: list[str]) -> None:
    answers = (official if "env" in formats else pods)({"output.formats": formats})
    files = {file.path: file.text for file in plan(Cluster.of(answers), resolve(answers, {}, {}, False, lambda n: "ab" * n))}
    steps = "\n".join(next_steps(Cluster.of(answers), files))
    for part in ("RUNBOOK.md", "kubernetes/", "helm/"):
        assert part not in steps or any(path.startswith(part) for path in files), steps
    listed = re.findall(r"^- `([^`]+)`: ", files.get("SUMMARY.md", ""), re.MULTILINE)
    assert {path for path in listed if "." in path} <= {*files, "manifest.json"}


def test_cells_do_not_break_the_table() -> None:
    text = summary(Cluster.of(official({"license.confirmed_by": "a|b <script>"})), ())
    assert "| `a\\|b <script>` |" in text


def test_every_step_with_answers_is_listed_and_secrets_are_masked() -> None:
    answers = official({"database.password": "s3cret-of-the-database"})
    listed = dict(choices(answers))
    assert len(listed) >= 8
    assert "s3cret-of-the-database" not in str(listed) and any(
        "********" in value for rows in listed.values() for _, value in rows
    )


@pytest.mark.parametrize(("authority", "shown"), [("", 0), ("/etc/ssl/our ca%.pem", 1)])
def test_the_service_unit(authority: str, shown: int) -> None:
    text = unit(Cluster.of(official({"tls.ca_file": authority, "storage.path": "/srv/no co"})))
    lines = text.splitlines()
    assert "Restart=always" in lines and "StartLimitIntervalSec=0" in lines and not any("Requires" in line[:8] for line in lines)
    assert 'ExecStartPre=/usr/bin/mountpoint -q "/srv/no co"' in lines
    assert "ExecStart=/usr/bin/env yarn start" in lines and "--quickstart" not in "".join(
        line for line in lines if not line.startswith("#")
    )
    assert text.count("NODE_EXTRA_CA_CERTS=") == shown
    if shown:
        assert 'Environment="NODE_EXTRA_CA_CERTS=/etc/ssl/our ca%%.pem"' in lines
