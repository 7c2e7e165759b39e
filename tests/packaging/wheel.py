"""What belongs into the wheel: ``python -m tests.packaging.wheel FOLDER`` judges the one wheel in a folder."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = {"nbcluster": REPOSITORY / "wizard/nbcluster", "nbcluster_tui": REPOSITORY / "screens/nbcluster_tui"}


def wanted_files() -> set[str]:
    """Return the names in the wheel of every file in the two packages, byte code left out."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def faults(wheel: Path) -> list[str]:
    """Return what is wrong with a wheel: files that lack, files that are too many, files with another content."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        info = {name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name}
        wanted = wanted_files()
        found = [f"lacks {name}" for name in sorted(wanted - names)]
        found += [f"should not hold {name}" for name in sorted(names - wanted)]
        found += [f"lacks {name}" for name in ("licenses/LICENSE", "entry_points.txt") if name not in info]
        for name in sorted(wanted & names):
            package, _, rest = name.partition("/")
            if archive.read(name) != (PACKAGES[package] / rest).read_bytes():
                found.append(f"holds another {name}")
    return found


def main(folder: Path) -> int:
    """Judge the one wheel in ``folder``; prints the faults and returns 1 if there are any."""
    (wheel,) = folder.glob("*.whl")
    found = faults(wheel)
    print("\n".join(f"{wheel.name} {fault}" for fault in found) or f"{wheel.name}: {len(wanted_files())} files, as it should be")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
