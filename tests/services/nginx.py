"""The real nginx as judge of a generated snippet."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import environment, remove, short_folder

# A file of upstream and server blocks alone is no main configuration: "upstream" is not allowed there.
WRAPPER = """\
daemon off;
error_log stderr;
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path tmp_body; proxy_temp_path tmp_proxy; fastcgi_temp_path tmp_fcgi;
    uwsgi_temp_path tmp_uwsgi; scgi_temp_path tmp_scgi;
    include snippet.conf;
}
"""


@dataclass(frozen=True)
class Verdict:
    """What ``nginx -t`` says."""

    ok: bool
    output: str


@dataclass(frozen=True)
class Nginx:
    """The nginx program."""

    path: str

    def test(self, snippet: str) -> Verdict:
        """Judge a snippet for the ``http`` block; ``nginx -t`` binds the ports and resolves the names that it names."""
        folder = short_folder("nginx")
        try:
            (folder / "snippet.conf").write_text(snippet, encoding="utf-8")
            (folder / "wrapper.conf").write_text(WRAPPER)
            return self._run(folder, folder / "wrapper.conf")
        finally:
            remove(folder)

    def wrapped(self, snippet: str, folder: Path) -> list[str]:
        """Write a full configuration around a snippet into ``folder`` and return the command that serves it in the foreground."""
        (folder / "snippet.conf").write_text(snippet, encoding="utf-8")
        (folder / "wrapper.conf").write_text(WRAPPER)
        return [self.path, "-e", "stderr", "-c", str(folder / "wrapper.conf"), "-p", f"{folder}/"]

    def _run(self, folder: Path, wrapper: Path) -> Verdict:
        words = [self.path, "-e", "stderr", "-t", "-c", str(wrapper), "-p", f"{folder}/"]
        done = subprocess.run(words, capture_output=True, env=environment(), timeout=30, check=False)
        return Verdict(done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace"))
