"""NocoBase, installed by package name from the registry that npm is set up for, and the stand-ins for its closed plugins."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from nbcluster import facts
from tests.prove.claims import NotRun, note
from tests.services.process import tool

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


_PASSED = re.compile(r"(?i)(?:npm_config_\w+|yarn_\w+|(?:https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))\Z")
"""Variables that say how the registry is reached; what is installed sees no other of this system's."""


def surroundings(home: Path, path: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment in which packages are installed, whose scripts are other people's programs."""
    passed = {name: value for name, value in environ.items() if _PASSED.match(name)}
    return {**passed, "PATH": path, "LANG": "C.UTF-8", "HOME": str(home), "HUSKY": "0"}


def as_account() -> list[str]:
    """Return the words to put before a command so that it runs as the account of the application, which this system need not know."""
    return [tool("setpriv"), "--reuid", str(ACCOUNT_ID), "--regid", str(ACCOUNT_ID), "--clear-groups", "--no-new-privs", "--"]


def _settings(home: Path) -> dict[str, str]:
    """Return where the registry is, as npm is set up for whoever runs the proof."""
    found = {}
    for name in ("registry", "cafile"):
        words = [tool("npm"), "config", "get", name]
        said = subprocess.run(words, cwd=home, capture_output=True, text=True, timeout=60, check=False).stdout.strip()
        if said not in ("", "null", "undefined"):
            found[f"npm_config_{name}"] = said
    return found


def _run(words: list[str], folder: Path, log: Path, environment: Mapping[str, str]) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            [*as_account(), *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=2400,
            check=False,
        )
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-3:]
        raise NotRun(f"{' '.join(words[:3])} ended with {done.returncode}; {log}: {' | '.join(tail)}")


def _given(folder: Path) -> Path:
    """Make a folder of the account's own; raises :class:`NotRun` where the account cannot get there."""
    folder.mkdir(parents=True)
    os.chown(folder, ACCOUNT_ID, ACCOUNT_ID)
    if subprocess.run([*as_account(), tool("test"), "-w", str(folder)], check=False).returncode:
        raise NotRun(f"{folder}: other accounts cannot enter a folder above it; name another one in TEST_SERVICES")
    return folder


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
    own = home / "account"
    for old in (programs, layer, own):
        shutil.rmtree(old, ignore_errors=True)
    folder, modules = layer / FOLDER, programs / "node_modules"
    for new in (programs, folder.parent, own):
        _given(new)
    given = {**surroundings(own, os.environ["PATH"]), **_settings(home)}
    wanted = [f"node@{NODE}", f"yarn@{YARN}", f"create-nocobase-app@{VERSION}"]
    _run(
        ["npm", "install", "--prefix", str(programs), "--no-audit", "--no-fund", "--loglevel=error", *wanted],
        programs,
        log,
        given,
    )
    given["PATH"] = os.pathsep.join([str(modules / "node/bin"), str(modules / ".bin"), os.environ["PATH"]])
    _run(["create-nocobase-app", folder.name, "-d", "postgres", "--skip-dev-dependencies"], folder.parent, log, given)
    package = folder / "package.json"
    content = json.loads(package.read_text())
    content["resolutions"]["xlsx"] = SPREADSHEETS
    package.write_text(json.dumps(content, indent=2))
    _run(["yarn", "install", "--production", "--non-interactive", "--no-progress"], folder, log, given)
    for left in (".env", ".env.e2e"):
        (folder / left).unlink(missing_ok=True)
    local = layer / "usr/local"
    (local / "bin").mkdir(parents=True)
    shutil.copy2(modules / "node/bin/node", local / "bin/node")
    shutil.copytree(modules / "yarn", local / "lib/yarn")
    (local / "bin/yarn").symlink_to("../lib/yarn/bin/yarn.js")
    # what is on the nodes belongs to it; what it was installed with does not
    os.chown(folder.parent, 0, 0)
    shutil.rmtree(own, ignore_errors=True)
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
