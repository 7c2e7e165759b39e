"""Three nodes over ssh, with the rendered files and a stand-in for the application."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ansible import application
from tests.ansible.sshd import Sshd
from tests.cli.program import nbcluster
from tests.services.process import free_ports, tool
from tests.unit.scenarios import EVERY_KIND, official_text

NODES = ("worker", "web1", "web2")
"""In the order of the answers; the first cannot boot first, because it serves no requests."""


@dataclass(frozen=True)
class Run:
    """What a playbook left behind."""

    code: int
    text: str

    def changed(self, node: str) -> int:
        """Return how many tasks changed something on a node."""
        found = re.search(rf"^{node} +: .*changed=(\d+)", self.text, re.MULTILINE)
        assert found, self.text
        return int(found[1])


class Cluster:
    """A folder that nbcluster wrote, and a folder for each node."""

    def __init__(self, folder: Path, sshd: Sshd, control: Path, deployment: str = "host") -> None:
        self.folder, self._sshd, self._control = folder, sshd, control
        self.out, self.nodes = folder / "out", folder / "nodes"
        self.ports = dict(zip(NODES, (free_ports() for _ in NODES), strict=True))
        for name in NODES:
            self.home(name).mkdir(parents=True)
            self.units(name).mkdir()
        share = folder / "share"
        share.mkdir()
        modes = {"worker": {"worker_mode": "*"}}
        rows = [
            {"name": name, "host": "127.0.0.1", "port": self.ports[name], "ssh": f"127.0.0.1:{port}", **modes.get(name, {})}
            for name, port in zip(NODES, sshd.ports, strict=True)
        ]
        changes = {
            "output.formats": EVERY_KIND[deployment],
            "nodes": rows,
            "storage.path": str(share),
            "app.deployment": deployment,
        }
        (folder / "answers.toml").write_text(official_text(changes))
        done = nbcluster("render", "--answers", folder / "answers.toml", "--out", self.out, environment={"HOME": str(folder)})
        assert done.code == 0, done.err

    def home(self, node: str) -> Path:
        """Return the application's folder of a node."""
        return self.nodes / node

    def units(self, node: str) -> Path:
        """Return the folder where systemd would look on a node."""
        return self.nodes / f"{node}.units"

    def variables(self) -> dict[str, Any]:
        """Return the variables that replace commands and paths of real nodes."""
        home = f"{self.nodes}/{{{{ inventory_hostname }}}}"
        do = {
            name: f"{sys.executable} {application.__file__} {word} {home} {{{{ nocobase_port }}}}"
            for name, word in (("start", "start"), ("stop", "stop"), ("running", "running"), ("alone", "alone"))
        }
        return {
            "ansible_become": False,
            "ansible_python_interpreter": sys.executable,
            "ansible_ssh_common_args": self._sshd.options,
            "nocobase_application": home,
            "nocobase_owner": str(os.geteuid()),
            "nocobase_mount_required": False,
            "nocobase_unit": f"{self.nodes}/{{{{ inventory_hostname }}}}.units/nocobase.service",
            "nocobase_health_program": f"{home}/nocobase-health",
            "nocobase_reload_units": f"touch {self.nodes}/{{{{ inventory_hostname }}}}.reloaded",
            "nocobase_start": do["start"],
            "nocobase_stop": do["stop"],
            "nocobase_running": do["running"],
            "nocobase_first_boot_start": do["alone"],
            "nocobase_maintenance_start": do["alone"],
            "nocobase_alone_stop": [do["stop"]],
            "nocobase_health_tries": 1,
            "nocobase_health_pause": 1,
            "nocobase_stop_seconds": 2,
        }

    def play(self, tags: str, *options: str, **changes: object) -> Run:
        """Run the playbook from beside the folder, as its head says."""
        variables = self.folder / "variables.json"
        variables.write_text(json.dumps({**self.variables(), **changes}))
        words = [
            tool("ansible-playbook", str(Path(sys.executable).parent)),
            "-i",
            "ansible/inventory.yaml",
            "ansible/playbook.yaml",
        ]
        words += ["--tags", tags, "-e", f"@{variables}", *options]
        done = subprocess.run(words, capture_output=True, cwd=self.out, env=self._environment(), timeout=120, check=False)
        return Run(done.returncode, (done.stdout + done.stderr).decode(errors="replace"))

    def journal(self) -> list[tuple[str, str, dict[str, str]]]:
        """Return what the stand-in did since the last call: what, on which node, with which overrides."""
        file = self.nodes / "journal"
        lines = file.read_text().splitlines() if file.exists() else []
        file.write_text("")
        return [(do, node, seen) for do, node, seen in (json.loads(line) for line in lines)]

    def running(self) -> set[str]:
        """Return the nodes whose stand-in runs."""
        return {name for name in NODES if application.process(self.home(name)) is not None}

    def start(self) -> None:
        """Start every stand-in without an entry in the journal."""
        for name in NODES:
            words = [sys.executable, application.__file__, "start", str(self.home(name)), str(self.ports[name])]
            subprocess.run(words, check=True, capture_output=True, timeout=30)
        self.journal()

    def stop(self) -> None:
        """End the stand-ins."""
        for name in NODES:
            application.stop(self.home(name))

    def _environment(self) -> dict[str, str]:
        places = {
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible/tmp"),
            "ANSIBLE_REMOTE_TMP": str(self.folder / "ansible/remote"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._control),
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=auto -o ControlPersist=30s",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_FORCE_COLOR": "false",
        }
        bin_folder = str(Path(sys.executable).parent)
        path = os.pathsep.join([bin_folder, os.environ["PATH"], "/usr/sbin"])
        return {"HOME": str(self.folder), "PATH": path, "LANG": "C.UTF-8", **places}
