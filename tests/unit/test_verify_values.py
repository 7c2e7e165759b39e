"""Every value in a parsed file: a changed one is detected before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import plan
from nbcluster.files.verify import VerificationError, verify
from tests.kubernetes.manifests import pods
from tests.unit.scenarios import EVERY_KIND, official
from tests.unit.test_env_files import KEYS, resolved_for

PROSE = ("SUMMARY.md", "RUNBOOK.md", "OPERATE.md", "summary.html", "balancer.md")
"""Documents, which no program reads; tasks and plays of Ansible hold no answer."""

COMMON: dict[str, object] = {
    **KEYS,
    "name": "qcluster",
    "app.version": "2.2.14",
    "app.port": 14141,
    "app.public_path": "/qpublic/",
    "app.timezone": "Europe/Berlin",
    "license.confirmed_by": "qconfirmer",
    "redis.cache": "redis://quser@qcache:6371/0",
    "redis.pubsub": "redis://quser@qpubsub:6372/1",
    "redis.lock": "redis://quser@qlock:6373/2",
    "redis.queue": "redis://quser@qqueue:6374/3",
    "redis.worker_id": "redis://quser@qworker:6375/4",
    "database.host": "qdatabase",
    "database.port": 15432,
    "database.name": "q name",
    "database.user": "q'user",
    "database.schema": "qschema",
    "database.table_prefix": "qprefix_",
    "database.pool_max": 7,
    "database.tls": True,
    "tls.ca_file": "/etc/ssl/q authority.pem",
    "admin.email": "qadmin@example.com",
    "balancer.server_name": "qserver.example.com",
    "balancer.listen": 8443,
    "balancer.public_url": "https://qtyped.example.com:8444/qpublic/",
    "balancer.sticky": True,
    "balancer.redirect": True,
    "balancer.certificate": "/etc/ssl/q certificate;.pem",
    "balancer.certificate_key": "/etc/ssl/q key#.pem",
}
NODES = [
    {"name": "qnode1", "host": "10.9.0.1", "ssh": "qops@10.8.0.1:2222"},
    {"name": "qnode2", "host": "10.9.0.2", "port": 14142},
    {"name": "qnode3", "host": "10.9.0.3", "worker_mode": "*", "cluster_mode": "3"},
]
MACHINES: dict[str, object] = {
    "nodes": NODES,
    "storage.path": "/srv/q storage",
    "app.folder": "/srv/qapp",
    "output.formats": EVERY_KIND["docker"],
    "app.user": "qaccount",
    "storage.server": "qnas",
    "storage.export": "/qexport",
    "storage.options": "qoptions",
}
PODS: dict[str, object] = {
    "app.image": "registry.example.com/q/nocobase:q1",
    "nodes": [{"name": "qnode1"}, {"name": "qnode2"}, {"name": "qnode3", "worker_mode": "*"}],
    "kubernetes.namespace": "qspace",
    "kubernetes.storage_class": "qclass",
    "kubernetes.storage_size": "17Gi",
}
ANSWERS = {
    "nginx": official({**COMMON, **MACHINES}),
    "haproxy": official({**COMMON, **MACHINES, "balancer.kind": "haproxy", "balancer.behind_proxy": True}),
    "caddy": official({**COMMON, **MACHINES, "balancer.kind": "caddy"}),
    "docker": official({**COMMON, **MACHINES, "app.deployment": "docker", "app.image": "registry.example.com/q/nocobase:q$1"}),
    "pods": pods({**COMMON, **PODS}),
    "gateway": pods({**COMMON, **PODS, "kubernetes.gateway": "qinfra/qgateway", "kubernetes.ingress_class": ""}),
    "traefik": pods({**COMMON, **PODS, "kubernetes.ingress_class": "qtraefik"}),
}
ELSEWHERE = {
    "haproxy": ("haproxy/", "ansible/group_vars/"),
    "caddy": ("caddy/", "ansible/group_vars/"),
    "docker": ("docker/", "systemd/", ".env", "ansible/"),
    "gateway": ("kubernetes/httproute.yaml",),
    "traefik": ("kubernetes/ingress.yaml", "kubernetes/service.yaml"),
}
"""Where the files of a place are the same as those of another, those that are its own."""

VALUE = re.compile(
    r"q(?:cluster|public|confirmer|user|cache|pubsub|lock|queue|worker|database|schema|prefix|admin|server|node|ops|nas|export|options"
    r"|app|account|space|class|traefik|infra|gateway|typed)|q (?:name|authority|certificate|key|storage)|q\\x20(?:certificate|key)"
    r"|q\\\\040storage|q'user|/q/|:q|10\.[89]\.0\.\d|1414\d|15432|8443|8444|2222|637\d|Europe|2\.2\.14|17Gi"
)


def mutations(file: OutputFile) -> Iterator[tuple[str, OutputFile]]:
    """Yield every value in a file outside its comments, and the file with a sign changed in this one."""
    seen = set()
    for found in VALUE.finditer(file.text):
        line = file.text[: found.start()].rpartition("\n")[2]
        if line.lstrip().startswith("#") or (file.path.endswith(".env") and line.startswith("#")):
            continue
        if found[0] in seen:
            continue
        seen.add(found[0])
        last = found.end() - 1
        other = "7" if file.text[last] != "7" else "8"
        changed = f"{file.text[:last]}{other}{file.text[last + 1 :]}"
        yield f"{file.path}: {line}{found[0]}", replace(file, data=changed.encode())


@pytest.mark.parametrize("place", ANSWERS)
def test_another_value_in_a_file_is_found(place: str) -> None:
    answers = ANSWERS[place]
    resolved = resolved_for(answers)
    files = plan(Cluster.of(answers), resolved)
    verify(files, Cluster.of(answers), resolved)
    tried, missed = 0, []
    own = ELSEWHERE.get(place, ("",))
    for index, file in enumerate(files):
        for what, changed in () if file.path in PROSE or not file.path.startswith(own) else mutations(file):
            tried += 1
            try:
                verify((*files[:index], changed, *files[index + 1 :]), Cluster.of(answers), resolved)
            except VerificationError:
                continue
            missed.append(what)
    assert tried > 4 and not missed, missed
