"""Env files and keys: written values mean what was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Field, FieldKind, Table
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.cluster import Cluster
from nbcluster.env import read_dotenv
from nbcluster.errors import InvalidAnswersError
from nbcluster.files.keys import Resolved, resolve
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import plan
from nbcluster.files.verify import verify
from nbcluster.steps import STEPS, Step, new_answers
from nbcluster.steps.variables import step_variables
from tests.services.dotenv import NodeDotenv
from tests.unit.scenarios import official

KEYS = {"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate"}
NODES = [
    {"name": "web", "host": "10.0.0.1", "cluster_mode": "4"},
    {"name": "worker", "host": "10.0.0.2", "worker_mode": "*", "port": 13001},
]


def token_hex(count: int) -> str:
    return "c7" * count


def resolved_for(answers: Answers) -> Resolved:
    return resolve(answers, {}, {}, False, token_hex)


def rendered(answers: Answers, base_text: str | None = None, kept_text: str | None = None) -> dict[str, OutputFile]:
    resolved = resolved_for(answers)
    files = plan(Cluster.of(answers), resolved, base_text=base_text, kept_text=kept_text)
    verify(files, Cluster.of(answers), resolved)
    return {file.path: file for file in files}


def test_an_answer_beats_the_kept_file_that_the_imported_one_and_that_a_fresh_value() -> None:
    kept, base = {"APP_KEY": "k" * 40}, {"APP_KEY": "b" * 40, "APP_AES_SECRET_KEY": "b" * 64}
    literal = official({**KEYS, "app.key": "l" * 40})
    assert resolve(literal, kept, base, False, token_hex).values["APP_KEY"] == Secret("l" * 40)
    found = resolve(official(KEYS), kept, base, False, token_hex)
    assert found.values["APP_KEY"] == Secret("k" * 40) and found.values["APP_AES_SECRET_KEY"] == Secret("b" * 64)
    assert found.new == {"INIT_ROOT_PASSWORD"}
    assert "APP_KEY" in resolve(official(KEYS), kept, {}, True, token_hex).new


def test_fresh_keys_are_64_hex_digits_and_the_password_letters_and_digits() -> None:
    values = resolved_for(official(KEYS)).values
    key, aes, password = (values[name] for name in ("APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD"))
    assert key is not None and aes is not None and password is not None
    assert len(bytes.fromhex(key.reveal())) == len(bytes.fromhex(aes.reveal())) == 32
    assert len(password.reveal()) == 20 and password.reveal().isalnum() and password.reveal().isascii()


@pytest.mark.parametrize("new_keys", [False, True])
def test_an_existing_installation_never_gets_a_fresh_key(new_keys: bool) -> None:
    answers = official({"app.installation": "existing", "app.key": "generate", "app.aes_key": "generate"}, without=("admin",))
    with pytest.raises(InvalidAnswersError) as caught:
        resolve(answers, {}, {}, new_keys, token_hex)
    assert [problem.path for problem in caught.value.problems] == ["app.key", "app.aes_key"]


def test_a_secret_that_a_session_did_not_store_is_asked_for_and_not_written_empty() -> None:
    answers = official(KEYS).with_("database.password", MissingSecret("salt", "digest"), Source.SESSION)
    with pytest.raises(InvalidAnswersError) as caught:
        resolved_for(answers)
    assert [problem.path for problem in caught.value.problems] == ["database.password"]


def test_keys_left_to_the_share_are_commented_out_with_a_reason() -> None:
    answers = official(
        {"app.installation": "existing", "app.key": "from-storage", "app.aes_key": "from-storage"}, without=("admin",)
    )
    text = rendered(answers, base_text="APP_KEY=your-secret-key\nINIT_ROOT_PASSWORD=admin123\nKEEP=me\n")[".env"].text
    values = read_dotenv(text)
    assert not {"APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD"} & set(values) and values["KEEP"] == "me"
    assert "# APP_KEY=your-secret-key\n" in text


def test_leftovers_of_a_single_node_do_not_survive() -> None:
    before = (
        "CACHE_DEFAULT_STORE=memory\nLOCK_ADAPTER_DEFAULT=local\nCLUSTER_MODE=max\nWORKER_MODE=!\nAPP_LAUNCH_MODE=node\n"
        "PM2_HOME=storage/.pm2\nSOCKET_PATH=storage/gateway.sock\nNOCOBASE_PKG_USERNAME=u\nNOCOBASE_PKG_PASSWORD=p\nDB_SCHEMA=old\n"
    )
    text = rendered(official(KEYS), base_text=before)[".env"].text
    values = read_dotenv(text)
    assert values["CACHE_DEFAULT_STORE"] == values["LOCK_ADAPTER_DEFAULT"] == "redis"
    assert values["PM2_HOME"] == "run/pm2" and values["SOCKET_PATH"] == "run/gateway.sock"
    gone = {"CLUSTER_MODE", "WORKER_MODE", "APP_LAUNCH_MODE", "NOCOBASE_PKG_USERNAME", "NOCOBASE_PKG_PASSWORD", "DB_SCHEMA"}
    assert not gone & set(values)
    assert text.index("CACHE_DEFAULT_STORE") < text.index("LOCK_ADAPTER_DEFAULT") < text.index("# CLUSTER_MODE=max")


def test_merging_what_was_written_changes_nothing() -> None:
    first = rendered(official({**KEYS, "nodes": NODES}))
    again = rendered(official({**KEYS, "nodes": NODES}), kept_text=first[".env"].text)
    assert {path: file.data for path, file in first.items()} == {path: file.data for path, file in again.items()}


def test_only_nodes_that_differ_have_a_file_and_it_is_complete() -> None:
    files = rendered(official({**KEYS, "nodes": [*NODES, {"name": "plain", "host": "10.0.0.3"}]}))
    common, web, worker = (read_dotenv(files[path].text) for path in (".env", "nodes/web.env", "nodes/worker.env"))
    assert "nodes/plain.env" not in files
    assert web == {**common, "CLUSTER_MODE": "4"}
    assert worker == {**common, "WORKER_MODE": "*", "APP_PORT": "13001"}
    assert all(file.secret for path, file in files.items() if path.endswith(".env"))


@pytest.mark.parametrize(
    "password",
    ["pa#ss", "it's", 'say "hi"', "a$b${HOME}", "back\\slash", "tick`s", " blanks ", "'\"#", "ünïcode 密码", "x=y;z&|()<>", "#"],
)
def test_a_weird_database_password_arrives_as_it_is(password: str, node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    files = rendered(official({**KEYS, "database.password": password}))
    assert node_dotenv.parse(files[".env"].text, tmp_path)["DB_PASSWORD"] == password


def test_a_value_that_no_env_file_carries_is_refused_at_its_key_path() -> None:
    with pytest.raises(InvalidAnswersError) as caught:
        rendered(official({**KEYS, "database.password": "'\"`#"}))
    assert [problem.path for problem in caught.value.problems] == ["database.password"]


def test_rabbitmq_replaces_the_queue_of_redis_under_its_editable_name() -> None:
    answers = official({**KEYS, "queue.adapter": "rabbitmq", "queue.url": "amqp://u:p%23@mq/v", "queue.url_variable": "MQ_URL"})
    values = read_dotenv(rendered(answers)[".env"].text)
    assert values["QUEUE_ADAPTER"] == "rabbitmq" and values["MQ_URL"] == "amqp://u:p%23@mq/v"
    assert "QUEUE_ADAPTER_REDIS_URL" not in values
    assert "queue-adapter-rabbitmq" in values["APPEND_PRESET_BUILT_IN_PLUGINS"].split(",")


def test_variables_of_a_step_and_of_a_column_that_are_declared_elsewhere_show_up() -> None:
    column = Field("zone", FieldKind.TEXT, "Zone", variable="NODE_ZONE")
    extra = Step(
        id="extra",
        title="Extra",
        fields=(Field("extra.limit", FieldKind.INTEGER, "Limit", variable="EXTRA_LIMIT"),),
        tables=(Table("nodes", "Zones", (column,)),),
    )
    answers = new_answers((*STEPS, extra)).with_("app.port", 13000).with_("extra.limit", 7)
    assert [(v.name, v.value) for v in step_variables(extra, answers)] == [("EXTRA_LIMIT", "7")]
    row = official({"nodes": NODES}).rows("nodes")[0]
    zoned = type(row)({**row, "zone": "a"})
    assert dict(Cluster.of(answers.with_("nodes", (zoned,))).nodes[0].variables) == {"CLUSTER_MODE": "4", "NODE_ZONE": "a"}
