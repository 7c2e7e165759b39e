"""``app.base_env``: it answers what the answers file leaves out, and its other variables are kept in the written files, whatever its format."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nbcluster.env import Reader, read, read_dotenv
from tests.cli.program import nbcluster, tree

KEY, AES, FIELD = "k" * 40, "ab" * 32, 'kept "of" #fields\' x'
VARIABLES = {
    "APP_KEY": KEY,
    "APP_AES_SECRET_KEY": AES,
    "TZ": "Asia/Tokyo",
    "DB_DIALECT": "mysql",
    "DB_HOST": "10.2.0.6",
    "DB_PORT": "3307",
    "DB_DATABASE": "old",
    "DB_USER": "olduser",
    "DB_PASSWORD": "old-password",
    "DB_TABLE_PREFIX": "nb_",
    "ENCRYPTION_FIELD_KEY": FIELD,
    "SMTP_HOST": "mail.example.com",
    "REDIS_URL": "redis://10.9.9.9:6379/0",
    "CLUSTER_MODE": "4",
    "APPEND_PRESET_BUILT_IN_PLUGINS": "my-plugin,lock-adapter-redis",
}
ANSWERS = """\
schema = 1
[app]
installation = "existing"
base_env = "old/FILE"
key = "generate"
aes_key = "generate"
[license]
pending = true
[redis]
cache = "redis://10.2.0.5:6379/0"
pubsub = "redis://10.2.0.5:6379/1"
lock = "redis://10.2.0.5:6379/2"
queue = "redis://10.2.0.5:6379/3"
worker_id = "redis://10.2.0.5:6379/4"
[[nodes]]
name = "node1"
host = "10.2.1.1"
[[nodes]]
name = "node2"
host = "10.2.1.2"
[balancer]
server_name = "crm.example.com"
"""


def compose() -> str:
    lines = [f"      {name}: {_yaml(value)}" for name, value in VARIABLES.items()]
    return "\n".join(
        ["services:", "  app:", "    image: registry.example.com/nocobase/nocobase:2.2.15-full", "    environment:", *lines, ""]
    )


def manifests() -> str:
    lines = [f"  {name}: {_yaml(value)}" for name, value in VARIABLES.items()]
    head = ["apiVersion: v1", "kind: Secret", "metadata: {name: nb, namespace: crm}", "stringData:"]
    pod = (
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: nb}\nspec: {template: {spec: {containers: "
        "[{name: nb, image: 'registry.example.com/nocobase:2.2.15', envFrom: [{secretRef: {name: nb}}]}]}}}"
    )
    return "\n".join([*head, *lines, pod, ""])


def _yaml(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def env_file() -> str:
    return "# our first server\n" + "".join(
        f"{name}={value}\n" for name, value in VARIABLES.items() if name != "ENCRYPTION_FIELD_KEY"
    )


def written(folder: Path, name: str, text: str, answers: str = ANSWERS) -> Path:
    """Write an old file and the answers that name it."""
    (folder / "old").mkdir(exist_ok=True)
    (folder / "old" / name).write_text(text, "utf-8")
    (folder / "answers.toml").write_text(answers.replace("FILE", name), "utf-8")
    return folder / "answers.toml"


def test_a_compose_file_answers_and_its_variables_arrive_in_the_container(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = nbcluster("render", "--answers", written(tmp_path, "compose.yaml", compose()), "--out", out)
    assert ended.code == 0, ended.err
    variables = read(Reader.DOCKER, (out / ".env").read_text("utf-8"))
    kept = {name: VARIABLES[name] for name in VARIABLES if name.startswith(("APP_KEY", "APP_AES", "DB_", "TZ", "ENC", "SMTP"))}
    assert kept.items() <= variables.items()
    assert variables["REDIS_URL"] == "redis://10.2.0.5:6379/4" and "CLUSTER_MODE" not in variables
    assert variables["APPEND_PRESET_BUILT_IN_PLUGINS"].split(",").count("lock-adapter-redis") == 1
    assert "my-plugin" in variables["APPEND_PRESET_BUILT_IN_PLUGINS"].split(",")
    assert "registry.example.com/nocobase/nocobase:2.2.15-full" in (out / "docker/compose.yaml").read_text("utf-8")


def test_manifests_answer_and_what_is_secret_stays_in_the_secret(tmp_path: Path) -> None:
    out = tmp_path / "out"
    answers = ANSWERS + '[kubernetes]\ningress_class = "traefik"\n'
    ended = nbcluster("render", "--answers", written(tmp_path, "all.yaml", manifests(), answers), "--out", out)
    assert ended.code == 0, ended.err
    yaml = YAML(typ="safe", pure=True)
    data = {path.name: path.read_text("utf-8") for path in (out / "kubernetes").glob("*.yaml")}
    secret = next(yaml.load(text)["stringData"] for name, text in data.items() if name == "secret.yaml")
    assert secret["ENCRYPTION_FIELD_KEY"] == FIELD and secret["APP_KEY"] == KEY
    assert "crm" in data["secret.yaml"] and any('SMTP_HOST: "mail.example.com"' in text for text in data.values())


def test_an_env_file_answers_too_and_an_answer_of_the_file_beats_it(tmp_path: Path) -> None:
    out, text = tmp_path / "out", env_file()
    answers = ANSWERS.replace("[license]", 'version = "2.2.15"\n[database]\nuser = "newuser"\n[license]')
    ended = nbcluster("render", "--answers", written(tmp_path, ".env", text, answers), "--out", out, "--json")
    assert ended.code == 0, ended.err
    variables = read_dotenv((out / ".env").read_text("utf-8"))
    assert (variables["DB_USER"], variables["DB_PASSWORD"], variables["DB_PORT"]) == ("newuser", "old-password", "3307")
    assert (out / ".env").read_text("utf-8").startswith("# our first server")
    said = [problem for problem in ended.json()["problems"] if problem["path"] == "app.base_env"]
    assert len(said) == 1 and "database.host" in said[0]["message"] and "database.user" not in said[0]["message"]
    assert "REDIS_URL" in said[0]["message"] and "old-password" not in ended.out
    assert "CLUSTER_MODE" in next(p["message"] for p in ended.json()["problems"] if p["path"] == "nodes")


def test_what_it_filled_in_stands_in_the_written_answers(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    answers = ANSWERS.replace("[license]", 'image = ""\n[license]')
    nbcluster("render", "--answers", written(tmp_path, "compose.yaml", compose(), answers), "--out", first)
    passwords = {"NBCLUSTER_DATABASE_PASSWORD": "old-password"}
    ended = nbcluster("render", "--answers", first / "answers.toml", "--out", second, environment=passwords)
    assert ended.code == 0, ended.err
    said = {"SUMMARY.md", "summary.html", "manifest.json", ".nbcluster-baseline.json"}  # the first says what base_env answered
    before, after = tree(first), tree(second)
    assert {path: data for path, data in before.items() if path not in said} == {
        path: data for path, data in after.items() if path not in said
    }


def test_the_problems_of_both_files_come_together(tmp_path: Path) -> None:
    text = ANSWERS.replace("[balancer]", 'unknown = 1\n[balancer]\nkindd = "x"')
    ended = nbcluster("check", "--answers", written(tmp_path, "compose.yaml", "services: [\n", text), "--json")
    assert ended.code == 2
    assert {"app.base_env", "balancer.kindd"} <= {problem["path"] for problem in ended.json()["problems"]}


def test_a_value_that_cannot_be_taken_is_an_error_and_no_default(tmp_path: Path) -> None:
    text = compose().replace("'3307'", "'many'")
    ended = nbcluster("render", "--answers", written(tmp_path, "compose.yaml", text), "--out", tmp_path / "out", "--json")
    assert ended.code == 2 and "database.port" in {problem["path"] for problem in ended.json()["problems"]}
    answered = ANSWERS + "[database]\nport = 3306\n"
    ended = nbcluster("render", "--answers", written(tmp_path, "compose.yaml", text, answered), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(("name", "code"), [("ENCRYPTION_FIELD_KEY", 2), ("SMTP_HOST", 0)])
def test_a_secret_that_the_file_does_not_tell_is_an_error(name: str, code: int, tmp_path: Path) -> None:
    text = compose().replace(f"{name}: {_yaml(VARIABLES[name])}", f"{name}: ${{FROM_SHELL}}")
    answers = written(tmp_path, "compose.yaml", text)
    ended = nbcluster("render", "--answers", answers, "--out", tmp_path / "out")
    assert (
        ended.code == code
        and name in ended.err
        and "FROM_SHELL" not in "".join(path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.env"))
    )
    (tmp_path / "old" / ".env").write_text("FROM_SHELL=told\n", "utf-8")
    ended = nbcluster("render", "--answers", answers, "--out", tmp_path / "out")
    assert ended.code == 0 and f"{name}=told\n" in (tmp_path / "out" / ".env").read_text("utf-8")


def test_the_old_nodes_own_redis_is_never_taken(tmp_path: Path) -> None:
    text = ANSWERS.replace('worker_id = "redis://10.2.0.5:6379/4"\n', "")
    ended = nbcluster(
        "render", "--answers", written(tmp_path, "compose.yaml", compose(), text), "--out", tmp_path / "out", "--json"
    )
    assert ended.code == 2 and "redis.worker_id" in {problem["path"] for problem in ended.json()["problems"]}


def test_an_empty_standard_input_is_named() -> None:
    ended = nbcluster("import", "-")
    assert ended.code == 2 and "<stdin>" in ended.err and ended.out == ""
