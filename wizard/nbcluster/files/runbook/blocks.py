"""Pieces of a runbook: fenced blocks, shell words, lines that wait, stop and reach nodes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.facts import FIRST_BOOT, HEALTH_PATH, IMAGE_STORAGE, OFFLINE_FIRST_BOOT
from nbcluster.files.systemd import APP_FOLDER, USER
from nbcluster.steps.nodes import destination_of, port_of, serves_requests
from nbcluster.steps.start import in_containers, in_docker, on_kubernetes
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


def name_of(row: Row) -> str:
    """Return a node's name."""
    return str(row.get("name"))


def first_node(answers: Answers) -> Row:
    """Return the node that boots first: one that serves requests."""
    rows = answers.rows("nodes")
    return next((row for row in rows if serves_requests(row)), rows[0])


def place_of(answers: Answers) -> str:
    """Return where blocks run that need the shared storage: the node that boots first, this machine where nodes are pods."""
    return "bastion" if on_kubernetes(answers) else name_of(first_node(answers))


def ssh(row: Row, *script: str) -> str:
    """Return a line that runs a script on a node; with a terminal, so that sudo can ask."""
    found = destination_of(row)
    option = f"-p {found.port} " if found.port is not None else ""
    return f"ssh -t {option}-- {word(found.target)} {word(chr(10).join(script))}"


def scp(row: Row, source: str, target: str) -> str:
    """Return a line that copies a file into the home of a node's account, or wherever ``target`` says."""
    found = destination_of(row)
    option = f"-P {found.port} " if found.port is not None else ""
    return f"scp {option}-- {word(source)} {word(f'{found.place}:{target}')}"


def health_url(answers: Answers, row: Row) -> str:
    """Return a node's health address; a query would break it (nocobase.md §7.2)."""
    return f"http://{row.get('host')}:{port_of(answers, row)}{answers.text('app.public_path')}{HEALTH_PATH}"


def assignments(variables: Mapping[str, str]) -> str:
    """Return variables as a shell takes them in front of a command: real ones beat .env, also empty ones (nocobase.md §2)."""
    return " ".join(f"{name}={value}" for name, value in variables.items())


def overrides(answers: Answers) -> str:
    """Return the overrides of a boot that installs or upgrades."""
    return assignments(OFFLINE_FIRST_BOOT if answers["license.delivery"] == "offline" else FIRST_BOOT)


def start_by_hand(answers: Answers, variables: str, command: str) -> tuple[str, ...]:
    """Return lines that start NocoBase in the foreground, where no node runs; the unit's private CA counts here, too."""
    alone = no_node_runs(answers, first_node(answers))
    if in_docker(answers):
        beginning = compose_command(answers, first_node(answers))
        if command.endswith("--quickstart"):
            return (*alone, f"{beginning} --profile first-boot up --force-recreate first-boot")
        return (*alone, f"{beginning} run --rm --service-ports {' '.join(f'-e {each}' for each in variables.split())} node")
    certificate = answers.text("tls.ca_file")
    lines = [*as_the_account(), *alone, f"cd {app_folder()}"]
    if certificate:
        lines.append(f"export NODE_EXTRA_CA_CERTS={word(certificate)}")
    return (*lines, "yarn nocobase postinstall", f"{variables} {command}")


def as_the_account() -> tuple[str, ...]:
    """Return the line that refuses another account than that which runs NocoBase: its files would be in the way of the service."""
    said = _("Run this block as the account {user}.").format(user=USER)
    return (f'[ "$(id -un)" = {word(USER)} ] || {refuse(said)}',)


def no_node_runs(answers: Answers, row: Row) -> tuple[str, ...]:
    """Return lines that refuse to start a node alone while something listens on its port, or while another node answers."""
    others = [health_url(answers, each) for each in answers.rows("nodes") if each != row]
    lines = port_is_free(port_of(answers, row))
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


def wait_for_health(answers: Answers, row: Row) -> tuple[str, ...]:
    """Return lines that wait until a node is healthy, five minutes at most."""
    return (
        f"url={word(health_url(answers, row))}",
        'for try in $(seq 150); do [ "$(curl -s --max-time 5 "$url")" = ok ] && break; sleep 2; done',
        '[ "$(curl -s --max-time 5 "$url")" = ok ] && echo healthy || { curl -s --max-time 5 "$url"; echo; false; }',
    )


def port_is_free(port: int | str) -> tuple[str, ...]:
    """Return lines that refuse to go on while something listens on a port; a variable of the shell may name it."""
    refused = refuse(_("Something listens on the port: stop it first."), 'echo "$busy"')
    # what ss cannot tell is no free port
    return (f'busy=$(ss -Hltn "sport = :{port}")', f'[ -z "$busy" ] || {refused}')


def start(answers: Answers, row: Row) -> str:
    """Return the block that starts a node as it will run; what still listens there must not pass for the node."""
    begin = f"{compose_command(answers, row)} up -d node" if in_docker(answers) else "systemctl enable --now nocobase"
    return block("start", name_of(row), *port_is_free(port_of(answers, row)), begin, *wait_for_health(answers, row))


def stop(answers: Answers, row: Row) -> str:
    """Return the block that stops a node and sees that its port is free."""
    end = f"{compose_command(answers, row)} stop node" if in_docker(answers) else "systemctl stop nocobase"
    return block("stop", name_of(row), end, *port_is_free(port_of(answers, row)), closed())


def closed() -> str:
    """Return the line that says that a port was found closed."""
    return "echo " + word(_("The port is closed."))


def app_folder() -> str:
    """Return the application's folder as a shell word."""
    return word(APP_FOLDER)


def user(answers: Answers) -> str:
    """Return the account that runs NocoBase; in the image that is root (nocobase.md §8)."""
    return "root" if in_containers(answers) else USER


def compose_command(answers: Answers, row: Row) -> str:
    """Return the beginning of a command of compose for a node, from anywhere on it; its own port goes in front of the container's."""
    port = "" if port_of(answers, row) == answers.number("app.port") else f"NODE_PORT={port_of(answers, row)} "
    return f"{port}docker compose -f {word(APP_FOLDER + '/docker/compose.yaml')}"


def in_application(answers: Answers, command: str) -> tuple[str, ...]:
    """Return lines that run one command of NocoBase on the first node, while no process of it runs."""
    if on_kubernetes(answers):
        # the script itself comes through the standard input
        return (f"{command} < /dev/null",)
    if in_docker(answers):
        return (f"{compose_command(answers, first_node(answers))} run --rm node {command}",)
    return (*as_the_account(), f"cd {app_folder()}", command)


def share(answers: Answers, *parts: str) -> str:
    """Return a path below the shared storage as a shell word; of pods, as each of them sees it."""
    root = IMAGE_STORAGE if on_kubernetes(answers) else answers.text("storage.path").rstrip("/")
    return word("/".join((root, *parts)))
