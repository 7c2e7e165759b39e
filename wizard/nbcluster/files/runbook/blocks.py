"""Pieces of a runbook: fenced blocks, shell words, lines that wait, stop and reach nodes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbcluster.cluster import Cluster, Node
from nbcluster.facts import FIRST_BOOT, OFFLINE_FIRST_BOOT
from nbcluster.text import _

ADMINISTRATOR = 'as=; [ "$(id -u)" = 0 ] || as=sudo'
"""First line of a remote script: ``$as`` in front of a command makes it run as root, whoever logged in."""


@dataclass(frozen=True)
class Blank:
    """What a person fills in at the head of a block: a shell variable, what it is, and the value that is usually right."""

    name: str
    about: str
    usual: str = ""


def block(name: str, node: str, *lines: str, blanks: Iterable[Blank] = ()) -> str:
    """Return a fenced shell block with its naming comment; a blank that is left empty ends it before anything runs.

    The lines stand in one subshell. An interactive shell reads that whole before it runs any of it, so nothing in it takes the lines
    behind itself for its input; and it ends at the first line that fails, where a pasted list of lines would go on.
    """
    blanks = tuple(blanks)
    return "\n".join(
        [
            "```sh",
            f"# nbcluster: {name} {node}",
            *(f"{blank.name}={blank.usual}   # {blank.about}" for blank in blanks),
            "( set -eu",
            *(_filled(blank) for blank in blanks),
            *lines,
            ")",
            "```",
            "",
        ]
    )


def _filled(blank: Blank) -> str:
    said = _("{name} is empty: fill it in on the first line of this block.").format(name=blank.name)
    return f'[ -n "${{{blank.name}-}}" ] || {refuse(said)}'


def refuse(said: str, *before: str) -> str:
    """Return what ends a block with a sentence, after some commands; it stands behind ``||`` or in a branch."""
    return f"{{ {'; '.join((*before, f'echo {word(said)} >&2', 'exit 1'))}; }}"


def paragraphs(title: str, *parts: str) -> str:
    """Return a chapter; a fenced block ends with a line end of its own."""
    return "\n".join([f"## {title}", "", *(f"{part}\n" if not part.endswith("\n") else part for part in parts)])


def gate() -> str:
    """Return the head of a paragraph that has to hold before one goes on."""
    return "**" + _("Gate.") + "** "


def word(text: object) -> str:
    """Return a text as one shell word; an interactive shell takes a bare ``!`` for its history, in old ones also within quotes."""
    return shlex.quote(str(text)).replace("!", "'\\!'")


def place_of(cluster: Cluster) -> str:
    """Return where blocks run that need the shared storage: the node that boots first, this machine where nodes are pods."""
    return "bastion" if cluster.deployment.on_kubernetes else cluster.first_node.name


def ssh(node: Node, *script: str) -> str:
    """Return a line that runs a script on a node; with a terminal, so that sudo can ask."""
    found = node.ssh
    option = f"-p {found.port} " if found.port is not None else ""
    return f"ssh -t {option}-- {word(found.target)} {word(chr(10).join(script))}"


def scp(node: Node, source: str, target: str) -> str:
    """Return a line that copies a file into the home of a node's account, or wherever ``target`` says."""
    found = node.ssh
    option = f"-P {found.port} " if found.port is not None else ""
    return f"scp {option}-- {word(source)} {word(f'{found.place}:{target}')}"


def assignments(variables: Mapping[str, str]) -> str:
    """Return variables as a shell takes them in front of a command: real ones beat .env, also empty ones (nocobase.md §2)."""
    return " ".join(f"{name}={value}" for name, value in variables.items())


def overrides(cluster: Cluster) -> str:
    """Return the overrides of a boot that installs or upgrades."""
    return assignments(OFFLINE_FIRST_BOOT if cluster.license.offline else FIRST_BOOT)


def start_by_hand(cluster: Cluster, variables: str, command: str) -> tuple[str, ...]:
    """Return lines that start NocoBase in the foreground, where no node runs; the unit's private CA counts here, too."""
    alone = no_node_runs(cluster, cluster.first_node)
    if cluster.deployment.in_docker:
        beginning = compose_command(cluster)
        if command.endswith("--quickstart"):
            return (*alone, f"{beginning} --profile first-boot up --force-recreate first-boot")
        return (*alone, f"{beginning} run --rm --service-ports {' '.join(f'-e {each}' for each in variables.split())} node")
    certificate = cluster.deployment.authority
    lines = [*as_the_account(cluster), *alone, f"cd {app_folder(cluster)}"]
    if certificate:
        lines.append(f"export NODE_EXTRA_CA_CERTS={word(certificate)}")
    return (*lines, "yarn nocobase postinstall", f"{variables} {command}")


def as_the_account(cluster: Cluster) -> tuple[str, ...]:
    """Return the line that refuses another account than that which runs NocoBase: its files would be in the way of the service."""
    account = cluster.deployment.account
    said = _("Run this block as the account {user}.").format(user=account)
    return (f'[ "$(id -un)" = {word(account)} ] || {refuse(said)}',)


def no_node_runs(cluster: Cluster, node: Node) -> tuple[str, ...]:
    """Return lines that refuse to start a node alone while something listens on its port, or while another node answers."""
    others = [each.health_url for each in cluster.nodes if each != node]
    lines = port_is_free(node.port)
    if not others:
        return lines
    refused = refuse(_("This node answers: stop it first."), 'echo "$url" >&2')
    missing = refuse(_("curl is needed here, to see whether another node answers: install it."))
    return (
        *lines,
        # what cannot be asked is no node that is stopped
        f"command -v curl > /dev/null || {missing}",
        f"for url in {' '.join(map(word, others))}; do",
        f"""  if curl -s -o /dev/null --noproxy '*' --max-time 5 "$url"; then {refused}; fi""",
        "done",
    )


def wait_for_health(node: Node) -> tuple[str, ...]:
    """Return lines that wait until a node is healthy, five minutes at most."""
    return (
        f"url={word(node.health_url)}",
        'for try in $(seq 150); do [ "$(curl -s --max-time 5 "$url")" = ok ] && break; sleep 2; done',
        '[ "$(curl -s --max-time 5 "$url")" = ok ] && echo healthy || { curl -s --max-time 5 "$url"; echo; false; }',
    )


def port_is_free(port: int | str) -> tuple[str, ...]:
    """Return lines that refuse to go on while something listens on a port; a variable of the shell may name it."""
    refused = refuse(_("Something listens on the port: stop it first."), 'echo "$busy"')
    # what ss cannot tell is no free port
    return (f'busy=$(ss -Hltn "sport = :{port}")', f'[ -z "$busy" ] || {refused}')


def start(cluster: Cluster, node: Node) -> str:
    """Return the block that starts a node as it will run; what still listens there must not pass for the node."""
    return block("start", node.name, *port_is_free(node.port), "systemctl enable --now nocobase", *wait_for_health(node))


def stop(cluster: Cluster, node: Node) -> str:
    """Return the block that stops a node and sees that its port is free."""
    return block("stop", node.name, "systemctl stop nocobase", *port_is_free(node.port), closed())


def closed() -> str:
    """Return the line that says that a port was found closed."""
    return "echo " + word(_("The port is closed."))


def app_folder(cluster: Cluster) -> str:
    """Return the application's folder as a shell word."""
    return word(cluster.deployment.folder)


def compose_command(cluster: Cluster) -> str:
    """Return the beginning of a command of compose, from anywhere on a node."""
    return f"docker compose -f {word(cluster.deployment.folder + '/docker/compose.yaml')}"


def in_application(cluster: Cluster, command: str) -> tuple[str, ...]:
    """Return lines that run one command of NocoBase on the first node, while no process of it runs."""
    if cluster.deployment.on_kubernetes:
        # the script itself comes through the standard input
        return (f"{command} < /dev/null",)
    if cluster.deployment.in_docker:
        return (f"{compose_command(cluster)} run --rm node {command}",)
    return (*as_the_account(cluster), f"cd {app_folder(cluster)}", command)


def share(cluster: Cluster, *parts: str) -> str:
    """Return a path below the shared storage as a shell word; of pods, as each of them sees it."""
    return word("/".join((cluster.share.root, *parts)))
