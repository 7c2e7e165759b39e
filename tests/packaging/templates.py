"""The templates as modules: ``python -m tests.packaging.templates`` compiles them into the package, so that no run has to."""

from __future__ import annotations

from pathlib import Path

import jinja2

from nbcluster.files.template import environment, module_of, source, state_of

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = REPOSITORY / "wizard/nbcluster/files/templates"
COMPILED = REPOSITORY / "wizard/nbcluster/files/compiled"


def names() -> list[str]:
    """Return the name of every template."""
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))


def compiled(name: str) -> str:
    """Return the module of a template."""
    text = source(name)
    code = environment().compile(text, name, name, raw=True, defer_init=True)
    about = f'"""{name}, compiled by jinja2 {jinja2.__version__}: make templates."""\n'
    return f'{about}STATE = "{state_of(text, jinja2.__version__)}"\n__file__ = "{name}"\n{code.rstrip()}\n'


def files() -> dict[str, str]:
    """Return the text of every module by the name of its file."""
    return {f"{module_of(name)}.py": compiled(name) for name in names()}


def main() -> None:
    """Write the modules, and remove those of templates that are gone."""
    wanted = files()
    for path in COMPILED.glob("*.py"):
        if path.name not in {"__init__.py", *wanted}:
            path.unlink()
    for name, text in wanted.items():
        (COMPILED / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
