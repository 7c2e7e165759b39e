"""NocoBase, installed by package name from the registry that npm is set up for, and the stand-ins for its closed plugins."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from nbcluster import facts
from tests.prove.claims import NotRun, note

VERSION = facts.REVIEWED[1]
NODE = "22"
"""What the official image has, and what libraries of NocoBase ask for by now (nocobase.md §8 #3)."""
YARN = "1.22.22"
SPREADSHEETS = "0.18.5"
"""xlsx as the registry has it: NocoBase names a later one at its maker's own address, which a machine behind a mirror may not reach."""
PLUGINS = Path(__file__).parent / "plugins"
STAND_INS = (facts.PUBSUB_PLUGIN, facts.LOCK_PLUGIN, facts.QUEUE_PLUGIN, facts.WORKER_ID_PLUGIN)


FOLDER = "srv/nocobase/app"
"""Where nodes have it."""
ACCOUNT = "nocobase"
ACCOUNT_ID = 990


def _run(words: list[str], folder: Path, log: Path, path: str) -> None:
    environment = {**os.environ, "PATH": path, "HUSKY": "0"}
    with log.open("ab") as output:
        done = subprocess.run(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=2400, check=False
        )
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-3:]
        raise NotRun(f"{' '.join(words[:3])} ended with {done.returncode}; {log}: {' | '.join(tail)}")


def install(home: Path) -> Path:
    """Install NocoBase of the reviewed version, Node and yarn below ``home``, unless they are there; return the layer that nodes have them in.

    Raises :class:`NotRun` where they cannot be had.
    """
    programs, layer, log = home / "programs", home / "layer", home / "install.log"
    complete, mark = layer / ".complete", f"{VERSION} {NODE} {YARN} {SPREADSHEETS}\n"
    if complete.exists() and complete.read_text() == mark:
        return layer
    if shutil.which("npm") is None:
        raise NotRun("npm is not installed")
    note(f"installing NocoBase {VERSION}: some minutes, 1.3 GB")
    for old in (programs, layer):
        shutil.rmtree(old, ignore_errors=True)
    folder, modules = layer / FOLDER, programs / "node_modules"
    programs.mkdir(parents=True)
    folder.parent.mkdir(parents=True)
    wanted = [f"node@{NODE}", f"yarn@{YARN}", f"create-nocobase-app@{VERSION}"]
    _run(
        ["npm", "install", "--prefix", str(programs), "--no-audit", "--no-fund", "--loglevel=error", *wanted],
        home,
        log,
        os.environ["PATH"],
    )
    path = os.pathsep.join([str(modules / "node/bin"), str(modules / ".bin"), os.environ["PATH"]])
    _run(["create-nocobase-app", folder.name, "-d", "postgres", "--skip-dev-dependencies"], folder.parent, log, path)
    package = folder / "package.json"
    content = json.loads(package.read_text())
    content["resolutions"]["xlsx"] = SPREADSHEETS
    package.write_text(json.dumps(content, indent=2))
    _run(["yarn", "install", "--production", "--non-interactive", "--no-progress"], folder, log, path)
    for left in (".env", ".env.e2e"):
        (folder / left).unlink(missing_ok=True)
    local = layer / "usr/local"
    (local / "bin").mkdir(parents=True)
    shutil.copy2(modules / "node/bin/node", local / "bin/node")
    shutil.copytree(modules / "yarn", local / "lib/yarn")
    (local / "bin/yarn").symlink_to("../lib/yarn/bin/yarn.js")
    _run(["chown", "-R", f"{ACCOUNT_ID}:{ACCOUNT_ID}", str(folder)], home, log, path)
    complete.write_text(mark)
    return layer


def packages(target: Path) -> None:
    """Pack each stand-in as the closed plugin is packed: ``NAME-VERSION.tgz`` with everything below ``package/``."""
    target.mkdir(parents=True, exist_ok=True)
    for name in STAND_INS:
        short = name.removeprefix(facts.PLUGIN_PREFIX)
        about = {
            "name": name,
            "version": VERSION,
            "displayName": f"Stand-in for {short}",
            "license": "Apache-2.0",
            "main": "dist/server/index.js",
            "peerDependencies": {"@nocobase/server": "2.x"},
        }
        files = {
            "package.json": json.dumps(about, indent=2).encode(),
            "client.js": b"",
            "server.js": b"module.exports = require('./dist/server/index.js');\n",
            "dist/client/index.js": b"",
            "dist/server/index.js": (PLUGINS / f"{short}.js").read_bytes(),
            "dist/server/connection.js": (PLUGINS / "connection.js").read_bytes(),
        }
        with tarfile.open(target / f"nocobase-plugin-{short}-{VERSION}.tgz", "w:gz") as archive:
            for path, content in files.items():
                entry = tarfile.TarInfo(f"package/{path}")
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
