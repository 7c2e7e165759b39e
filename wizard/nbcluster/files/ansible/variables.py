"""ansible/group_vars/all.yaml: what is the same on every node, and every command as a variable, so that each can be replaced (nocobase.md §17, §18)."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.cluster import Cluster
from nbcluster.facts import ALONE
from nbcluster.files.balancers.files import FILES
from nbcluster.files.docker import first_boot_overrides
from nbcluster.files.runbook.blocks import word
from nbcluster.files.runbook.prepare import mount_line
from nbcluster.files.systemd import PLACES, PROGRAM, UNIT
from nbcluster.files.template import render

_UNIT = "nocobase-alone"


def wanted_variables(cluster: Cluster) -> dict[str, object]:
    """Return what every variable of the file must be once it is read."""
    marker = "{{ nocobase_application }}/.nbcluster-alone"
    return {
        "nocobase_version": cluster.deployment.version,
        "nocobase_application": cluster.deployment.folder,
        "nocobase_owner": cluster.deployment.owner,
        "nocobase_share": cluster.share.path,
        "nocobase_marker": marker,
        "nocobase_mount_line": mount_line(cluster),
        "nocobase_mount_command": "mount",
        "nocobase_mount_required": True,
        "nocobase_fstab": "/etc/fstab",
        "nocobase_gate_passed": False,
        "nocobase_backup_done": False,
        "nocobase_health_tries": 150,
        "nocobase_health_pause": 2,
        "nocobase_stop_seconds": 90,
        "nocobase_first_boot_environment": first_boot_overrides(cluster),
        "nocobase_maintenance_environment": ALONE,
        "nocobase_environment": {},
        **_commands(cluster),
        "nocobase_alone_stop": _alone_stop(cluster),
        "nocobase_unit": PLACES[UNIT],
        "nocobase_health_program": PROGRAM,
        "nocobase_reload_units": "systemctl daemon-reload",
        **_balancer_values(cluster),
    }


def group_variables(cluster: Cluster) -> str:
    """Return the file; it holds no secret, for the env files are copied from beside it."""
    return render(
        "ansible/group_vars/all.yaml",
        cluster.language,
        cluster=cluster,
        mount_line=mount_line(cluster),
        first_boot=first_boot_overrides(cluster),
        alone=ALONE,
        unit=PLACES[UNIT],
        program=PROGRAM,
        commands=_commands(cluster),
        alone_stop=_alone_stop(cluster),
        balancer=_balancer_values(cluster),
    )


def _commands(cluster: Cluster) -> dict[str, str]:
    return _docker_commands(cluster) if cluster.deployment.in_docker else _host_commands(cluster)


_SERVICE = {
    "nocobase_start": "systemctl enable --now nocobase",
    "nocobase_stop": "systemctl stop nocobase",
    "nocobase_running": "systemctl is-active --quiet nocobase",
}


def _host_commands(cluster: Cluster) -> dict[str, str]:
    return {
        **_SERVICE,
        "nocobase_first_boot_start": _transient(cluster, first_boot_overrides(cluster), " --quickstart"),
        "nocobase_maintenance_start": _transient(cluster, ALONE, ""),
        "nocobase_fetch": "",
    }


def _transient(cluster: Cluster, variables: Mapping[str, str], option: str) -> str:
    """Return a command that starts NocoBase in a transient unit, which is never restarted."""
    authority = cluster.deployment.authority
    environment = {**variables, **({"NODE_EXTRA_CA_CERTS": authority} if authority else {})}
    words = [
        "systemd-run",
        f"--unit={_UNIT}",
        "--collect",
        f"--uid={cluster.deployment.account}",
        f"--property=WorkingDirectory={cluster.deployment.folder}",
        "--property=KillMode=control-group",
        "--property=TimeoutStopSec=60",
        "--property=LimitNOFILE=65536",
        *(f"--setenv={name}={value}" for name, value in environment.items()),
        "/bin/sh",
        "-c",
        f"yarn nocobase postinstall; exec yarn start{option}",
    ]
    return " ".join(word(each) for each in words)


def _docker_commands(cluster: Cluster) -> dict[str, str]:
    compose = _compose(cluster)
    alone = " ".join(f"-e {name}={value}" for name, value in ALONE.items())
    return {
        **_SERVICE,
        "nocobase_first_boot_start": f"{compose} --profile first-boot up -d --force-recreate first-boot",
        "nocobase_maintenance_start": f"{compose} run -d --rm --name {_container(cluster)} --service-ports {alone} node",
        "nocobase_fetch": f"{compose} pull node",
    }


def _alone_stop(cluster: Cluster) -> list[str]:
    if not cluster.deployment.in_docker:
        return [f"systemctl stop {_UNIT}"]
    return [f"{_compose(cluster)} --profile first-boot stop first-boot", f"docker stop --time 60 {_container(cluster)}"]


def _compose(cluster: Cluster) -> str:
    return f"docker compose -f {cluster.deployment.folder}/docker/compose.yaml"


def _container(cluster: Cluster) -> str:
    return f"nocobase-{cluster.name}-alone"


def _balancer_values(cluster: Cluster) -> dict[str, str | int]:
    if not cluster.balancer.has_file:
        return {}
    model = cluster.balancer
    kind, name = model.kind, model.name
    target, check = {
        "nginx": (f"/etc/nginx/conf.d/{name}.conf", "nginx -t"),
        "haproxy": (f"/etc/haproxy/conf.d/{name}.cfg", "haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/conf.d"),
        "caddy": ("/etc/caddy/Caddyfile", "caddy validate --adapter caddyfile --config /etc/caddy/Caddyfile"),
    }[kind]
    link = model.key_link if kind == "haproxy" else ""
    return {
        "nocobase_balancer_file": FILES[kind][0],
        "nocobase_balancer_target": target,
        "nocobase_balancer_check": check,
        "nocobase_balancer_reload": f"systemctl reload {kind}",
        "nocobase_balancer_key": model.certificate_key if link else "",
        "nocobase_balancer_key_link": link,
    }
