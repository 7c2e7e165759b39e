"""One file that runs the whole program: ``python -m tests.packaging.bundle FOLDER`` writes nbcluster.pyz and its digest.

The parts are copied from the environment that runs this, and only if their names and versions are those of requirements.lock and each of
their files is the one that its wheel recorded. So the hashes of the lock reach into the file, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import tempfile
import zipapp
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from tests.packaging.wheel import PACKAGES, REPOSITORY, wanted_files

NAME = "nbcluster.pyz"
INTERPRETER = "/usr/bin/env python3"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file can hold: no date of a build is in the file."""
OF_ONE_MACHINE = {".so", ".pyd", ".dll", ".dylib", ".pyc", ".c", ".pyi"}
"""Endings of what is built for one machine, or of use to a compiler or type checker alone; each such part has a pure twin."""
KEPT_INFORMATION = re.compile(r"METADATA$|(?:^|/)(?:LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.IGNORECASE)
"""What of a distribution's information goes along: name and version, and the terms of its licence."""

# Runs on any Python 3: an old one gets a sentence instead of a syntax error.
START = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("nbcluster needs Python 3.11 or later; this is Python " + sys.version.split()[0])

from nbcluster.__main__ import run

run()
"""


class NotAsLocked(Exception):
    """The environment is not what requirements.lock says; the text says what to do."""


def locked() -> dict[str, str]:
    """Return name and version of every entry of requirements.lock, whatever condition stands beside it."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (REPOSITORY / "requirements.lock").read_text("utf-8"), re.MULTILINE))


def installed(name: str, version: str) -> Distribution:
    """Return an installed distribution; raises ``NotAsLocked`` where it is missing or has another version."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise NotAsLocked(f"{name} is not installed: run make setup") from None
    if found.version != version:
        raise NotAsLocked(f"{name} {found.version} is installed, requirements.lock says {version}: run make setup")
    return found


def files_of(part: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of what a distribution brings; raises ``NotAsLocked`` for a file that its wheel did not record so."""
    for entry in part.files or ():
        path = PurePosixPath(entry.as_posix())
        information = ".dist-info/" in str(path)
        if ".." in path.parts or path.suffix in OF_ONE_MACHINE or (information and not KEPT_INFORMATION.search(str(path))):
            continue
        content = Path(str(entry.locate())).read_bytes()
        recorded = entry.hash
        if recorded is None or recorded.mode != "sha256" or _digest(content) != recorded.value:
            raise NotAsLocked(f"{path} of {part.name} is not the file that was installed: remove .venv and run make setup")
        yield str(path), content


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def contents() -> dict[str, bytes]:
    """Return every file of the bundle by name, in order."""
    found = {"__main__.py": START.encode(), "LICENSE": (REPOSITORY / "LICENSE").read_bytes()}
    for name in wanted_files():
        package, _, rest = name.partition("/")
        found[name] = (PACKAGES[package] / rest).read_bytes()
    for name, version in locked().items():
        for path, content in files_of(installed(name, version)):
            if found.setdefault(path, content) != content:
                raise NotAsLocked(f"two parts bring {path}")
    return dict(sorted(found.items()))


def folders(names: Iterable[str]) -> set[str]:
    """Return every folder above some files: Python finds a namespace package in a zip file only by the entry of its folder."""
    return {f"{parent}/" for name in names for parent in PurePosixPath(name).parents if parent.name}


def build(folder: Path) -> Path:
    """Write the bundle and its SHA-256 into a folder, the same bytes each time; raises ``NotAsLocked``."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / NAME
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.zip"
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            files = contents()
            for name in sorted({*files, *folders(files)}):
                item = zipfile.ZipInfo(name, EPOCH)
                item.create_system = 3
                item.compress_type = zipfile.ZIP_STORED if item.is_dir() else zipfile.ZIP_DEFLATED
                item.external_attr = 0o40755 << 16 | 0x10 if item.is_dir() else 0o100644 << 16
                archive.writestr(item, files.get(name, b""))
        zipapp.create_archive(plain, target, INTERPRETER)
    target.chmod(0o755)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (folder / f"{NAME}.sha256").write_text(f"{digest}  {NAME}\n", "ascii")
    return target


def main(folder: Path) -> int:
    """Build and say what was built; returns 1 with the reason where the environment is not what the lock says."""
    try:
        target = build(folder)
    except NotAsLocked as problem:
        print(f"bundle: {problem}", file=sys.stderr)
        return 1
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {len(locked())} parts beside the program; {target}.sha256")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
