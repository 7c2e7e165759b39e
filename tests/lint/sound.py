"""The variables of a sound cluster node, and ways to write them into every form of file."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.lint import Input, LintFinding, lint

SOUND: Mapping[str, str] = {
    "APP_ENV": "production",
    "APP_KEY": "5e" * 32,
    "APP_AES_SECRET_KEY": "a1" * 32,
    "TZ": "UTC",
    "DB_DIALECT": "postgres",
    "DB_HOST": "database.example",
    "DB_DATABASE": "nocobase",
    "DB_USER": "app",
    "DB_PASSWORD": "database-word-1",
    "CACHE_DEFAULT_STORE": "redis",
    "CACHE_REDIS_URL": "redis://redis.example:6379/0",
    "PUBSUB_ADAPTER_REDIS_URL": "redis://redis.example:6379/1",
    "LOCK_ADAPTER_DEFAULT": "redis",
    "LOCK_ADAPTER_REDIS_URL": "redis://redis.example:6379/2",
    "QUEUE_ADAPTER": "redis",
    "QUEUE_ADAPTER_REDIS_URL": "redis://redis.example:6379/3",
    "REDIS_URL": "redis://redis.example:6379/4",
}


ON_HOST: Mapping[str, str] = {
    "STORAGE_PATH": "/srv/share/storage",
    "SOCKET_PATH": "run/gateway.sock",
    "PM2_HOME": "run/pm2",
}
"""What a node without containers needs besides."""


def with_(**changes: str | None) -> dict[str, str]:
    """Return the sound variables with some changed, or left out for None."""
    return {name: value for name, value in {**SOUND, **changes}.items() if value is not None}


def env(values: Mapping[str, str]) -> str:
    """Return an env file of a host."""
    return "".join(f"{name}={value}\n" for name, value in {**ON_HOST, **values}.items())


def compose(values: Mapping[str, str]) -> str:
    """Return a compose file whose service sets the variables itself."""
    lines = "".join(f'      {name}: "{value}"\n' for name, value in values.items())
    return f"services:\n  app:\n    image: nocobase/nocobase:2.2.15\n    environment:\n{lines}"


def manifest(values: Mapping[str, str], kind: str = "ConfigMap", name: str = "settings") -> str:
    """Return a ConfigMap, or a Secret with ``stringData``."""
    lines = "".join(f'  {key}: "{value}"\n' for key, value in values.items())
    field = "stringData" if kind == "Secret" else "data"
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n{field}:\n{lines}"


def workload(
    values: Mapping[str, str] = SOUND, *, replicas: int = 1, strategy: str = "", container: str = "", modes: str = ""
) -> str:
    """Return a Deployment with its Secret, and with a claim as its storage where access ``modes`` are given."""
    plan = f"  strategy: {{type: {strategy}}}\n" if strategy else ""
    mount = "          volumeMounts: [{name: s, mountPath: /app/nocobase/storage}]\n" if modes else ""
    volume = "      volumes: [{name: s, persistentVolumeClaim: {claimName: claim}}]\n" if modes else ""
    claim = (
        f"---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: claim}}\nspec: {{accessModes: [{modes}]}}\n"
        if modes
        else ""
    )
    return (
        f"{manifest(values, 'Secret')}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: {replicas}\n"
        f"{plan}  template:\n    spec:\n      containers:\n        - name: app\n          image: nocobase/nocobase:2.2.15\n"
        f"          envFrom: [{{secretRef: {{name: settings}}}}]\n"
        + (f"          {container}\n" if container else "")
        + mount
        + volume
        + claim
    )


def two(first: str, second: str) -> str:
    """Return a compose file with two nodes of one cluster, each with a line of its own in its environment."""
    own = "".join(f"  {name}: '{value}'\n" for name, value in SOUND.items())
    nodes = "".join(
        f"  {name}:\n    image: nocobase/nocobase:2.2.15\n    environment: {{<<: *all, {line}}}\n"
        "    volumes: ['/srv/share:/app/nocobase/storage']\n"
        for name, line in (("web1", first), ("web2", second))
    )
    return f"x-all: &all\n{own}services:\n{nodes}"


def helm(values: Mapping[str, str]) -> str:
    """Return Helm values as the official chart takes them."""
    return "configMap:\n  data:\n" + "".join(f'    {name}: "{value}"\n' for name, value in values.items())


def found_in(text: str, name: str = ".env", *, single: bool = False) -> tuple[LintFinding, ...]:
    """Return what lint finds in one file; it has to be readable."""
    linted = lint([Input(name, text)], single=single)
    assert not linted.problems
    return linted.findings


def ids(text: str, name: str = ".env") -> set[str]:
    """Return the ids that lint finds in one file."""
    return {finding.id for finding in found_in(text, name)}
