"""The demo's program: a table for every stage of every probe, only verdicts of the catalogue, and nothing is contacted."""

from __future__ import annotations

import json
import re
import socket
import string
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import PARAMETERS, ParamValue, Target, TargetKind
from nbcluster.catalogue import OUTCOMES
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.demo import REHEARSAL, rehearsal
from nbcluster.demo.rehearsal import ROLES, Rehearsed, words_of
from nbcluster.demo.scenario import answers_toml
from nbcluster.probe.child import probe_for
from nbcluster.probe.stages import Stage, plan
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.checks import Checks
from nbcluster.sessions.session import Session
from nbcluster.system import programs
from nbcluster.wizard import Wizard
from nbcluster_tui.checker import Checker
from tests.screens.driver import running
from tests.services.process import REPOSITORY
from tests.unit.test_prompts_questions import Typist

PROGRAM = programs.command(REHEARSAL)
GUIDE = (REPOSITORY / "docs/how-to/failures.md").read_text("utf-8")

Params = dict[str, ParamValue]

BASE: dict[TargetKind, Params] = {
    TargetKind.REDIS: {"port": 6379, "username": None, "password": Secret("pw"), "db": 1, "connections": 40},
    TargetKind.RABBITMQ: {"port": 5672, "username": "nocobase", "password": Secret("pw"), "vhost": "nocobase"},
    TargetKind.DATABASE: {
        "port": 5432,
        "name": "nocobase",
        "user": "nocobase",
        "password": Secret("pw"),
        "connections": 25,
        "timezone": "UTC",
        "version": "2.2.15",
        "adapters": "a,b",
        "version_query": "SELECT 1",
        "underscored": False,
        "table_prefix": "",
    },
    TargetKind.NODE: {"port": 13000, "public_path": "/"},
    TargetKind.HTTP: {
        "port": 13000,
        "public_path": "/",
        "websocket": True,
        "peer": "node1.demo:13000",
        "exposed": True,
        "public_url": "https://nocobase.demo",
    },
    TargetKind.STORAGE: {"version": "2.2.15", "own_key": True, "url_variable": "QUEUE_URL"},
    TargetKind.BALANCER: {"kind": "nginx", "port": 8080, "certificate": "/c.pem", "certificate_key": "/k.pem", "written": "x"},
}
VARIANTS: dict[TargetKind, list[Params]] = {
    TargetKind.REDIS: [
        {"role": "cache"},
        {"role": "pubsub"},
        {"role": "lock"},
        {"role": "queue"},
        {"role": "worker_id"},
        {"db": 16, "role": "lock"},
        {"role": "lock", "machines": 3},
    ],
    TargetKind.RABBITMQ: [{}, {"username": "guest", "vhost": ""}],
    TargetKind.DATABASE: [
        {"dialect": dialect, "running": running}
        for dialect, running in product(("postgres", "kingbase", "mysql", "mariadb"), (False, True))
    ],
}


def target(kind: TargetKind, place: str, changes: Params | None = None, id_: str = "it") -> Target:
    params: Params = {"tls": False, "ca_file": None, **BASE[kind], ROLES[kind].place: place, **(changes or {})}
    return Target(id_, kind, id_, {name: value for name, value in params.items() if name in PARAMETERS[kind]})


def variants() -> Iterator[tuple[TargetKind, Params]]:
    for kind in TargetKind:
        for more, tls, installation in product(VARIANTS.get(kind, [{}]), (False, True), ("new", "existing")):
            yield kind, {**more, "tls": tls, "installation": installation}


def troubles(kind: TargetKind) -> list[str]:
    return list(ROLES[kind].troubles(Rehearsed(kind, target(kind, "").params, 1.0)))


def run(*targets: Target, timeout: float = 10.0) -> dict[str, tuple[str, str]]:
    return {r.id: (r.status.value, r.code) for r in run_checks(targets, timeout=timeout, program=PROGRAM).results}


@pytest.mark.parametrize("kind", TargetKind)
def test_the_tables_have_every_stage_of_every_probe_and_no_other(kind: TargetKind) -> None:
    stages: set[str] = set()
    for of, changes in variants():
        if of is kind:
            params = dict(target(kind, "it.demo", changes).params)
            stages |= set(probe_for(kind, params)(params, 1.0).stages())
    assert set(Rehearsed(kind, target(kind, "it.demo").params, 1.0).table()) == stages
    for word in troubles(kind):
        assert set(Rehearsed(kind, target(kind, f"{word}.demo").params, 1.0).table()) == stages, word


def test_every_planned_stage_answers_a_verdict_of_the_catalogue_with_all_its_words() -> None:
    seen = 0
    for kind, changes in variants():
        for word in ("", "it", *troubles(kind)):
            asked = target(kind, f"{word}.demo" if word else "10.0.0.5", changes)
            table = Rehearsed(kind, asked.params, 1.0).table()
            known = {name for name, value in asked.params.items() if value is not None} | {"id", "user"}
            # as a shell and a database take them
            known |= {f"{name}_{form}" for name in ("user", "name", "schema", "vhost") for form in ("word", "sql")}
            for stage in plan(kind, asked.params):
                found = table[stage.name]
                outcome = OUTCOMES[found.code]
                wanted = {name for text in (outcome.summary, outcome.detail, outcome.hint) for name in fields(text)}
                assert wanted <= known | set(found.params), (kind, word, stage.name)
                seen += 1
    assert seen > 1000


def fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_a_stage_that_no_table_has_is_an_error_and_never_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "plan", lambda _kind, _params: (Stage("port"), Stage("fresh")))
    probe = Rehearsed(TargetKind.NODE, target(TargetKind.NODE, "node1.demo").params, 1.0)
    with pytest.raises(KeyError) as raised:
        probe.stages()["fresh"]()
    assert probe.judge("fresh", raised.value).status == "error"


def test_an_unknown_kind_is_refused_as_the_probe_refuses_it() -> None:
    with pytest.raises(ValueError, match="toaster"):
        rehearsal.rehearsed("toaster", {})


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("refused.demo", ("refused",)),
        ("Old.Evicts.demo", ("old", "evicts")),
        ("/srv/soft.demo/storage", ("soft",)),
        ("refused.example.com", ()),
        ("10.0.0.5", ()),
        (".demo", ()),
        ("demo", ()),
    ],
)
def test_words_stand_before_demo(place: str, words: tuple[str, ...]) -> None:
    assert words_of(place) == words


BROKEN: list[tuple[TargetKind, str, Params, dict[str, str]]] = [
    # as servers in these states were judged, real and simulated ones
    (TargetKind.REDIS, "refused.demo", {"role": "lock"}, {"reach": "net.refused"}),
    (TargetKind.REDIS, "password.demo", {"role": "lock"}, {"login": "redis.login.refused"}),
    (TargetKind.REDIS, "old.demo", {"role": "lock"}, {"version": "redis.version.old"}),
    (
        TargetKind.REDIS,
        "old.demo",
        {"role": "lock", "db": 16},
        {"version": "redis.version.old", "database": "redis.database.range"},
    ),
    (TargetKind.REDIS, "evicts.demo", {"role": "lock"}, {"eviction": "redis.eviction.evicts"}),
    (TargetKind.REDIS, "replica.demo", {"role": "lock"}, {"primary": "redis.primary.replica"}),
    (
        TargetKind.REDIS,
        "old.denied.demo",
        {"role": "lock"},
        {"version": "redis.version.old", "commands": "redis.commands.denied"},
    ),
    (TargetKind.REDIS, "denied.demo", {"role": "worker_id"}, {"commands": "redis.commands.partly"}),
    (TargetKind.REDIS, "denied.demo", {"role": "pubsub"}, {}),
    (TargetKind.RABBITMQ, "old.demo", {}, {"version": "rabbitmq.version.old"}),
    (TargetKind.RABBITMQ, "password.demo", {}, {"login": "rabbitmq.login.refused"}),
    (TargetKind.RABBITMQ, "vhost.demo", {}, {"vhost": "rabbitmq.vhost.missing"}),
    (TargetKind.RABBITMQ, "stranger.demo", {}, {"vhost": "rabbitmq.vhost.denied"}),
    (TargetKind.RABBITMQ, "denied.demo", {}, {"queue": "rabbitmq.queue.configure"}),
    (TargetKind.DATABASE, "password.demo", {"dialect": "postgres"}, {"login": "database.login.refused"}),
    (TargetKind.DATABASE, "missing.demo", {"dialect": "mysql"}, {"login": "database.login.missing"}),
    (TargetKind.DATABASE, "replica.demo", {"dialect": "mariadb"}, {"rights": "database.rights.replica"}),
    (TargetKind.DATABASE, "database.demo", {"dialect": "postgres", "schema": "to_come"}, {}),
    (TargetKind.NODE, "taken.demo", {"installation": "new"}, {"port": "node.port.occupied"}),
    (TargetKind.STORAGE, "/srv/soft.demo", {}, {"mount": "storage.mount.soft"}),
    (TargetKind.STORAGE, "/srv/stale.demo/storage", {}, {"path": "storage.path.stale"}),
    (TargetKind.BALANCER, "other.demo", {}, {"port": "balancer.port.other"}),
    (TargetKind.HTTP, "starting.demo", {}, {"health": "http.health.busy"}),
]


def test_a_host_chooses_what_goes_wrong_and_what_depends_on_it_is_skipped() -> None:
    targets = [target(kind, place, more, f"t{n}") for n, (kind, place, more, _wanted) in enumerate(BROKEN)]
    verdicts = run(*targets)
    for asked, (_kind, place, _more, wanted) in zip(targets, BROKEN, strict=True):
        found = {i.removeprefix(f"{asked.id}."): v for i, v in verdicts.items() if i.startswith(f"{asked.id}.")}
        assert set(found) == {stage.name for stage in plan(asked.kind, asked.params)}
        expected = {"storage.variable.absent", "balancer.certificate.elsewhere", "redis.bloom.missing"}
        broken = {stage: code for stage, (status, code) in found.items() if status != "ok" and code not in expected}
        assert {stage: code for stage, code in broken.items() if code != "probe.needs"} == wanted, place
        culprits = {stage for stage in wanted if found[stage][0] in ("fail", "error")}
        needing = {s.name for s in plan(asked.kind, asked.params) if culprits.intersection(s.needs)}
        assert needing <= {stage for stage, code in broken.items() if code == "probe.needs"}, place


def test_who_is_silent_takes_all_the_time_and_holds_nobody_else_up() -> None:
    started: list[str] = []

    def told(result: CheckResult) -> None:
        started.append(result.id)

    targets = [
        target(TargetKind.REDIS, "silent.demo", {"role": "lock"}, "quiet"),
        target(TargetKind.NODE, "node1.demo", id_="node"),
    ]
    report = run_checks(targets, timeout=1.0, program=PROGRAM, on_result=told)
    codes = {result.id: result.code for result in report.results}
    assert codes["quiet.reach"] == "net.unanswered" and codes["quiet.login"] == "probe.needs"
    assert codes["node.port"] == "node.port.closed"
    assert started.index("node.port") < started.index("quiet.reach")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def controller_to(server: socket.socket, folder: Path) -> Wizard:
    """A tour in which somebody typed the addresses of servers that exist."""
    place = "{}:{}".format(*server.getsockname())
    text = re.sub(r"\w+\.demo:\d+", place, answers_toml())
    text = text.replace('host = "database.demo"\nport = 5432', 'host = "{}"\nport = {}'.format(*server.getsockname()))
    answers = infer(load_text(text, "demo", folder).answers)
    return Wizard(Session(name="demo", answers=answers, step="start"), None, simulated=True)


def judged(wizard: Wizard) -> set[str]:
    rows = wizard.board_rows()
    assert {row.state for row in rows} == {"fresh"}
    return {result.code for row in rows for result in row.results}


def test_no_face_contacts_a_server_whatever_was_typed_in_line_prompts(listener: socket.socket, tmp_path: Path) -> None:
    wizard = controller_to(listener, tmp_path)
    assert {t.params["host"] for t in wizard.targets() if t.kind is TargetKind.DATABASE} == {"127.0.0.1"}
    Checks(wizard, Asker(Typist())).run(wizard.targets())
    assert {"redis.login.ok", "rabbitmq.login.ok", "database.login.ok"} <= judged(wizard)
    with pytest.raises(BlockingIOError):
        listener.accept()


async def test_no_face_contacts_a_server_whatever_was_typed_on_the_screen(listener: socket.socket, tmp_path: Path) -> None:
    wizard = controller_to(listener, tmp_path)
    async with running(wizard) as driver:
        checker = driver.screen.checker
        Checker.start(checker, wizard.targets())
        await driver.press("f6")
        assert {"redis.login.ok", "rabbitmq.login.ok", "database.login.ok"} <= judged(wizard)
        await checker.close()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_real_run_is_not_rehearsed() -> None:
    assert (
        Wizard(Session(name="prod", answers=infer(load_text(answers_toml(), "demo", Path()).answers), step="start")).probe == ()
    )


def test_the_program_loads_no_client() -> None:
    code = f"import importlib, json, sys; importlib.import_module({REHEARSAL!r}); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not {"redis", "pika", "pg8000", "pymysql", "asyncio", "textual"} & set(json.loads(done.stdout))


def test_the_guide_lists_every_word_where_it_belongs() -> None:
    columns: dict[TargetKind, set[str]] = {TargetKind.REDIS: set(), TargetKind.RABBITMQ: set(), TargetKind.DATABASE: set()}
    for row in re.findall(r"^\| (`.*) \|$", GUIDE, re.MULTILINE):
        first, *cells = row.split("|")
        for kind, cell in zip(columns, cells, strict=True):
            columns[kind] |= set(re.findall(r"`(\w+)`", first)) if cell.strip() else set()
    assert columns == {kind: set(troubles(kind)) for kind in columns}
    below = GUIDE.rpartition("|\n")[2]
    for kind, begin in (
        (TargetKind.NODE, "A node"),
        (TargetKind.BALANCER, "The server name"),
        (TargetKind.STORAGE, "The storage"),
    ):
        told = below.partition(begin)[2].partition(".\n" if kind is TargetKind.STORAGE else "\nThe storage")[0]
        assert set(troubles(kind)) <= set(re.findall(r"`(\w+)`", told)), kind
