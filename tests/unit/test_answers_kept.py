"""What was answered is in the written answers file, whatever the other answers make of it; only an unneeded secret is left out, and named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, FieldKind
from nbcluster.answers.file import dump, load_text, secret_variable, unwritten
from nbcluster.answers.flow import infer
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.files.fileset import prepare
from nbcluster.steps import new_answers
from tests.cli.program import nbcluster
from tests.unit.scenarios import official, official_text

_FIELDS = {path: field for path, field in new_answers().fields.items() if field.in_file}
_SECRET = "pass-word-of-this-test"


def _texts(field: Field) -> tuple[str, ...]:
    words = (
        "",
        "a",
        "10.0.0.9",
        "x.example.com",
        "/srv/x",
        "https://x.example.com",
        "infra/public",
        "1.2.3",
        "UTC",
        "10Gi",
        "a@b.de",
    )
    return tuple(w for w in words if not w or not field.pattern or re.fullmatch(field.pattern, w))


def _values(path: str) -> st.SearchStrategy[object]:
    """Return what a field may be answered with in a file, as TOML has it."""
    field = _FIELDS[path]
    match field.kind:
        case FieldKind.BOOLEAN:
            return st.booleans()
        case FieldKind.INTEGER:
            return st.integers(
                max(field.minimum or 0, 0), min(field.maximum or 9, 9) if field.maximum and field.maximum < 9 else 9
            )
        case FieldKind.URL:
            scheme = field.scheme
            return st.sampled_from(
                [f"{scheme}://10.0.0.9/1", f"{scheme}://me@10.0.0.9", f"{scheme}://me:{_SECRET}@h.example:1234/2"]
            ) | st.just({"url": f"{scheme}://me@h.example/3", "password": {"env": "ELSEWHERE"}})
        case FieldKind.CHOICE:
            return st.sampled_from(sorted({c.value for c in field.choices_for(new_answers())}))
        case FieldKind.MULTI:
            return st.lists(st.sampled_from(("one", "two")), max_size=2, unique=True)
        case FieldKind.SECRET | FieldKind.KEY:
            return st.just(_SECRET) | st.just({"env": "ELSEWHERE"})
    return st.sampled_from(_texts(field))


def _text(values: dict[str, object]) -> str:
    document: dict[str, object] = {"schema": 1, "nodes": [{"name": "n1", "host": "10.0.0.1", "cores": 4, "worker_mode": "!"}]}
    for path, value in values.items():
        section, _dot, name = path.rpartition(".")
        holder = document.setdefault(section, {}) if section else document
        assert isinstance(holder, dict)
        holder[name] = value
    return tomlkit.dumps(document)


def _state(answers: Answers) -> dict[str, object]:
    """Return everything that the answers give, by key path; secrets in the clear, an empty text as none."""
    found: dict[str, object] = {}
    for path in (*_FIELDS, *answers.tables):
        value = answers[path]
        found[path] = value.reveal() if isinstance(value, Url | Secret) else None if value == "" else value
    return found


def _again(answers: Answers) -> Answers:
    environment = {"ELSEWHERE": _SECRET}
    for path in _FIELDS:
        value = answers[path]
        environment[secret_variable(f"{path}.password" if isinstance(value, Url) else path)] = _SECRET
    return infer(load_text(dump(answers), "again", Path("/"), environment).answers)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={path: _values(path) for path in _FIELDS}))
def test_every_answer_comes_back_or_is_named(values: dict[str, object]) -> None:
    # base_env names a file of its own
    values.pop("app.base_env", None)
    answers = infer(load_text(_text(values), "first", Path("/"), {"ELSEWHERE": _SECRET}).answers)
    named = {problem.path for problem in unwritten(answers)}
    again = _again(answers)
    before, after = _state(answers), _state(again)
    assert {path for path in before if before[path] != after[path]} <= named
    assert named <= set(values) and all(_SECRET in str(before[path]) or "***" in str(answers[path]) for path in named)
    assert _SECRET not in dump(answers) and dump(again) == dump(answers)


@pytest.mark.parametrize("kind", ["cloud", "none"])
def test_a_balancer_without_a_file_keeps_what_was_answered(kind: str) -> None:
    given = {"balancer.server_name": "x.example.com", "balancer.listen": 8443, "balancer.public_url": "https://x.example.com"}
    written = tomlkit.parse(dump(official({"balancer.kind": kind, **given}))).unwrap()
    assert {f"balancer.{name}": written["balancer"][name] for name in ("server_name", "listen", "public_url")} == given


@pytest.mark.parametrize("url", ["amqp://me:pass-word-of-this-test@10.0.0.9/x", "amqp://pass-word-of-this-test@10.0.0.9/x"])
def test_an_unneeded_secret_is_left_out_and_named(url: str, tmp_path: Path) -> None:
    answers = official({"queue.url": url})
    assert "queue.url" not in _written(answers) and [p.path for p in unwritten(answers)] == ["queue.url"]
    warnings = prepare(answers, tmp_path).warnings
    assert [p.path for p in warnings if p.rule == "unwritten"] == ["queue.url"]
    assert _SECRET not in "".join(p.line() for p in warnings)


def test_an_unneeded_secret_is_not_named_twice(tmp_path: Path) -> None:
    broker = {"queue.adapter": "rabbitmq", "queue.url": "amqp://me:pw@mq.example.com/x", "license.pending": True}
    answers = official({**broker, "redis.queue": f"redis://:{_SECRET}@10.0.0.9/1"})
    assert [p.rule for p in prepare(answers, tmp_path).warnings if p.path == "redis.queue"] == ["unwritten"]


def test_what_is_written_can_be_rendered_as_it_stands_and_gives_the_same(tmp_path: Path) -> None:
    file, first, second = tmp_path / "a.toml", tmp_path / "first", tmp_path / "second"
    changes = {
        "balancer.kind": "cloud",
        "database.dialect": "mysql",
        "database.schema": "x",
        "queue.url": f"amqp://me:{_SECRET}@h/x",
    }
    file.write_text(official_text(changes))
    ended = nbcluster("render", "--answers", file, "--out", first, "--json")
    assert ended.code == 0, ended.err
    assert [p["path"] for p in ended.json()["problems"] if p["rule"] == "unwritten"] == ["queue.url"]
    again = nbcluster("render", "--answers", first / "answers.toml", "--out", second, "--json")
    assert again.code == 0 and not [p for p in again.json()["problems"] if p["rule"] == "unwritten"], again.err
    for name in ("answers.toml", "SUMMARY.md"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def _written(answers: Answers) -> set[str]:
    document = tomlkit.parse(dump(answers)).unwrap()
    return {f"{section}.{name}" for section, table in document.items() if isinstance(table, dict) for name in table}
