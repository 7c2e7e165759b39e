"""A certificate authority and a server certificate for 127.0.0.1 and localhost, made for one test session."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import environment, tool


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files; the keys are not encrypted."""

    authority: Path
    certificate: Path
    key: Path
    other_authority: Path
    """An authority that signed nothing here: a client that trusts only this one must refuse the server."""


def make_certificates(folder: Path) -> Certificates:
    """Make the files with the ``openssl`` program, valid for two days."""
    openssl = tool("openssl")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], check=True, capture_output=True, env=environment(), cwd=folder, timeout=60)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        run(
            "req", "-x509", *curve, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN=test {name}",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip
    run("req", *curve[:-2], "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    run(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "extensions", "-out", "server.crt",
    )  # fmt: skip
    return Certificates(folder / "ca.crt", folder / "server.crt", folder / "server.key", folder / "other.crt")
