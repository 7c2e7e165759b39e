"""Building blocks of a runbook: fenced blocks, shell words, lines that wait for, stop and reach nodes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nbcluster.cluster import Cluster, Node
from nbcluster.text import _

ADMINISTRATOR = 'as=; [ "$(id -u)" = 0 ] || as=sudo'
"""First line of a remote script: ``$as`` in front of a command makes it run as root, whoever logged in."""


ROUND = """for node in $NODES; do IFS=, read -r name to at env port <<< "$node"; echo "== $name\""""
"""Head of a loop over the nodes: name, ssh's target, host and port of NocoBase, env file, ssh's port."""

REACH = 'ssh -t ${port:+-p "$port"} -- "$to"'
"""Beginning of a command on the node of the loop; with a terminal, so that sudo can ask."""


@dataclass(frozen=True)
class Blank:
    """What a person fills in at the head of a block: a shell variable, what it is, and the value that is usually right."""

    name: str
    about: str
    usual: str = ""


def nodes_line(nodes: Sequence[Node]) -> Blank:
    """Return the first line of a block that goes through nodes: all that it works on, in its order."""
    entries = []
    for node in nodes:
        found = node.ssh
        port = "" if found.port is None else str(found.port)
        entries.append(",".join((node.name, found.target, node.address, node.env_file, port)).rstrip(","))
    return Blank("NODES", _("the nodes, in this order; take out those that are not meant"), word(" ".join(entries)))


def named(name: str, nodes: Iterable[Node]) -> str:
    """Return name and nodes of a block that goes through them: each pair stands there by itself, ``copy node1, copy node2``."""
    return f", {name} ".join(node.name for node in nodes)


def round_of(name: str, nodes: Sequence[Node], *lines: str, before: Iterable[str] = (), after: Iterable[str] = ()) -> str:
    """Return a block that does the same on each node in turn, and stops at the first failure."""
    inside = [f"  {line}" for line in lines]
    inside[-1] += "; done"
    return block(name, named(name, nodes), *before, ROUND, *inside, *after, blanks=(nodes_line(nodes),))


def block(name: str, node: str, *lines: str, blanks: Iterable[Blank] = ()) -> str:
    """Return a fenced shell block with its naming comment; a blank that is left empty ends it before anything runs.

    The lines stand in one subshell. An interactive shell reads that whole before it runs any of it, so nothing in it takes the lines
    behind itself for its input; and it ends at the first line that fails, where a pasted list of lines would go on.
    """
    blanks = tuple(blanks)
    begin = "; ".join(("( set -eu", *(_filled(blank) for blank in blanks)))
    body = [joined(begin, lines[0]), *lines[1:]] if "<<'" not in lines[0] else [begin, *lines]
    # the word that ends what a command reads stands on a line of its own
    if lines[-1].isalpha():
        body.append(")")
    else:
        body[-1] += " )"
    return "\n".join(
        [
            "```sh",
            f"# nbcluster: {name} {node}",
            *(f"{blank.name}={blank.usual}   # {blank.about}" for blank in blanks),
            *body,
            "```",
            "",
        ]
    )


_OPEN = ("do", "then", "else", "in", "{", ";;", "&&", "||", "|")
"""Words behind which a line goes on without a semicolon."""


def joined(*lines: str) -> str:
    """Return shell lines joined into one: blocks are pasted, not read, and a runbook has to be short."""
    out = ""
    for line in lines:
        blank = "" if not out else " " if out.endswith(";") or out.rsplit(maxsplit=1)[-1] in _OPEN else "; "
        out += blank + line.strip()
    return out


def _filled(blank: Blank) -> str:
    said = _("{name} is empty: fill it in on the first line of this block.").format(name=blank.name)
    return f'[ -n "${{{blank.name}-}}" ] || {refuse(said)}'


def refuse(said: str, *before: str) -> str:
    """Return what ends a block with a message, after some commands; for use after ``||`` or in a branch."""
    return f"{{ {'; '.join((*before, f'echo {word(said)} >&2', 'exit 1'))}; }}"


def chapter(title: str, *parts: str) -> str:
    """Return a chapter; blank lines stand only where Markdown needs them: between two paragraphs, and behind a table or a block."""
    lines = [f"## {title}"]
    for at, part in enumerate(parts):
        lines.append(part.rstrip("\n"))
        following = parts[at + 1] if at + 1 < len(parts) else ""
        if part.startswith(("```", "|", "- ")) or not following.startswith("```"):
            lines.append("")
    return "\n".join(lines)


def verified(name: str, *only: str) -> str:
    """Return the gate that asks the running cluster, or a part of it, from this machine; secrets are those of this folder."""
    part = "".join(f" --only {each}" for each in only)
    return block(name, "bastion", f"nbcluster verify --answers answers.toml{part}")


def gate() -> str:
    """Return the head of a paragraph with a condition that must hold before going on."""
    return "**" + _("Gate.") + "** "


def word(text: object) -> str:
    """Return a text as one shell word; an interactive shell takes a bare ``!`` for its history, in old ones also within quotes."""
    return shlex.quote(str(text)).replace("!", "'\\!'")


def place_of(cluster: Cluster) -> str:
    """Return where blocks run that need the shared storage: the node that boots first, this machine where nodes are pods."""
    return "bastion" if cluster.deployment.on_kubernetes else cluster.first_node.name


def assignments(variables: Mapping[str, str]) -> str:
    """Return variables as a shell takes them in front of a command: real ones beat .env, also empty ones (nocobase.md §2)."""
    return " ".join(f"{name}={value}" for name, value in variables.items())


def root_here() -> str:
    """Return the line that refuses another account than root's, before anything is half done."""
    return '[ "$(id -u)" = 0 ] || ' + refuse(_("Run this block as root, for instance after: sudo -i"))


def as_the_account(cluster: Cluster) -> str:
    """Return the beginning of a command that runs as the account of NocoBase: files of root's would be in the way of the service."""
    return f"runuser -u {word(cluster.deployment.account)} --"


def no_node_runs(cluster: Cluster, node: Node) -> tuple[str, ...]:
    """Return lines that refuse to start a node alone while something listens on its port, or while another node answers."""
    others = [each.health_url for each in cluster.nodes if each != node]
    lines = port_is_free(node.port)
    if not others:
        return (joined(*lines),)
    refused = refuse(_("This node answers: stop it first."), 'echo "$url" >&2')
    missing = refuse(_("curl is needed here, to see whether another node answers: install it."))
    return (
        joined(
            *lines,
            # a node that cannot be asked does not count as stopped
            f"command -v curl > /dev/null || {missing}",
            f"for url in {' '.join(map(word, others))}; do",
            f"""if curl -s -o /dev/null --noproxy '*' --max-time 5 "$url"; then {refused}; fi""",
            "done",
        ),
    )


def wait_for_health(node: Node) -> tuple[str, ...]:
    """Return lines that wait until a node is healthy, five minutes at most."""
    return (joined(f"url={word(node.health_url)}", *healthy()),)


def healthy() -> tuple[str, ...]:
    """Return lines that wait until the address in ``url`` says ok, five minutes at most, and otherwise end with what it says."""
    return (
        joined(
            """for try in $(seq 150); do [ "$(curl -s --noproxy '*' --max-time 5 "$url")" = ok ] && break; sleep 2; done""",
            """[ "$(curl -s --noproxy '*' --max-time 5 "$url")" = ok ] || { curl -sS --noproxy '*' --max-time 5 "$url"; echo; exit 1; }""",
            "echo healthy",
        ),
    )


def port_is_free(port: int | str) -> tuple[str, ...]:
    """Return lines that refuse to go on while something listens on a port; a variable of the shell may name it."""
    refused = refuse(_("Something listens on the port: stop it first."), 'echo "$busy"')
    # where ss fails the port does not count as free
    return (f'busy=$(ss -Hltn "sport = :{port}")', f'[ -z "$busy" ] || {refused}')


def closed() -> str:
    """Return the line that says that a port was found closed."""
    return "echo " + word(_("The port is closed."))


def app_folder(cluster: Cluster) -> str:
    """Return the application's folder as a shell word."""
    return word(cluster.deployment.folder)


def compose_command(cluster: Cluster) -> str:
    """Return the beginning of a command of compose, from anywhere on a node; where the port is published stands beside the file."""
    return f"docker compose -f {word(cluster.deployment.folder + '/docker/compose.yaml')}"


def in_application(cluster: Cluster, command: str) -> str:
    """Return a line for root that runs one command of NocoBase on the first node, while no process of it runs."""
    if cluster.deployment.on_kubernetes:
        return command
    if cluster.deployment.in_docker:
        return f"{compose_command(cluster)} run --rm node {command}"
    return f"cd {app_folder(cluster)} && {as_the_account(cluster)} {command}"


def share(cluster: Cluster, *parts: str) -> str:
    """Return a path below the shared storage as a shell word; of pods, as each of them sees it."""
    return word("/".join((cluster.share.root, *parts)))
