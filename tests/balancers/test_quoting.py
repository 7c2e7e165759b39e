"""Paths of certificates with special characters: read unchanged by the real programs, or refused at the key."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from tests.balancers.conftest import Program
from tests.services.certificates import Certificates
from tests.services.nginx import Nginx
from tests.services.process import free_ports
from tests.unit.scenarios import official, problems

ODD = {
    "nginx": "a b;  {#}'%é~,.pem",
    "haproxy": "a b;{#}'\"$\\%[src]é.pem",
    "caddy": "a b;#'$%`é.pem",
}
REFUSED = {"nginx": '$"\\', "haproxy": "", "caddy": '{}"\\'}


def text_with(kind: str, folder: Path, certificates: Certificates) -> str:
    """Return the file of a kind of balancer whose certificate and key have odd names."""
    certificate = folder / ODD[kind]
    certificate.write_bytes(certificates.certificate.read_bytes())
    key = Path(f"{certificate}.key")
    key.write_bytes(certificates.key.read_bytes())
    tls = {"balancer.kind": kind, "balancer.certificate": str(certificate), "balancer.certificate_key": str(key)}
    return FILES[kind][1](
        Cluster.of(official({**tls, "balancer.listen": free_ports(), "nodes": [{"name": "n", "host": "127.0.0.1"}]}))
    )


def test_nginx_reads_an_odd_path(tmp_path: Path, certificates: Certificates, nginx_binary: Nginx) -> None:
    verdict = nginx_binary.test(text_with("nginx", tmp_path, certificates))
    assert verdict.ok, verdict.output


@pytest.mark.parametrize("kind", ["haproxy", "caddy"])
def test_others_read_an_odd_path(kind: str, tmp_path: Path, certificates: Certificates) -> None:
    right, said = Program(kind, tmp_path).judge(text_with(kind, tmp_path, certificates))
    assert right, said


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("key", ["certificate", "certificate_key"])
def test_what_no_file_can_hold_is_refused_at_its_key(kind: str, key: str) -> None:
    tls = {"balancer.kind": kind, "balancer.certificate": "/etc/ssl/a.pem", "balancer.certificate_key": "/etc/ssl/b.pem"}
    for sign in "$\"\\{};#' ":
        found = problems({**tls, f"balancer.{key}": f"/etc/ssl/{sign}.pem", "balancer.listen": 443})
        assert (f"balancer.{key} certificate" in found) is (sign in REFUSED[kind]), sign
        assert not found.keys() - {f"balancer.{key} certificate"}


def test_the_line_for_the_key_beside_its_certificate_can_be_pasted() -> None:
    tls = {"balancer.kind": "haproxy", "balancer.certificate": "/etc/a b.pem", "balancer.certificate_key": "/etc/c d.pem"}
    text = FILES["haproxy"][1](Cluster.of(official({**tls, "balancer.listen": 443})))
    (line,) = [line for line in text.splitlines() if "ln -s" in line]
    assert shlex.split(line[line.index("ln -s") :]) == ["ln", "-s", "/etc/c d.pem", "/etc/a b.pem.key"]
