"""Files of every known format: which variables, which lines, what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers.importer.sources import Kind, Place, SettingsSource, SourceError, SourceFile, read_sources, read_together

FILES = Path(__file__).parent / "files"


def load(name: str) -> str | None:
    path = FILES / name
    return path.read_text("utf-8") if path.is_file() else None


def source_of(name: str) -> SettingsSource:
    return read_sources((FILES / name).read_text("utf-8"), name, load)[0]


def test_a_compose_file_gives_the_service_of_nocobase() -> None:
    sources = read_sources((FILES / "compose.yaml").read_text("utf-8"), "compose.yaml", load)
    assert [(source.kind, source.title) for source in sources] == [(Kind.COMPOSE, "app")]
    values = sources[0].values
    assert values["DB_PASSWORD"] == "pa$ss#1" and values["TZ"] == "Europe/Berlin" and values["DB_PORT"] == "5432"
    assert values["APP_AES_SECRET_KEY"] == "ab" * 32
    assert not {"FROM_SHELL", "REDIS_URL", "POSTGRES_PASSWORD"} & set(values)
    last = sources[0].last
    assert last["FROM_SHELL"].value is None and last["REDIS_URL"].value is None
    assert (last["APP_KEY"].line, last["DB_HOST"].line) == (17, 3)
    assert (last["LOCK_ADAPTER_REDIS_URL"].file, last["LOCK_ADAPTER_REDIS_URL"].line) == ("app.env", 2)
    assert sources[0].unread == ((13, "missing.env"),)


def test_an_environment_list_is_read_like_a_mapping() -> None:
    text = "services:\n  a:\n    image: x/nocobase\n    env_file: raw.env\n    environment:\n      - APP_KEY=k=1\n      - TZ\n"
    found = read_sources(text, "docker-compose.yml", lambda _name: 'DB_HOST="quoted"')[0]
    assert found.values == {"APP_KEY": "k=1", "DB_HOST": "quoted"} and found.last["APP_KEY"].line == 6
    raw = text.replace("env_file: raw.env", "env_file: [{path: raw.env, format: raw}]")
    assert read_sources(raw, "docker-compose.yml", lambda _name: 'DB_HOST="quoted"')[0].values["DB_HOST"] == '"quoted"'


def test_manifests_are_one_application_and_the_container_has_the_last_word() -> None:
    found = source_of("manifests.yaml")
    assert found.values == {
        "TZ": "Asia/Tokyo",
        "DB_DIALECT": "postgres",
        "DB_HOST": "db",
        "DB_PORT": "5432",
        "APP_ENV": "production",
        "DB_PASSWORD": "pa#ss",
        "REDIS_URL": "redis://:pw@10.0.0.5:6379/4",
    }
    assert found.last["DB_PASSWORD"].place is Place.SECRET and found.last["DB_PASSWORD"].line == 15
    assert found.last["APP_KEY"].value is None and found.unread == ((33, "Secret elsewhere"),)


def test_helm_values_are_found_wherever_a_chart_keeps_them() -> None:
    found = source_of("values.yaml")
    assert found.kind is Kind.HELM and found.last["DB_PASSWORD"].line == 7
    assert (found.last["DB_PASSWORD"].place, found.last["APP_KEY"].place) == (Place.CONFIG_MAP, Place.VALUES)


def test_the_home_of_nb_gives_the_environment_that_was_used_last_first() -> None:
    sources = read_sources((FILES / "config.json").read_text("utf-8"), "config.json")
    assert [source.title for source in sources] == ["prod", "dev"]
    assert sources[0].values["DB_PASSWORD"] == "p'a\"ss" and sources[0].values["DB_UNDERSCORED"] == "true"
    assert (sources[0].last["APP_KEY"].line, sources[0].last["DB_HOST"].line) == (10, 13)
    assert sources[0].unread == ((0, "prod/.env"),)


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("a: [1\nb: 2\n", "x.yaml", 2),
        ("a: *b\n", "x.yaml", 1),
        ("replicaCount: 1\n", "values.yaml", 0),
        ("", ".env", 0),
        ("# only comments\n", "x.env", 0),
        ('{"envs": 1}', "config.json", 0),
        ('{"envs": {', "config.json", 0),
        ("services:\n  db:\n    image: postgres\n", "compose.yaml", 0),
        ('job "nb" {\n  env {\n    APP_KEY = "x"\n  }\n}\n', "nb.nomad.hcl", 0),
        ("[" * 40_000, "x.yaml", 1),
        ("a:\n" + "- " * 20_000, "x.yaml", 2),
        ("- a: b\n" * 60_000, "x.yaml", 13_334),
        (f"APP_KEY: {'x' * (1 << 20)}", "x.yaml", 0),
        ("&a [&a [*a]]\n", "x.yaml", 0),
        ("a: &a [*a]\n", "x.yaml", 0),
    ],
)
def test_a_file_of_no_known_form_is_named(text: str, name: str, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        read_sources(text, name)
    assert caught.value.line == line


def test_aliases_that_multiply_are_refused() -> None:
    rows = ["a0: &a0 {APP_KEY: x}"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(SourceError):
        read_sources("\n".join(rows), "values.yaml")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("APP_KEY=x\n", Kind.ENV),
        ("services: {a: {environment: {APP_KEY: x}}}\n", Kind.COMPOSE),
        ("configMap: {data: {APP_KEY: x}}\n", Kind.HELM),
    ],
)
def test_a_file_without_a_telling_name_is_told_by_its_content(text: str, kind: Kind) -> None:
    assert read_sources(text, "settings")[0].kind is kind


def test_the_env_file_of_the_project_is_put_in() -> None:
    text = (
        "x-env: &env {DB_HOST: $HOST, TZ: UTC}\nx-more: &more {TZ: Europe/Berlin, DB_USER: u}\nservices:\n  app:\n"
        "    image: ${IMAGE:-registry.example.com/nocobase/nocobase:${TAG}}\n    env_file: [app.env]\n"
        "    environment: {<<: [*env, *more], REDIS_URL: '${REDIS}/4', DB_HOST: '${HOST}', SHELL_ONLY: , FROM_ENV: }\n"
        "    volumes: ['./storage:/app/nocobase/storage']\n    ports: ['127.0.0.1:8080:80', {published: 9000, target: 13000}]\n"
    )
    files = {".env": "TAG=2.2.15-full\nHOST=db\nREDIS=redis://r:6379\nFROM_ENV=yes\n", "app.env": 'A="${HOST}x"\nB=${NONE}\n'}
    found = read_sources(text, "compose.yaml", files.get)[0]
    assert found.values == {
        "DB_HOST": "db",
        "TZ": "UTC",
        "DB_USER": "u",
        "REDIS_URL": "redis://r:6379/4",
        "FROM_ENV": "yes",
        "A": "dbx",
    }
    assert {name for name, setting in found.last.items() if setting.value is None} == {"SHELL_ONLY", "B"}
    assert all(setting.why for setting in found.last.values() if setting.value is None)
    setup = found.setup
    assert (setup.deployment, setup.image.value) == ("docker", "registry.example.com/nocobase/nocobase:2.2.15-full")
    assert (setup.storage.value, [port.value for port in setup.ports]) == ("./storage", ["127.0.0.1:8080:80", "9000:13000"])
    # what a mapping sets itself is no second assignment beside what it merges
    assert [setting.name for setting in found.settings].count("DB_HOST") == 1


@pytest.mark.parametrize(
    ("image", "is_one"),
    [
        ("nocobase/nocobase:2.2.15", True),
        ("registry.example.com:5000/team/nocobase", True),
        ("nocobase@sha256:0123", True),
        ("nocobase/postgres:16", False),
        ("nocobase/adminer", False),
        ("team/nocobase-backup:1", False),
    ],
)
def test_the_application_is_the_image_of_that_name(image: str, is_one: bool) -> None:
    text = f"services: {{it: {{image: '{image}', environment: {{DB_HOST: d}}}}, app: {{environment: {{DB_DIALECT: mysql}}}}}}\n"
    titles = {source.title for source in read_sources(text, "compose.yaml")}
    assert titles == ({"it", "app"} if is_one else {"app"})


def test_a_service_has_what_it_extends() -> None:
    text = (
        "services:\n  base: {image: nocobase/nocobase:2.2.15, environment: {APP_KEY: k, TZ: UTC}, profiles: [never]}\n"
        "  app: {extends: {service: base}, environment: {TZ: Asia/Tokyo}}\n"
    )
    first = read_sources(text, "compose.yaml")[0]
    assert first.title == "app" and first.values == {"APP_KEY": "k", "TZ": "Asia/Tokyo"}
    assert first.setup.image.value == "nocobase/nocobase:2.2.15"


def test_manifests_of_others_are_not_the_application() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: Secret, metadata: {name: nb, namespace: crm}, data: {pw: c2VjcmV0}}\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {TZ: Asia/Tokyo, OTHER: x}}\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: nb}, data: {TZ: UTC, HOST: r}}\n"
        "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: db}, spec: {template: {spec: {containers: "
        "[{name: db, image: postgres, env: [{name: POSTGRES_PASSWORD, value: x}]}]}}}}\n"
        "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: nb}, spec: {template: {spec: {containers: "
        "[{name: nb, image: 'reg/nocobase:2.2.15', envFrom: [{configMapRef: {name: nb}}], env: ["
        "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: nb, key: pw}}}, {name: REDIS_URL, value: 'redis://$(HOST):6379/$$(X)'},"
        "{name: FAR, valueFrom: {secretKeyRef: {name: far, key: a}}}, {name: BAD, value: $(NONE)}],"
        "volumeMounts: [{name: s, mountPath: /app/nocobase/storage}]}],"
        "volumes: [{name: s, persistentVolumeClaim: {claimName: claim}}]}}}}\n"
    )
    found = read_sources(text, "all.yaml")[0]
    assert found.values == {"TZ": "UTC", "HOST": "r", "DB_PASSWORD": "secret", "REDIS_URL": "redis://r:6379/$(X)"}
    assert {name for name, setting in found.last.items() if setting.value is None} == {"FAR", "BAD"}
    assert [name for _line, name in found.unread] == ["Secret far"]
    setup = found.setup
    assert (setup.deployment, setup.image.value, setup.namespace.value) == ("kubernetes", "reg/nocobase:2.2.15", "crm")
    assert setup.storage.value == "claim"


def test_what_nb_keeps_beside_its_configuration_is_read() -> None:
    text = (
        (FILES / "config.json")
        .read_text("utf-8")
        .replace('"source"', '"dockerRegistry": "r/nocobase", "downloadVersion": "2.2.15", "source"')
    )
    found = read_sources(text, "config.json", {"prod/.env": "APP_KEY=other\nSMTP_HOST='h'\n"}.get)[0]
    assert found.unread == () and found.values["SMTP_HOST"] == "'h'"
    assert found.values["APP_KEY"] == "production-key-production-key-00000"
    assert (found.setup.deployment, found.setup.image.value) == ("docker", "r/nocobase:2.2.15")


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("0123", "83"),
        ("0o17", "15"),
        ("089", "89"),
        ("0x1F", "31"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("+7", "7"),
        ("1.10", "1.1"),
        ("1.0", "1"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1e-7", "1e-07"),
        ("TRUE", "true"),
        ("yes", "yes"),
        ("'0123'", "0123"),
        ("5432", "5432"),
        ("12:30:00", "12:30:00"),
        ("9" * 400, "9" * 400),
    ],
)
def test_compose_hands_a_scalar_on_as_go_writes_it(written: str, arrives: str) -> None:
    text = f"services:\n  app:\n    image: nocobase\n    environment:\n      DB_PASSWORD: {written}\n"
    setting = read_sources(text, "compose.yaml")[0].last["DB_PASSWORD"]
    assert setting.value == arrives and setting.other == (written.strip("'") != arrives and arrives != "true")


@pytest.mark.parametrize(("written", "arrives"), [("on", "true"), ("No", "false"), ("'on'", "on"), ("0123", "83"), ("x", "x")])
def test_helm_hands_a_scalar_on_as_yaml_of_version_1_1_has_it(written: str, arrives: str) -> None:
    text = f"configMap:\n  data:\n    APP_KEY: k\n    DB_LOGGING: {written}\n"
    assert read_sources(text, "values.yaml")[0].values["DB_LOGGING"] == arrives


@pytest.mark.parametrize(
    ("written", "bare"), [("on", True), ("yes", True), ("1", True), ("true", True), ("'on'", False), ("x", False)]
)
def test_kubernetes_takes_text_alone(written: str, bare: bool) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  DB_LOGGING: {written}\n"
    assert read_sources(text, "map.yaml")[0].last["DB_LOGGING"].bare is bare


@pytest.mark.parametrize(
    ("value", "known", "dollar"),
    [
        ("Blue$Whale", "", "Whale"),
        ("Blue$Whale", "Whale=5", ""),
        ("pa$#ss", "", "$"),
        ("$WHOLE", "", ""),
        ("x${WHOLE}", "", ""),
        ("a$$b", "", ""),
    ],
)
def test_a_dollar_sign_in_a_value_is_told_from_a_variable(value: str, known: str, dollar: str) -> None:
    text = f"services: {{a: {{image: nocobase, environment: {{DB_PASSWORD: '{value}'}}}}}}"
    setting = read_sources(text, "compose.yaml", {".env": known}.get)[0].last["DB_PASSWORD"]
    assert setting.dollar == dollar and (setting.value is None) == bool(dollar or "WHOLE" in value)


def test_a_list_of_pairs_is_no_environment() -> None:
    text = "services:\n  app:\n    image: nocobase\n    environment:\n      - APP_KEY: secret\n"
    setting = read_sources(text, "compose.yaml")[0].last["APP_KEY"]
    assert setting.value is None and setting.why and setting.line == 5


def test_how_many_of_a_service_run_and_which_redis_drops_keys() -> None:
    text = (
        "services:\n  app: {image: nocobase, deploy: {replicas: '${N:-4}'}, environment: {APP_KEY: k}}\n"
        "  more: {image: nocobase, scale: 3}\n"
        "  cache: {image: redis, container_name: kv, command: [redis-server, --maxmemory-policy, allkeys-lru]}\n"
        "  safe: {image: redis, command: redis-server --maxmemory-policy noeviction}\n"
    )
    first, second = read_sources(text, "compose.yaml")
    assert (first.setup.scale.count.value, second.setup.scale.count.value, second.title) == ("4", "3", "more")
    assert [(name, policy.line) for name, policy in first.setup.scale.evicting] == [("cache", 4), ("kv", 4)]


SCALED = (
    "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  replicas: {replicas}\n  template:\n    spec:\n"
    "      containers:\n        - image: nocobase/nocobase:2.2.15\n          envFrom: [{{configMapRef: {{name: nb}}}}]\n"
    "          env: [{{name: WORKER_MODE, value: '{mode}'}}]\n          volumeMounts: [{{name: s, mountPath: /app/nocobase/storage}}]\n"
    "      volumes: [{{name: s, {volume}}}]\n---\n"
)
CLAIM = "persistentVolumeClaim: {claimName: c}"


def test_each_workload_of_a_manifest_is_an_application_with_its_scale() -> None:
    text = (
        SCALED.format(kind="Deployment", name="web", replicas=3, mode="!", volume=CLAIM)
        + SCALED.format(kind="StatefulSet", name="work", replicas=2, mode="*", volume="emptyDir: {}")
        + "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {template: {spec: {containers: [{image: nocobase}]}}}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nb}\ndata: {TZ: UTC}\n---\n"
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [ReadWriteOnce]}\n---\n"
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
        "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 9}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
    )
    web, work, once = read_sources(text, "all.yaml")
    assert [source.title for source in (web, work, once)] == ["Deployment web", "StatefulSet work", "Job once"]
    assert web.values == {"TZ": "UTC", "WORKER_MODE": "!"} and work.values["WORKER_MODE"] == "*" and once.on_request
    scale = web.setup.scale
    assert (scale.count.value, scale.most.value, scale.volume, scale.modes.value) == ("3", "9", "claim", "ReadWriteOnce")
    assert scale.rolling and not work.setup.scale.rolling and work.setup.scale.volume == "own"
    assert [service.value for service in scale.services] == ["db"]


def test_manifests_of_a_folder_are_read_together_and_say_where_they_stand() -> None:
    load = dict[str, str]().get
    files = (
        SourceFile("k/web.yaml", SCALED.format(kind="Deployment", name="web", replicas=1, mode="", volume=CLAIM), load),
        SourceFile("k/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nb}\ndata:\n  TZ: UTC\n", load),
        SourceFile("other/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nb}\ndata:\n  TZ: Asia/Tokyo\n", load),
        SourceFile("k/words.txt", "nothing\n", load),
    )
    web, beside, apart, words = read_together(files)
    assert isinstance(web, tuple) and web[0].values["TZ"] == "UTC"
    assert (web[0].last["TZ"].file, web[0].last["TZ"].line) == ("k/map.yaml", 5) and web[0].unread == ()
    assert beside == () and isinstance(apart, tuple) and apart[0].values["TZ"] == "Asia/Tokyo"
    assert isinstance(words, SourceError)


def test_a_kustomization_gives_what_it_names_and_generates() -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml, ../far.yaml]\n",
        "base/web.yaml": SCALED.format(kind="Deployment", name="web", replicas=1, mode="", volume=CLAIM),
        "app.env": "DB_HOST=db\nQUOTED='x'\n# no\n",
    }
    text = (
        "resources:\n  - base\nimages:\n  - {name: nocobase/nocobase, newTag: 2.2.3}\nreplicas:\n  - {name: web, count: 5}\n"
        "configMapGenerator:\n  - name: nb\n    literals: ['TZ=UTC', 'APP_KEY=\"k=1\"']\n    envs: [app.env, none.env]\n"
        "secretGenerator:\n  - {name: unused, literals: [DB_PASSWORD=x]}\npatches:\n  - path: p.yaml\n"
    )
    (found,) = read_sources(text, "kustomization.yaml", files.get)
    assert found.values == {"TZ": "UTC", "APP_KEY": "k=1", "DB_HOST": "db", "QUOTED": "'x'", "WORKER_MODE": ""}
    assert (found.setup.image.value, found.setup.scale.count.value) == ("nocobase/nocobase:2.2.3", "5")
    assert (found.last["DB_HOST"].file, found.last["DB_HOST"].line, found.last["TZ"].line) == ("app.env", 1, 9)
    assert {name for _line, name in found.unread} == {"../far.yaml", "none.env", "patches"}


def test_a_kustomization_that_names_itself_is_read_once() -> None:
    asked: list[str] = []
    files = {"kustomization.yaml": "resources: [., ., a]\n", "a/kustomization.yaml": "resources: [../b, ../b, ..]\n"}
    files["b/kustomization.yaml"] = "configMapGenerator: [{name: nb, literals: [TZ=UTC]}]\n"

    def load(path: str) -> str | None:
        asked.append(path)
        return files.get(path)

    text = f"{files['kustomization.yaml']}secretGenerator: [{{name: other, literals: [APP_KEY=k]}}]\n"
    (found,) = read_sources(text, "kustomization.yaml", load)
    assert {name for _line, name in found.unread} == {".", ".."} and len(asked) < 12
    assert found.values["TZ"] == "UTC"


@pytest.mark.parametrize("line", ["    restart:always", "  - restart:always"])
def test_a_colon_without_a_blank_is_named_with_its_line(line: str) -> None:
    with pytest.raises(SourceError, match="2") as caught:
        read_sources(f"services:\n{line}\n  b: c: d\n", "compose.yaml")
    assert caught.value.line


def test_a_toml_file_is_no_env_file() -> None:
    with pytest.raises(SourceError):
        read_sources('schema = 1\n[app]\nkey = "x"\n', "answers.toml")
