"""Inventory, variables and playbook, checked by Ansible's own programs and by reading them back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nbcluster.answers.answers import Answers
from nbcluster.cluster import Cluster
from nbcluster.files import ansible as ansible_package
from nbcluster.files.ansible.files import copies
from nbcluster.files.ansible.inventory import inventory
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.verify import VerificationError, verify
from nbcluster.files.words import ansible, ansible_folded
from tests.cli.program import nbcluster
from tests.services.process import tool
from tests.unit.scenarios import ANSWERS, EVERY_KIND, official_text
from tests.unit.scenarios import official as official_without
from tests.unit.test_env_files import rendered, resolved_for

LINTED = ("ansible/playbook.yaml", "ansible/inventory.yaml", "ansible/group_vars/all.yaml")


def program(name: str, *words: str, folder: Path) -> tuple[int, str]:
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join([own, os.environ["PATH"]])
    places = {
        "HOME": str(folder / "home"),
        "ANSIBLE_HOME": str(folder / "home/ansible"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "home/tmp"),
    }
    environment = {"PATH": path, "LANG": "C.UTF-8", "NO_COLOR": "1", **places}
    command = [tool(name, own), *words]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=environment, timeout=120, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def official(changes: Mapping[str, object] | None = None) -> Answers:
    """Return the official example with the files for Ansible users."""
    deployment = str((changes or {}).get("app.deployment", "host"))
    return official_without({"output.formats": EVERY_KIND[deployment], **(changes or {})})


def written(text: str, folder: Path) -> Path:
    deployment = "docker" if "docker" in text else "host"
    text = text if "[output]" in text else f"{text}\n[output]\n"
    (folder / "answers.toml").write_text(text.replace("[output]\n", f"[output]\nformats = {EVERY_KIND[deployment]}\n"))
    done = nbcluster("render", "--answers", folder / "answers.toml", "--out", folder / "out")
    assert done.code == 0, done.err
    return folder / "out"


def parsed(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    return yaml.load(text)


@pytest.mark.parametrize("deployment", ["host", "docker"])
def test_ansible_lint_and_the_parser_find_nothing(deployment: str, tmp_path: Path) -> None:
    text = (ANSWERS / "workers.toml").read_text().replace("[app]\n", f'[app]\ndeployment = "{deployment}"\n')
    out = written(text, tmp_path)
    code, said = program("ansible-lint", "--offline", "--profile", "production", *LINTED, folder=out)
    assert code == 0, said
    code, said = program("ansible-playbook", "--syntax-check", "-i", LINTED[1], LINTED[0], folder=out)
    assert code == 0 and "WARNING" not in said.upper(), said
    code, said = program("ansible-playbook", "--list-tasks", "-i", LINTED[1], LINTED[0], folder=out)
    assert code == 0 and "Copy the env file" in said and "Start the node\t" not in said, said


def test_an_unformatted_file_is_not_clean_for_ansible_lint(tmp_path: Path) -> None:
    out = written(official_text(), tmp_path)
    file = out / "ansible/tasks/free.yaml"
    file.write_text(file.read_text().replace("ansible.builtin.wait_for", "wait_for"))
    code, said = program("ansible-lint", "--offline", "--profile", "production", *LINTED, folder=out)
    assert code != 0 and "fqcn" in said


def test_ssh_is_reached_as_answered_and_only_a_node_that_differs_has_its_own_file() -> None:
    rows = [
        {"name": "all", "host": "10.0.0.1", "worker_mode": "*"},
        {"name": "first", "host": "10.0.0.2", "port": 13200, "ssh": "ops@bastion.example:2222"},
        {"name": "others", "host": "10.0.0.3", "ssh": "ops@[2001:db8::1]:2200"},
        {"name": "n4", "host": "10.0.0.4", "ssh": "jump.example"},
    ]
    groups = parsed(inventory(Cluster.of(official({"nodes": rows}))))["nocobase_nodes"]["children"]
    first, others = groups["nocobase_first"]["hosts"], groups["nocobase_others"]["hosts"]
    assert list(first) == ["first"] and list(others) == ["all_node", "others", "n4"]

    def reach(host: Mapping[str, object]) -> list[object]:
        return [host.get(f"ansible_{name}") for name in ("user", "host", "port")]

    assert reach(first["first"]) == ["ops", "bastion.example", 2222]
    assert reach(others["others"]) == ["ops", "2001:db8::1", 2200]
    assert reach(others["n4"]) == [None, "jump.example", None] and reach(others["all_node"]) == [None, "10.0.0.1", None]
    assert first["first"]["nocobase_health_url"] == "http://10.0.0.2:13200/api/__health_check"
    files = [host["nocobase_env_file"] for host in (first["first"], *others.values())]
    assert files == ["nodes/first.env", "nodes/all.env", ".env", ".env"]


def test_one_node_and_no_balancer_leave_nothing_dangling() -> None:
    files = rendered(official({"nodes": [{"name": "a", "host": "10.0.0.1"}], "balancer.kind": "cloud"}))
    assert "ansible/tasks/balancer.yaml" not in files and "balancer" not in files["ansible/group_vars/all.yaml"].text
    assert all(play["hosts"] != "nocobase_balancer" for play in parsed(files["ansible/playbook.yaml"].text))
    groups = parsed(files["ansible/inventory.yaml"].text)["nocobase_nodes"]["children"]
    assert groups["nocobase_others"]["hosts"] == {}


def tasks_of(content: Any) -> list[str]:
    """Return the task files that a play or a list of tasks names, in whatever block."""
    if isinstance(content, list):
        return [name for each in content for name in tasks_of(each)]
    if not isinstance(content, dict):
        return []
    own = content.get("ansible.builtin.import_tasks")
    return [*([own] if own else []), *(name for value in content.values() for name in tasks_of(value))]


@pytest.mark.parametrize("deployment", ["host", "docker"])
@pytest.mark.parametrize("balancer", ["nginx", "none"])
def test_what_is_copied_is_whole(deployment: str, balancer: str) -> None:
    """No render parses these again: they are lists of plays and tasks, and each task file is there and named."""
    files = copies(Cluster.of(official({"app.deployment": deployment, "balancer.kind": balancer})))
    content = {path: parsed(text) for path, text in files.items()}
    assert all(isinstance(each, list) and each and all(isinstance(part, dict) for part in each) for each in content.values())
    named = [name for each in content.values() for name in tasks_of(each)]
    # a task file is named from where the play or the task file stands
    assert {f"ansible/tasks/{Path(name).name}" for name in named} == files.keys() - {"ansible/playbook.yaml"}
    assert ("ansible/tasks/balancer.yaml" in files) is (balancer == "nginx")


def test_each_file_of_the_package_is_copied_somewhere() -> None:
    sets = [copies(Cluster.of(official({"app.deployment": name}))) for name in ("host", "docker")]
    written = {text for files in sets for text in files.values()}
    folder = Path(ansible_package.__file__).parent / "files"
    assert {path.read_text("utf-8") for path in folder.rglob("*.yaml")} == written


def test_nothing_starts_or_stops_a_node_unless_asked() -> None:
    plays = parsed(rendered(official())["ansible/playbook.yaml"].text)
    usual = {play["name"] for play in plays if "never" not in play["tags"]}
    assert usual == {"Prepare the nodes", "Configure the nodes", "Configure the balancer"}


def test_text_of_answers_is_no_template_and_long_commands_read_the_same() -> None:
    assert ansible("/srv/{{ x }}") == '!unsafe "/srv/{{ x }}"' and ansible("/srv/a") == '"/srv/a"' and ansible(3) == "3"
    text = " ".join(f"--option-{number}='some value'" for number in range(20))
    assert parsed(f"command: {ansible_folded(text)}\n") == {"command": text}
    answers = official({"storage.path": "/srv/{{x}}"})
    verify(tuple(rendered(answers).values()), Cluster.of(answers), resolved_for(answers))


def test_the_first_boot_of_a_host_is_a_unit_of_its_own_and_knows_the_authority() -> None:
    values = parsed(rendered(official({"tls.ca_file": "/etc/ssl/our authority.pem"}))["ansible/group_vars/all.yaml"].text)
    start = values["nocobase_first_boot_start"]
    assert "--setenv=CLUSTER_MODE= " in start and start.endswith("exec yarn start --quickstart'")
    assert "'--setenv=NODE_EXTRA_CA_CERTS=/etc/ssl/our authority.pem'" in start
    assert values["nocobase_first_boot_environment"]["LOCK_ADAPTER_DEFAULT"] == "local"
    assert "--quickstart" not in values["nocobase_maintenance_start"]
    docker = parsed(rendered(official({"app.deployment": "docker"}))["ansible/group_vars/all.yaml"].text)
    assert docker["nocobase_start"] == values["nocobase_start"] == "systemctl enable --now nocobase"
    assert docker["nocobase_fetch"] == "docker compose -f /srv/nocobase/app/docker/compose.yaml pull node"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("inventory.yaml", '"node2":', '"node3":'),
        ("inventory.yaml", 'nocobase_env_file: ".env"', 'nocobase_env_file: "nodes/node1.env"'),
        ("inventory.yaml", "172.31.0.2", "172.31.0.9"),
        ("inventory.yaml", "nocobase_others:", "nocobase_others: ["),
        ("playbook.yaml", "tasks/start.yaml", "tasks/begin.yaml"),
        ("tasks/stop.yaml", "---\n", "---\nkey: "),
        ("tasks/stop.yaml", "name:", "name: not"),
    ],
)
def test_a_file_that_means_something_else_is_found(path: str, old: str, new: str) -> None:
    answers = official()
    files = rendered(answers)
    name = f"ansible/{path}"
    assert old in files[name].text
    files[name] = OutputFile(name, files[name].text.replace(old, new, 1).encode())
    with pytest.raises(VerificationError, match=r"^ansible/"):
        verify(tuple(files.values()), Cluster.of(answers), resolved_for(answers))


@pytest.mark.parametrize("path", ["tasks/stop.yaml", "playbook.yaml", "group_vars/all.yaml"])
def test_a_file_that_lacks_or_is_too_many_is_found(path: str) -> None:
    answers = official()
    files = rendered(answers)
    lost = files.pop(f"ansible/{path}")
    with pytest.raises(VerificationError, match=path):
        verify(tuple(files.values()), Cluster.of(answers), resolved_for(answers))
    more = OutputFile("ansible/tasks/more.yaml", b"---\n")
    with pytest.raises(VerificationError, match="more"):
        verify((*files.values(), lost, more), Cluster.of(answers), resolved_for(answers))
