"""ansible/group_vars/all.yaml: what is the same on every node, and every command, so that each can be replaced (nocobase.md §17, §18)."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.answers.answers import Answers
from nbcluster.facts import ALONE
from nbcluster.files.balancers.files import FILES
from nbcluster.files.balancers.model import balancer_of, identifier
from nbcluster.files.docker import first_boot_overrides
from nbcluster.files.runbook.blocks import user, word
from nbcluster.files.runbook.prepare import mount_line
from nbcluster.files.systemd import APP_FOLDER, USER
from nbcluster.files.template import render
from nbcluster.steps.balancer import has_file
from nbcluster.steps.start import in_docker

_UNIT = "nocobase-alone"


def wanted_variables(answers: Answers) -> dict[str, object]:
    """Return what every variable of the file must be once it is read."""
    docker, marker = in_docker(answers), "{{ nocobase_application }}/.nbcluster-alone"
    units = {"nocobase_unit": "/etc/systemd/system/nocobase.service", "nocobase_reload_units": "systemctl daemon-reload"}
    return {
        "nocobase_version": answers.text("app.version"),
        "nocobase_application": APP_FOLDER,
        "nocobase_owner": user(answers),
        "nocobase_share": answers.text("storage.path"),
        "nocobase_marker": marker,
        "nocobase_mount_line": mount_line(answers),
        "nocobase_mount_command": "mount",
        "nocobase_mount_required": True,
        "nocobase_fstab": "/etc/fstab",
        "nocobase_gate_passed": False,
        "nocobase_backup_done": False,
        "nocobase_health_tries": 150,
        "nocobase_health_pause": 2,
        "nocobase_stop_seconds": 90,
        "nocobase_first_boot_environment": first_boot_overrides(answers),
        "nocobase_maintenance_environment": ALONE,
        "nocobase_environment": {"NODE_PORT": "{{ nocobase_port }}"} if docker else {},
        **(_docker_commands(answers) if docker else _host_commands(answers)),
        "nocobase_alone_stop": _alone_stop(answers),
        **({} if docker else units),
        **_balancer_values(answers),
    }


def group_variables(answers: Answers) -> str:
    """Return the file; it holds no secret, for the env files are copied from beside it."""
    docker = in_docker(answers)
    return render(
        "ansible/group_vars/all.yaml",
        answers.text("output.language"),
        version=answers.text("app.version"),
        folder=APP_FOLDER,
        owner=user(answers),
        share=answers.text("storage.path"),
        mount_line=mount_line(answers),
        first_boot=first_boot_overrides(answers),
        alone=ALONE,
        docker=docker,
        commands=_docker_commands(answers) if docker else _host_commands(answers),
        alone_stop=_alone_stop(answers),
        balancer=_balancer_values(answers),
    )


def _host_commands(answers: Answers) -> dict[str, str]:
    return {
        "nocobase_start": "systemctl enable --now nocobase",
        "nocobase_stop": "systemctl stop nocobase",
        "nocobase_running": "systemctl is-active --quiet nocobase",
        "nocobase_first_boot_start": _transient(answers, first_boot_overrides(answers), " --quickstart"),
        "nocobase_maintenance_start": _transient(answers, ALONE, ""),
        "nocobase_fetch": "",
    }


def _transient(answers: Answers, variables: Mapping[str, str], option: str) -> str:
    """Return a command that starts NocoBase in a unit of its own, which is gone when it ends and is never restarted."""
    authority = answers.text("tls.ca_file")
    environment = {**variables, **({"NODE_EXTRA_CA_CERTS": authority} if authority else {})}
    words = [
        "systemd-run",
        f"--unit={_UNIT}",
        "--collect",
        f"--uid={USER}",
        f"--property=WorkingDirectory={APP_FOLDER}",
        "--property=KillMode=control-group",
        "--property=TimeoutStopSec=60",
        "--property=LimitNOFILE=65536",
        *(f"--setenv={name}={value}" for name, value in environment.items()),
        "/bin/sh",
        "-c",
        f"yarn nocobase postinstall; exec yarn start{option}",
    ]
    return " ".join(word(each) for each in words)


def _docker_commands(answers: Answers) -> dict[str, str]:
    compose = _compose()
    alone = " ".join(f"-e {name}={value}" for name, value in ALONE.items())
    return {
        "nocobase_start": f"{compose} up -d node",
        "nocobase_stop": f"{compose} stop node",
        "nocobase_running": f"/bin/sh -c '{compose} ps --status running --quiet node | grep -q .'",
        "nocobase_first_boot_start": f"{compose} --profile first-boot up -d --force-recreate first-boot",
        "nocobase_maintenance_start": f"{compose} run -d --rm --name {_container(answers)} --service-ports {alone} node",
        "nocobase_fetch": f"{compose} pull node",
    }


def _alone_stop(answers: Answers) -> list[str]:
    if not in_docker(answers):
        return [f"systemctl stop {_UNIT}"]
    return [f"{_compose()} --profile first-boot stop first-boot", f"docker stop --time 60 {_container(answers)}"]


def _compose() -> str:
    return f"docker compose -f {APP_FOLDER}/docker/compose.yaml"


def _container(answers: Answers) -> str:
    return f"nocobase-{answers.text('name')}-alone"


def _balancer_values(answers: Answers) -> dict[str, str | int]:
    if not has_file(answers):
        return {}
    kind, model = answers.text("balancer.kind"), balancer_of(answers)
    name = identifier(answers)
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
