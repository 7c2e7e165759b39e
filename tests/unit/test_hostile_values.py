"""Hostile texts at every key path: each set is either refused with a problem at its key, or written and parsed back."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import FieldKind
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer, problems_for_file
from nbcluster.errors import InvalidAnswersError, errors
from nbcluster.files.fileset import prepare
from nbcluster.steps import STEPS, fields_by_path, tables_by_path
from tests.unit.scenarios import ANSWERS, EVERY_KIND, official_text

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
WORDS = (
    *(f"a{sign}b" for sign in SIGNS),
    *(f"{sign}a" for sign in SIGNS),
    *(f"a{sign}" for sign in SIGNS),
    "a b",
    "a  b",
    "a; add_header X-Evil pwned",
    "a\\",
    'a"',
    "a'",
    "$host",
    "${HOME}",
    "$(id)",
    "`id`",
    "{env.HOME}",
    "{$HOME}",
    "{{ 1 + 1 }}",
    "{% raw %}",
    "{# a",
    "%n",
    "%%",
    "%[src]",
    "a\\x20b",
    "a\\040b",
    "\\\\",
    "![x](http://example.com/x.png)",
    "[a](javascript:alert(1))",
    "<script>alert(1)</script>",
    "</code><b>",
    "a|b|c",
    "- a",
    "# a",
    "a: b",
    "!!python/object:os.system",
    "&a",
    "*a",
    "null",
    "true",
    "0x10",
    "1e3",
    "-",
    "--",
    "-oProxyCommand=id",
    "--file=a",
    "=",
    "~",
    "~root",
    ".",
    "..",
    "...",
    "'; DROP TABLE roles; --",
    'a"; DROP TABLE roles; --',
    "dbname=a host=b",
    "postgres://a",
    "漢字",
    "é",
    "\U0001f600",
    "a\u00a0b",
    "a\u0085b",
    "a\u202eb",
    "a\u2028b",
    "\ufeffa",
    "a\tb",
    "a\x1b[31mb",
    "a" * 300,
)
"""Some read as a path begin with a slash, see ``forms``."""

MACHINES = ("nginx", "haproxy", "caddy", "cloud", "none")
PLACES = (*(("host", kind) for kind in MACHINES), *(("docker", kind) for kind in MACHINES), ("kubernetes", "nginx"))
LEFT_OUT = {"app.base_env", "export.directory", "app.deployment", "balancer.kind", "app.installation"}
"""Names of files of this machine, and what the places themselves decide."""

BASE: dict[str, object] = {
    "storage.server": "nas",
    "storage.export": "/exports/nocobase",
    "tls.ca_file": "/etc/ssl/ca.pem",
    "database.tls": True,
    "license.auto_enable": False,
    "balancer.certificate": "/etc/ssl/a.pem",
    "balancer.certificate_key": "/etc/ssl/a.key",
    "balancer.listen": 443,
    "balancer.redirect": True,
}


def forms(word: str) -> tuple[str, ...]:
    """Return a text as it is, and as a path, a host and an account of ssh."""
    return (word, f"/srv/{word}", f"/srv/{word}/x", f"ops@{word}", f"{word}@10.0.0.1")


def paths() -> list[str]:
    kinds = (FieldKind.TEXT, FieldKind.PATH, FieldKind.SECRET, FieldKind.KEY, FieldKind.URL)
    found = [path for path, field in fields_by_path(STEPS).items() if field.in_file and field.kind in kinds]
    columns = tables_by_path(STEPS)["nodes"].columns
    rows = [f"nodes[1].{column.path}" for column in columns if column.kind is FieldKind.TEXT]
    return [path for path in (*found, *rows) if path not in LEFT_OUT]


def answers_of(place: tuple[str, str], changes: dict[str, str]) -> Answers:
    deployment, kind = place
    nodes: list[dict[str, object]] = [{"name": "node1", "host": "10.0.0.1"}, {"name": "node2", "host": "10.0.0.2"}]
    kinds = EVERY_KIND[deployment]
    every: dict[str, object] = {
        **BASE,
        "output.formats": kinds,
        "app.deployment": deployment,
        "balancer.kind": kind,
        "nodes": nodes,
    }
    if deployment == "kubernetes":
        every = {key: value for key, value in every.items() if not key.startswith("storage.")}
        if "kubernetes.gateway" not in changes:
            every["kubernetes.ingress_class"] = "traefik"
    for path, value in changes.items():
        if path.startswith("nodes["):
            nodes[1][path.partition(".")[2]] = value
        else:
            every[path] = value
    return infer(load_text(official_text(every), "test", ANSWERS, {}).answers)


def refused(place: tuple[str, str], changes: dict[str, str]) -> set[str]:
    """Return the key paths at which the rules, or the reader of answers, refuse."""
    try:
        found = errors(problems_for_file(answers_of(place, changes)))
    except InvalidAnswersError as fault:
        found = fault.problems
    assert all(problem.path and problem.message for problem in found)
    return {problem.path for problem in found}


def accepted(place: tuple[str, str], word: str, turn: int) -> dict[str, str]:
    """Return one hostile text at every path that takes it in some form."""
    chosen = {path: list(_turned(forms(word), index + turn)) for index, path in enumerate(paths())}
    while True:
        changes = {path: left[0] for path, left in chosen.items()}
        bad = refused(place, changes)
        if not bad:
            return changes
        # a rule over several answers names one of them
        mine = bad & chosen.keys() or {path for path in chosen if path.split(".")[0] in {each.split(".")[0] for each in bad}}
        assert mine, f"{place} {word!r}: refused at {bad}, which was not answered"
        for path in mine:
            chosen[path].pop(0)
            if not chosen[path]:
                del chosen[path]


def _turned(words: tuple[str, ...], by: int) -> tuple[str, ...]:
    by %= len(words)
    return words[by:] + words[:by]


def write(place: tuple[str, str], changes: dict[str, str], folder: Path) -> None:
    """Prepare a set; a value that its file cannot hold is refused at its path, then the rest is tried."""
    while found := unwritable(place, changes, folder):
        assert found & changes.keys(), f"{place}: refused at {found}, which was not answered"
        changes = {path: value for path, value in changes.items() if path not in found}


def unwritable(place: tuple[str, str], changes: dict[str, str], folder: Path) -> set[str]:
    """Return the key paths at which a set is refused once it is written; none where it is parsed back."""
    try:
        prepare(answers_of(place, changes), folder)
    except InvalidAnswersError as fault:
        return {problem.path for problem in fault.problems}
    return set()


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_a_hostile_text_is_refused_or_means_what_it_says(place: tuple[str, str], tmp_path: Path) -> None:
    for turn, word in enumerate(WORDS[PLACES.index(place) :: len(PLACES)]):
        write(place, accepted(place, word, turn), tmp_path)
