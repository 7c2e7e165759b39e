"""The structure of the code: folder, import contract and docs/DESIGN.md agree, no imports are circular, no two types share a name."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CORE = REPOSITORY / "wizard/nbcluster"
CONTRACT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
APART = frozenset({"__init__.py", "__main__.py", "py.typed", "locale", "__pycache__"})
"""What every package has, and the message catalogues: not counted as modules."""

GRAPH = grimp.build_graph("nbcluster", "nbcluster_tui", exclude_type_checking_imports=True, cache_dir=None)


def layers() -> list[list[str]]:
    """Return the layers of the contract, from the top, each as the modules that it names."""
    (contract,) = [each for each in CONTRACT["contracts"] if each["type"] == "layers"]
    return [re.split(r"\s*[|:]\s*", layer) for layer in contract["layers"]]


def root_modules() -> set[str]:
    """Return the modules and packages at the root of the core, by their import names."""
    found = [path for path in CORE.iterdir() if path.name not in APART]
    # a folder that only holds byte code of an earlier state is not a package
    return {f"nbcluster.{path.name.removesuffix('.py')}" for path in found if path.is_file() or (path / "__init__.py").is_file()}


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Return a circle of imports, if there is one."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as fault:
        found: list[str] = fault.args[1]
        return found
    return []


def shared_names(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Return the names that public types of several files have in common, each with the files: classes, and what stands for a type."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            else:
                continue
            for name in names:
                # a capital and a small letter: constants have none of these, functions and variables no capital
                if re.match(r"[A-Z]\w*[a-z]", name):
                    found[name].append(path)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_the_root_has_twenty_modules_at_most() -> None:
    assert len(root_modules()) <= 20, sorted(root_modules())


def test_the_contract_names_every_module_once() -> None:
    named = [module for layer in layers() for module in layer]
    assert len(named) == len(set(named))
    for module in sorted(GRAPH.modules):
        holders = [name for name in named if module == name or module.startswith(f"{name}.")]
        # a package whose modules are named one by one has nothing in its own file
        parts = [name for name in named if name.startswith(f"{module}.")]
        if parts:
            assert not GRAPH.find_modules_directly_imported_by(module), f"{module} imports, and its layer is unknown"
        elif module != "nbcluster":
            assert len(holders) == 1, f"{module}: {holders or 'in no layer'}"


def test_every_module_that_the_contract_names_exists() -> None:
    assert {module for layer in layers() for module in layer} <= GRAPH.modules


def test_the_design_page_shows_the_layers_of_the_contract() -> None:
    text = (REPOSITORY / "docs/DESIGN.md").read_text("utf-8")
    table = re.findall(r"^\| \d+ \| (.+?) \|", text, re.MULTILINE)
    assert [sorted(re.findall(r"`([\w.]+)`", row)) for row in table] == [
        sorted(name.removeprefix("nbcluster.") for name in layer) for layer in layers() if layer != ["nbcluster.__main__"]
    ]


@pytest.mark.parametrize("page", ["docs/DESIGN.md", "CONTRIBUTING.md"])
def test_modules_and_files_that_a_page_names_exist(page: str) -> None:
    names = re.findall(r"`([\w./-]+)`", (REPOSITORY / page).read_text("utf-8"))
    parts = {name.removeprefix("nbcluster.").partition(".")[0] for name in GRAPH.modules}
    for name in names:
        if "/" in name and "<" not in name and not name.startswith("/"):
            assert any((root / name).exists() for root in (REPOSITORY, CORE)), name
        elif "." in name and name.removeprefix("nbcluster.").partition(".")[0] in parts and not (CORE / name).exists():
            module, _dot, attribute = f"nbcluster.{name.removeprefix('nbcluster.')}".rpartition(".")
            whole = f"{module}.{attribute}"
            assert whole in GRAPH.modules or hasattr(importlib.import_module(module), attribute), name


def test_no_module_imports_itself_indirectly() -> None:
    assert not circle({module: GRAPH.find_modules_directly_imported_by(module) for module in GRAPH.modules})


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) and not circle({"a": {"b"}, "b": set()})


def test_the_layers_make_no_exception() -> None:
    (contract,) = [each for each in CONTRACT["contracts"] if each["type"] == "layers"]
    assert "ignore_imports" not in contract


def test_the_name_of_a_public_type_means_one_thing() -> None:
    assert not shared_names(path for root in (CORE, REPOSITORY / "screens") for path in sorted(root.rglob("*.py")))


def test_a_shared_name_is_found(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("class Name: ...\nclass _Own: ...\nclass First: ...\nLIMIT = 1\nAlias = str\n", "utf-8")
    other.write_text("class Name: ...\nclass _Own: ...\nclass Second: ...\nLIMIT = 2\nclass Alias: ...\n", "utf-8")
    assert shared_names([one, other]) == {"Name": [one, other], "Alias": [one, other]}
