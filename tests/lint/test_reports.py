"""Problems that users have reported in public, with other values: each kind is detected, and false alarms are not."""

from __future__ import annotations

import base64

from nbcluster.lint import Input, Linted, lint
from nbcluster.lint.names import KNOWN, meant
from tests.lint.nginx import OFFICIAL_PAGE
from tests.lint.sound import SOUND, compose, env, manifest, two, with_, workload


def lint_of(text: str, name: str, files: dict[str, str] | None = None) -> Linted:
    """Return what lint says of one file; ``files`` lie beside it."""
    linted = lint([Input(name, text, (files or {}).get)])
    assert not linted.problems
    return linted


def found(linted: Linted) -> set[tuple[str, str]]:
    """Return kind and variable of each finding."""
    return {(finding.id.removeprefix("lint."), finding.name) for finding in linted.findings}


def test_a_compose_file_is_judged_by_the_values_of_the_env_file_beside_it() -> None:
    taken = {name: f"${{{name}}}" for name in ("APP_KEY", "DB_HOST", "CACHE_REDIS_URL")} | {"REDIS_URL": "${IDS_REDIS}"}
    text = compose({**with_(PUBSUB_ADAPTER_REDIS_URL="${COORDINATION}/0"), **taken}).replace("2.2.15", "${TAG:-2.2.15}")
    beside = "TAG=2.0.1\nAPP_KEY=test-key\nDB_HOST=127.0.0.1\nCACHE_REDIS_URL=redis://kv.example:6379\nCOORDINATION=redis://kv.example:6379\n"
    linted = lint_of(text, "compose.yaml", {".env": beside})
    assert found(linted) == {
        ("app-key", "APP_KEY"),
        ("database-localhost", "DB_HOST"),
        ("cache-apart", "PUBSUB_ADAPTER_REDIS_URL"),
        ("image-version", ""),
    }
    assert [(unread.name, bool(unread.why)) for unread in linted.unread] == [("REDIS_URL", True)]
    # given together, the file beside is no node of its own
    both = lint([Input("compose.yaml", text, {".env": beside}.get), Input(".env", beside)])
    assert both.findings == linted.findings and len(both.subjects) == 2


def test_a_secret_that_echo_has_encoded_ends_in_a_line_feed() -> None:
    encoded = "".join(
        f"  {name}: {base64.b64encode((SOUND[name] + chr(10)).encode()).decode()}\n"
        for name in ("APP_KEY", "DB_USER", "DB_PASSWORD", "REDIS_URL")
    )
    rest = workload({name: value for name, value in SOUND.items() if name not in encoded})
    text = rest.replace("stringData:\n", f"data:\n{encoded}stringData:\n")
    severities = {finding.name: finding.severity.value for finding in lint_of(text, "all.yaml").findings}
    assert severities == {"APP_KEY": "error", "DB_USER": "error", "DB_PASSWORD": "error", "REDIS_URL": "warning"}
    assert {fault for fault, _name in found(lint_of(text, "all.yaml"))} == {"line-feed"}


def test_nodes_of_one_file_are_compared_and_findings_name_them() -> None:
    first, second = (
        "{}, WORKER_MODE: '!'".format(f"TZ: {zone}, APP_KEY: {key * 64}") for zone, key in (("UTC", "1"), ("Asia/Tokyo", "2"))
    )
    linted = lint_of(two(first, second).replace("/srv/share", "./one", 1), "compose.yaml")
    assert {
        ("nodes-differ", "TZ"),
        ("nodes-differ", "APP_KEY"),
        ("nodes-storage", ""),
        ("queue-unserved", "WORKER_MODE"),
    } <= found(linted)
    assert all("web1" in finding.message and "web2" in finding.message for finding in linted.findings if "differ" in finding.id)
    keys = [finding for finding in linted.findings if finding.id == "lint.key-constant"]
    assert [finding.services for finding in keys] == [("web1",), ("web2",)]
    one_lacks = lint_of(two("QUEUE_ADAPTER: redis", "QUEUE_ADAPTER: ''"), "compose.yaml").findings
    assert [(finding.id, finding.name, finding.services) for finding in one_lacks] == [
        ("lint.queue-adapter", "QUEUE_ADAPTER", ("web2",))
    ]


def test_env_files_of_several_nodes_are_compared() -> None:
    files = [Input("node1.env", env(SOUND)), Input("node2.env", env(with_(APP_KEY="3b" * 32)))]
    (finding,) = lint(files).findings
    assert (finding.id, finding.target) == ("lint.nodes-differ", "node2.env:5 APP_KEY") and "node1.env" in finding.message


def test_compose_files_of_several_hosts_are_compared() -> None:
    files = [Input(f"{host}/compose.yaml", compose(with_(TZ=zone))) for host, zone in (("a", "UTC"), ("b", "Asia/Tokyo"))]
    (finding,) = lint(files).findings
    assert (finding.id, finding.target) == ("lint.nodes-differ", "b/compose.yaml:8 TZ")
    assert "a/compose.yaml" in finding.message and "b/compose.yaml" in finding.message


def test_workloads_of_one_manifest_are_judged_one_by_one() -> None:
    first = workload()
    second = first.partition("---\n")[2].replace("name: web", "name: work").replace("name: settings", "name: less")
    less = manifest(with_(QUEUE_ADAPTER=None, TZ="Asia/Tokyo"), "Secret", "less")
    found_there = lint_of(f"{first}---\n{second}---\n{less}", "all.yaml").findings
    assert {(finding.id, finding.name, finding.services) for finding in found_there} == {
        ("lint.queue-adapter", "QUEUE_ADAPTER", ("Deployment work",)),
        ("lint.nodes-differ", "TZ", ()),
        ("lint.nodes-storage", "", ()),
    }


def test_a_number_of_database_means_the_same_in_every_address() -> None:
    files = [Input("a.env", env(SOUND)), Input("b.env", env(with_(REDIS_URL="redis://:pw@REDIS.example/4")))]
    assert lint(files).findings == ()


def test_the_image_of_a_database_is_no_application() -> None:
    text = compose(with_(REDIS_URL="redis://kv:6379/4")) + (
        "  db: {image: 'registry.example/nocobase/postgres:16', environment: {POSTGRES_PASSWORD: x, TZ: UTC}}\n"
        "  kv: {image: redis:8, command: [redis-server, --maxmemory-policy=volatile-lru]}\n"
    )
    assert found(lint_of(text, "compose.yaml")) == {("redis-eviction", "")}


def test_applications_under_a_supervisor_are_another_kind_of_deployment() -> None:
    own = {name: value for name, value in SOUND.items() if name.startswith(("APP_", "DB_"))}
    values = {**own, "APP_MODE": "supervisor", "APP_COMMAND_REDIS_URL": "redis:/kv:6379/0"}
    linted = lint_of(compose(values), "compose.yaml")
    assert found(linted) == {("redis-url.slashes", "APP_COMMAND_REDIS_URL")}
    assert [unread.name for unread in linted.unread] == ["app"]


def test_replicas_and_autoscalers_count_against_the_worker_ids() -> None:
    scaler = (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
        "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 33}\n"
    )
    text = workload(replicas=2, strategy="Recreate", modes="ReadWriteMany") + scaler
    (finding,) = lint_of(text, "all.yaml").findings
    assert (finding.id, text.splitlines()[finding.line - 1].startswith("spec")) == ("lint.worker-ids", True)
    assert lint_of(text.replace("33", "20"), "all.yaml").findings == ()


def test_a_list_of_kubectl_is_read_with_its_lines() -> None:
    inner = workload(with_(LOCK_ADAPTER_REDIS_URL="redis:/r:6379/2"), replicas=2, modes="ReadWriteOnce").split("---\n")
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join("- " + part.replace("\n", "\n  ").rstrip(" ") for part in inner)
    linted = lint_of(text, "all.yaml")
    assert {("redis-url.slashes", "LOCK_ADAPTER_REDIS_URL"), ("storage-access", ""), ("rolling-update", "")} == found(linted)
    line = next(finding.line for finding in linted.findings if finding.name)
    assert "LOCK_ADAPTER_REDIS_URL" in text.splitlines()[line - 1]


def test_what_an_environment_of_kubernetes_holds_besides_is_nobodys_mistake() -> None:
    links = {"REDIS_PORT": "tcp://10.3.0.7:6379", "REDIS_SERVICE_HOST": "10.3.0.7", "REDIS_PORT_6379_TCP_ADDR": "10.3.0.7"}
    assert lint_of(env({**SOUND, **links}), "pod.env").findings == ()


def test_a_virtual_host_with_a_leading_slash_is_taken_as_it_is_written() -> None:
    broker = {"QUEUE_ADAPTER": "rabbitmq", "QUEUE_ADAPTER_REDIS_URL": None, "RABBITMQ_URL": "amqp://app:pw@mq.example//sales"}
    assert lint_of(env(with_(**broker)), ".env").findings == ()


def test_the_names_of_other_programs_are_told_with_the_right_one() -> None:
    values = {"REDIS_HOST": "r", "LOCK_ADAPTER": "redis", "DB_TYPE": "postgres", "QEUEU_ADAPTER": "redis", "DB_PASWORD": "x"}
    hints = {finding.name: finding.hint for finding in lint_of(env({**SOUND, **values}), ".env").findings}
    right = {
        "REDIS_HOST": "REDIS_URL",
        "LOCK_ADAPTER": "LOCK_ADAPTER_DEFAULT",
        "DB_TYPE": "DB_DIALECT",
        "QEUEU_ADAPTER": "QUEUE_ADAPTER",
    }
    assert set(hints) == set(values) and all(name in hints[wrong] for wrong, name in right.items())


def test_a_secret_alone_is_only_a_part() -> None:
    linted = lint_of(manifest(with_(), "Secret"), "secret.yaml")
    assert linted.findings == () and len(linted.unread) == 1


def test_the_lines_of_the_official_page_fail() -> None:
    linted = lint_of(OFFICIAL_PAGE, "site.conf")
    assert {("nginx.websocket", ""), ("nginx.body-size", ""), ("nginx.host", "")} <= found(linted)


def test_a_slip_at_any_place_of_a_name_is_seen() -> None:
    for name in sorted(KNOWN):
        if len(name) > 6:
            slips = [name[:at] + name[at + 1 :] for at in (0, 3, len(name) // 2, len(name) - 1)]
            slips += [name[:at] + "X" + name[at:] for at in (0, 3, len(name))]
            slips += [name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in (0, 3, len(name) - 2)]
            assert all(slip in KNOWN or meant(slip) for slip in slips), (name, slips)
