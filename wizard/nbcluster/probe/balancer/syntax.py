"""Tests the generated file with nginx or HAProxy, where the program is installed on this machine; nothing is started."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from nbcluster.probe.findings import Finding, text, verdict

_SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_AROUND = """\
error_log stderr;
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
    include snippet.conf;
}
"""
_ELSEWHERE = (
    "host not found",
    "could not resolve",
    "cannot load certificate",
    "no such file",
    "unable to stat",
    "permission denied",
)
"""Messages about names, files and ports that belong to another machine or user."""


def judge(kind: str, written: str, seconds: float) -> Finding:
    """Test a file with its own program; raises ``OSError`` where that cannot be done here."""
    program = shutil.which(kind, path=_SBIN)
    if program is None:
        return verdict("balancer.syntax.absent", program=kind)
    with tempfile.TemporaryDirectory(prefix="nbcluster-") as name:
        folder = Path(name)
        if kind == "nginx":
            (folder / "snippet.conf").write_text(written, "utf-8")
            (folder / "nginx.conf").write_text(_AROUND, "utf-8")
            words = ["-t", "-e", "stderr", "-p", f"{folder}/", "-c", str(folder / "nginx.conf")]
        else:
            (folder / "written.cfg").write_text(written, "utf-8")
            words = ["-c", "-f", str(folder / "written.cfg")]
        try:
            done = subprocess.run(  # noqa: S603 - the installed program, words of our own
                [program, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False, cwd=folder
            )
        except subprocess.TimeoutExpired:
            return verdict("balancer.syntax.untried", program=kind, reason=f"> {seconds:.0f} s")
    said = (done.stdout + done.stderr).decode("utf-8", "replace").replace(name, "")
    if done.returncode == 0:
        return verdict("balancer.syntax.ok", program=kind)
    lines = [line for line in said.splitlines() if "[emerg]" in line or "[ALERT]" in line] or said.splitlines() or ["?"]
    reason = text(lines[0], 200)
    if any(part in said.lower() for part in _ELSEWHERE):
        return verdict("balancer.syntax.untried", program=kind, reason=reason)
    return verdict("balancer.syntax.refused", program=kind, reason=reason)
