"""Promise 6: nothing is contacted but the hosts that were typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.scenarios import ANSWERS

WATCH = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.exec", "os.posix_spawn"):
        print("CONTACT", event, arguments[0] if event == "socket.getaddrinfo" else arguments[1:2], file=sys.stderr)
sys.addaudithook(watch)
sys.argv = ["nbcluster", *sys.argv[1:]]
from nbcluster.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def contacts(*arguments: str | Path) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-c", WATCH, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return [line for line in ended.stderr.splitlines() if line.startswith("CONTACT")]


def test_rendering_and_judging_rules_contact_nobody(tmp_path: Path) -> None:
    assert contacts("render", "--answers", ANSWERS / "official.toml", "--out", tmp_path / "out") == []
    assert contacts("check", "--answers", ANSWERS / "official.toml", "--only", "rules") == []
    assert contacts("schema") == contacts("sessions") == contacts("import", ANSWERS / "existing.env") == []
