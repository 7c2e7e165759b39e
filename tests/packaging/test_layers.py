"""The layers of the import contract name every module: what stands in none may import whatever it likes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbcluster

PACKAGE = Path(nbcluster.__file__).parent
CONTRACTS = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = next(contract for contract in CONTRACTS if contract["id"] == "layers")["layers"]
NAMED = frozenset(re.findall(r"[\w.]+", " ".join(LAYERS)))


def modules_of(folder: Path, name: str) -> dict[str, Path]:
    """Return the modules and packages directly in a package, by their full names."""
    found = {f"{name}.{path.stem}": path for path in folder.glob("*.py") if path.stem != "__init__"}
    return found | {f"{name}.{path.parent.name}": path.parent for path in folder.glob("*/__init__.py")}


def unnamed(folder: Path, name: str) -> list[str]:
    """Return what has no layer: a package whose parts have layers of their own needs none."""
    out = []
    for module, path in modules_of(folder, name).items():
        split = any(layer.startswith(f"{module}.") for layer in NAMED)
        out += unnamed(path, module) if split else [] if module in NAMED else [module]
    return out


def test_every_module_has_a_layer() -> None:
    assert unnamed(PACKAGE, "nbcluster") == []


def test_every_layer_has_a_module() -> None:
    own = [layer for layer in NAMED if layer.startswith("nbcluster.")]
    places = {layer: PACKAGE.joinpath(*layer.split(".")[1:]) for layer in own}
    assert [layer for layer, place in places.items() if not place.with_suffix(".py").exists() and not place.is_dir()] == []
