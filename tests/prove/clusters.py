"""The cluster under proof: made by the blocks of the runbook, new or from a single node, and asked how it is."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.machines.booted import Machine
from tests.prove import application, machines
from tests.prove.blocks import Documents
from tests.prove.claims import Claims, Refuted, expect, wait
from tests.prove.machines import BALANCER, NAME, NODES, Lab, certificate
from tests.prove.users import PORT, Users, node_url

EMAIL = "ops@nocobase.test"
LIMIT = 120
"""Seconds that a cluster has to be healthy again by itself."""

ANSWERS = f"""\
schema = 1
name = "prove"
[app]
installation = "{{installation}}"
version = "{application.VERSION}"
deployment = "{{deployment}}"
timezone = "{{timezone}}"
{{more}}
[license]
confirmed = [{", ".join(f'"{name}"' for name in application.STAND_INS)}]
confirmed_by = "ops"
delivery = "offline"
[redis]
{{redis}}
[queue]
adapter = "redis"
[database]
dialect = "postgres"
host = "10.77.0.1"
name = "nocobase"
user = "nocobase"
password = {{{{ env = "PGPASSWORD" }}}}
[storage]
kind = "other"
path = "{machines.STORAGE}"
{{nodes}}
[balancer]
kind = "nginx"
listen = 443
server_name = "{NAME}"
certificate = "/etc/ssl/nocobase.pem"
certificate_key = "/etc/ssl/nocobase.key"
"""


def answers(installation: str, more: str, timezone: str, deployment: str) -> str:
    """Return the answers file of two nodes and a balancer."""
    roles = ("cache", "pubsub", "lock", "queue", "worker_id")
    login = '{{ url = "redis://default@10.77.0.1:6379/{0}", password = {{ env = "REDIS_PASSWORD" }} }}'
    return ANSWERS.format(
        installation=installation,
        timezone=timezone,
        deployment=deployment,
        more=more,
        redis="\n".join(f"{role} = {login.format(number)}" for number, role in enumerate(roles)),
        nodes="\n".join(f'[[nodes]]\nname = "{name}"\nhost = "{address}"' for name, address in NODES.items()),
    )


@dataclass
class Cluster:
    """Two nodes and a balancer, the folder that they were made from, and a user who works on them."""

    lab: Lab
    claims: Claims
    documents: Documents
    nodes: dict[str, Machine]
    balancer: Machine
    users: Users

    def verify(self, *words: str) -> tuple[int, list[dict[str, Any]], str]:
        """Run ``nbcluster verify`` in the written folder; return its status, its results and what it said beside them."""
        done = self.documents.bastion.nbcluster(
            "verify", "--answers", "answers.toml", "--json", *words, folder=self.documents.folder
        )
        try:
            results = json.loads(done.stdout).get("results", [])
        except ValueError:
            results = []
        return done.returncode, results, done.stderr

    def is_good(self) -> str:
        """Say how many results ``verify`` has; raise :class:`Refuted` where one of them failed or could not be judged."""
        status, results, said = self.verify()
        if status:
            bad = [f"{each['id']}: {each['summary']}" for each in results if each["status"] in ("fail", "error")]
            raise Refuted(f"verify ended with {status}: {'; '.join(bad) or said[-300:]}")
        return f"verify 0, {len(results)} results"

    def names(self, identifier: str, *words: str) -> str:
        """Return what ``verify`` says of a fault; raise :class:`Refuted` where its status is not 3 or it does not name it with the words."""
        code, results, said = self.verify()
        bad = [each for each in results if each["status"] in ("fail", "error")]
        named = [each for each in bad if each["id"].startswith(identifier)]
        text = " ".join(f"{each['target']} {each['summary']} {each.get('detail', '')} {each.get('hint', '')}" for each in named)
        if code != 3 or not named or not all(word in text for word in words):
            others = "; ".join(f"{each['status']} {each['id']}: {each['summary']}" for each in bad)
            raise Refuted(f"verify ended with {code}: {others or said[-300:]}")
        return f"verify {code}: {named[0]['status']} {named[0]['id']}: {named[0]['summary']}"

    def healed(self, since: float, patience: float = 400) -> str:
        """Wait until everything is healthy; say how long after ``since`` (monotonic), and raise :class:`Refuted` where that is too long."""
        wait(self.users.all_healthy, patience, "healthy again without a person")
        seconds = time.monotonic() - since
        # A start takes as long as the machine lets it: the load tells what the seconds are worth.
        said = f"healthy again after {seconds:.0f} s, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
        expect(seconds <= LIMIT, said)
        return said

    def kept(self) -> str:
        """Sign in and find everything again; raise :class:`Refuted` where something is lost or nothing new can be saved."""
        self.users.sign_in()
        said = self.users.all_is_there()
        expect(self.users.save(), "no new record can be saved")
        return said

    def health(self) -> str:
        """Say what the health addresses say, for a claim that fails."""
        said = {name: self.users.ask("/api/__health_check", base=node_url(name), seconds=5) for name in NODES}
        return "; ".join(f"{name} {status} {body[:120]!r}" for name, (status, body) in said.items())


def prepared(
    lab: Lab, claims: Claims, installation: str, more: str, timezone: str = "UTC", deployment: str = "host", title: str = ""
) -> Cluster:
    """Make the written folder and the machines: accounts, application, share and certificate are there, nothing of the cluster."""
    written = lab.folder / "written"
    bastion = lab.bastion
    source = lab.folder / "answers.toml"
    source.write_text(answers(installation, more, timezone, deployment))
    words = {"PGPASSWORD": machines.DATABASE_PASSWORD, "REDIS_PASSWORD": machines.REDIS_PASSWORD}
    passwords = lab.folder / "secrets.env"
    passwords.write_text("".join(f"{name}={machines.quoted(word)}\n" for name, word in words.items()))
    passwords.chmod(0o600)
    with claims.claim(f"{title or installation}: render writes the set"):
        done = bastion.nbcluster(
            "render", "--answers", str(source), "--secrets", str(passwords), "--out", str(written), folder=lab.folder
        )
        expect(done.returncode == 0, f"status {done.returncode}: {done.stderr[-500:]}")
    packages = lab.server.folder / "packages"
    application.packages(packages)
    (packages / "license-key").write_text("stand-in\n")
    kind = "node" if deployment == "host" else "docker"
    nodes = {name: lab.machine(name, address, kind) for name, address in NODES.items()}
    balancer = lab.machine("balancer", BALANCER, "plain")
    install_certificate(lab, balancer, "good")
    for each in (*nodes.values(), balancer):
        each.boot(180)
    balancer.run("systemctl start nginx")
    if deployment == "host":
        # Installed at another time than the first one, as on every second machine: its plugins have other addresses (nocobase.md §19).
        nodes["node2"].run("touch /srv/nocobase/app/node_modules/@nocobase/plugin-*/dist/client/index.js", 120)
    users = Users(bastion.folder / "ca.crt", EMAIL, _first_password(written))
    return Cluster(lab, claims, Documents(written, bastion), nodes, balancer, users)


def install_certificate(lab: Lab, balancer: Machine, name: str) -> None:
    """Put a certificate of the lab's authority where the balancer reads it."""
    for suffix in ("pem", "key"):
        balancer.write(f"/etc/ssl/nocobase.{suffix}", (lab.bastion.folder / f"{name}.{suffix}").read_bytes(), 0o600)


def expired_certificate(lab: Lab) -> None:
    """Make the certificate "expired", which ended yesterday."""
    certificate(lab.bastion.folder, "expired", days=-1)


def _first_password(written: Path) -> str:
    for line in (written / ".env").read_text().splitlines():
        if line.startswith("INIT_ROOT_PASSWORD="):
            return line.partition("=")[2].strip("'\"")
    return ""


def finish(cluster: Cluster, title: str) -> None:
    """Run what the runbook says behind the first boot, the same for a new cluster and a conversion."""
    claims, documents = cluster.claims, cluster.documents
    with claims.claim(f"{title}: block gate-database holds"):
        documents.block("gate-database")
    with claims.claim(f"{title}: block start, one node after the other"):
        documents.block("start")
    with claims.claim(f"{title}: block balancer on the machine of the balancer"):
        done = documents.bastion.run(
            [str(documents.bastion.folder / "bin/scp"), "-qr", "nginx", f"{BALANCER}:"], documents.folder
        )
        expect(done.returncode == 0, f"scp: {done.stderr}")
        documents.block("balancer", BALANCER)
    with claims.claim(f"{title}: block gate-verify holds"):
        documents.block("gate-verify")
    with claims.claim(f"{title}: verify is good") as seen:
        seen.append(cluster.is_good())


OLD = "10.77.0.30"
OLD_UNIT = """\
[Service]
User=nocobase
WorkingDirectory=/srv/nocobase/app
ExecStart=/usr/bin/env yarn start --quickstart
[Install]
WantedBy=multi-user.target
"""


def single_node(lab: Lab) -> tuple[Machine, Users, str]:
    """Make a NocoBase on one machine, with the published key, its storage on its own disk, and some work in it."""
    old = lab.machine("old", OLD)
    old.boot(180)
    password = secrets.token_urlsafe(12)
    variables = {
        "APP_ENV": "production",
        "APP_KEY": "your-secret-key",
        "TZ": "Asia/Shanghai",
        "DB_DIALECT": "postgres",
        "DB_HOST": "10.77.0.1",
        "DB_PORT": "5432",
        "DB_DATABASE": "nocobase",
        "DB_USER": "nocobase",
        "DB_PASSWORD": f'"{machines.DATABASE_PASSWORD}"',
        "INIT_ROOT_EMAIL": EMAIL,
        "INIT_ROOT_PASSWORD": password,
    }
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    old.write("/srv/nocobase/app/.env", text, 0o644)
    old.write("/srv/nocobase/app/.env.e2e", "")
    old.write("/etc/systemd/system/single.service", OLD_UNIT)
    old.run("systemctl daemon-reload && systemctl enable --now single")
    users = Users(lab.bastion.folder / "ca.crt", EMAIL, password)
    base = f"http://{OLD}:{PORT}"
    wait(lambda: users.healthy(base), 300, "the single node runs")
    users.sign_in(base)
    users.collection(base)
    for _ in range(3):
        expect(users.save(base) and users.upload(base) == 200, "the single node saves")
    return old, users, text


def converted_cluster(lab: Lab, claims: Claims) -> Cluster | None:
    """Make a cluster of a single node by the blocks of its runbook."""
    title, first, before = "conversion", NODES["node1"], claims.failed
    with claims.claim(f"{title}: a single node with records and files") as seen:
        old, users, text = single_node(lab)
        seen.append(f"{len(users.words)} records, {len(users.files)} files")
    if claims.failed > before:
        return None
    base = lab.folder / "old.env"
    base.write_text(text)
    base.chmod(0o600)
    keys = 'key = "from-storage"\naes_key = "from-storage"\nbase_env = "old.env"'
    cluster = prepared(lab, claims, "existing", keys, "Asia/Shanghai", title=title)
    # As an operator has it: node1 may fetch the storage of the single node.
    cluster.nodes["node1"].write("/root/.ssh/id_ed25519", (lab.bastion.folder / "key").read_bytes(), 0o600)
    cluster.nodes["node1"].write("/root/.ssh/config", "StrictHostKeyChecking accept-new\n")
    documents = cluster.documents
    convert = {"OLD_STORAGE": f"{OLD}:/srv/nocobase/app/storage"}
    begin = {"convert-stop": 0.0}
    for name, on, filled in (
        ("share", "", {}),
        ("convert", first, convert),
        ("copy", "", {}),
        ("license", first, {}),
        ("license-key", first, {"LICENSE_KEY": "/server/packages/license-key", "PACKAGES": "/server/packages"}),
        ("convert-stop", OLD, {"OLD_KIND": "systemd", "OLD_NAME": "single"}),
        ("convert-backup-database", "", {}),
        ("convert", first, convert),
        ("first-boot", first, {}),
    ):
        with claims.claim(f"{title}: block {name}") as seen:
            begin[name] = time.monotonic()
            documents.block(name, on, **filled)
            seen.append(f"{time.monotonic() - begin[name]:.0f} s")
    if claims.failed > before:
        return cluster
    finish(cluster, title)
    with claims.claim(f"{title}: the outage is ten minutes at most") as seen:
        seconds = time.monotonic() - begin["convert-stop"]
        seen.append(f"{seconds:.0f} s")
        expect(seconds <= 600, "too long")
    cluster.users = users
    with claims.claim(f"{title}: the session of before holds, and everything is there") as seen:
        seen.append(users.all_is_there())
    with claims.claim(f"{title}: users go on working") as seen:
        seen.append(cluster.kept())
    with claims.claim(f"{title}: the single node stays off after its machine boots again"):
        old.power_cut()
        old.boot(180)
        expect(
            not users.healthy(f"http://{OLD}:{PORT}") and old.run("systemctl is-active single", check=False).returncode != 0,
            "it runs",
        )
    return cluster


def new_cluster(lab: Lab, claims: Claims) -> Cluster:
    """Make a new cluster by the blocks of its runbook."""
    cluster = prepared(lab, claims, "new", f'[admin]\nemail = "{EMAIL}"')
    installed(cluster, "new")
    return cluster


def installed(cluster: Cluster, title: str) -> None:
    """Run the runbook of a new installation, and work on what it made."""
    claims, documents, first = cluster.claims, cluster.documents, NODES["node1"]
    before = claims.failed
    for name, on, filled in (
        ("share", "", {}),
        ("copy", "", {}),
        ("license", first, {}),
        ("license-key", first, {"LICENSE_KEY": "/server/packages/license-key", "PACKAGES": "/server/packages"}),
        ("first-boot", first, {}),
    ):
        with claims.claim(f"{title}: block {name}") as seen:
            begin = time.monotonic()
            documents.block(name, on, **filled)
            seen.append(f"{time.monotonic() - begin:.0f} s")
    if claims.failed > before:
        return
    finish(cluster, title)
    users = cluster.users
    with claims.claim(f"{title}: the first administrator signs in through the balancer"):
        users.sign_in()
    with claims.claim(f"{title}: a collection made on node1 is there on node2 (sync signal)") as seen:
        users.collection(node_url("node1"))
        seen.append(f"{wait(lambda: users.save(node_url('node2')), 20, 'a record in it, saved on node2'):.0f} s")
    with claims.claim(f"{title}: records and files are the same on every node") as seen:
        for name in NODES:
            expect(users.upload(node_url(name)) == 200, f"no upload on {name}")
            expect(users.save(node_url(name)), f"no record saved on {name}")
        seen.append(users.all_is_there())
