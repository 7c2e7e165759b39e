"""Certificate and key of the load balancer, as this machine has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from nbcluster.answers.targets import Target, TargetKind
from nbcluster.checks.run import run_checks
from nbcluster.files.targets import targets
from nbcluster.probe.balancer import certificate
from nbcluster.probe.balancer.probe import BalancerProbe
from nbcluster.probe.stages import plan
from tests.checks.conftest import by_id
from tests.services.certificates import Certificates
from tests.services.process import environment, tool
from tests.unit.scenarios import official


def judged(certificate: Path, key: Path, name: str = "localhost") -> tuple[str, str]:
    params = {"certificate": str(certificate), "certificate_key": str(key), "server_name": name}
    found = by_id(run_checks([Target("balancer", TargetKind.BALANCER, str(certificate), params)]))["balancer.certificate"]
    return found.code.removeprefix("balancer.certificate."), found.status.value


def self_signed(folder: Path, *words: str) -> tuple[Path, Path]:
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "k.pem", "-out", "c.pem"]
    name = ["-subj", "/CN=x", "-addext", "subjectAltName=DNS:*.example.com,DNS:example.com"]
    subprocess.run(
        [tool("openssl"), *made, *name, *words], check=True, capture_output=True, env=environment(), cwd=folder, timeout=60
    )
    return folder / "c.pem", folder / "k.pem"


def test_a_pair_that_fits(certificates: Certificates) -> None:
    # They are made for two days.
    assert judged(certificates.certificate, certificates.key) == ("ending", "warn")
    assert judged(certificates.certificate, certificates.key, "127.0.0.1") == ("ending", "warn")


def test_a_pair_that_holds_for_long(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "-nodes", "-days", "90")
    assert judged(certificate, key, "Nocobase.example.com.") == ("ok", "ok")
    assert judged(certificate, key, "a.b.example.com") == ("name", "fail")


def test_a_name_that_the_certificate_does_not_have(certificates: Certificates) -> None:
    assert judged(certificates.certificate, certificates.key, "nocobase.example.com") == ("name", "fail")


def test_a_key_of_another_certificate(certificates: Certificates, tmp_path: Path) -> None:
    _certificate, key = self_signed(tmp_path, "-nodes")
    assert judged(certificates.certificate, key) == ("mismatch", "fail")


def test_a_key_with_a_passphrase_asks_nobody(tmp_path: Path) -> None:
    assert judged(*self_signed(tmp_path, "-passout", "pass:long-enough")) == ("encrypted", "fail")


def test_an_expired_certificate(tmp_path: Path) -> None:
    openssl = tool("openssl")
    (tmp_path / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n"
        "[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost\n"
    )
    (tmp_path / "index").write_text("")
    (tmp_path / "serial").write_text("01\n")
    certificate, key = self_signed(tmp_path, "-nodes")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], check=True, capture_output=True, env=environment(), cwd=tmp_path, timeout=60)

    run("req", "-new", "-key", "k.pem", "-subj", "/CN=x", "-out", "r.csr")
    dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
    run(
        "ca",
        "-batch",
        "-config",
        "ca.cnf",
        "-in",
        "r.csr",
        "-out",
        "old.pem",
        "-cert",
        certificate.name,
        "-keyfile",
        "k.pem",
        *dates,
    )
    assert judged(tmp_path / "old.pem", key) == ("expired", "fail")


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\x00\xff"])
def test_what_is_no_certificate(tmp_path: Path, certificates: Certificates, text: str) -> None:
    (tmp_path / "c.pem").write_text(text, "latin-1")
    assert judged(tmp_path / "c.pem", certificates.key) == ("broken", "fail")


def test_files_that_are_elsewhere_are_not_judged(tmp_path: Path, certificates: Certificates) -> None:
    assert judged(tmp_path / "none.pem", certificates.key) == ("elsewhere", "skip")
    assert judged(certificates.certificate, tmp_path / "none.pem") == ("elsewhere", "skip")


def test_a_file_that_may_not_be_read(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(certificate, "_first_certificate", refuse)
    params = {"certificate": str(certificates.certificate), "certificate_key": str(certificates.key)}
    assert BalancerProbe(params, 5).certificate().code == "balancer.certificate.unreadable"


def test_only_a_balancer_with_a_name_and_a_file_is_a_target() -> None:
    def found(changes: dict[str, object]) -> list[list[str]]:
        goals = [t for t in targets(official(changes)) if t.kind is TargetKind.BALANCER]
        return [[stage.name for stage in plan(t.kind, t.params)] for t in goals]

    assert found({}) == [["name", "port", "exposure", "syntax"]]
    assert found({"balancer.certificate": "/c.pem", "balancer.certificate_key": "/k.pem"}) == [
        ["name", "port", "exposure", "certificate", "syntax"]
    ]
    assert found({"balancer.kind": "caddy"}) == [["name", "port", "exposure"]]
    assert found({"balancer.kind": "none"}) == []
