"""Blocks that loop over all nodes from this machine: copy, start, stop, restart, each node after the one before is healthy."""

from __future__ import annotations

from collections.abc import Sequence

from nbcluster.cluster import Cluster, Node
from nbcluster.files.runbook.blocks import (
    ADMINISTRATOR,
    REACH,
    ROUND,
    app_folder,
    block,
    closed,
    healthy,
    joined,
    nodes_line,
    port_is_free,
    refuse,
    round_of,
    share,
    word,
)
from nbcluster.files.systemd import PLACES
from nbcluster.text import _

STAGE = ".nbcluster-files"
"""Where files lie on a node until they are in their places: below the home of the account that ssh uses, readable by it alone."""


def copy(cluster: Cluster, nodes: Sequence[Node], single: Sequence[int] = ()) -> str:
    """Return the block that brings files to the nodes and leaves nothing of them behind.

    ``single`` are ports on which a single node may still run: a machine where one of them is open is left out, for it must not
    find the cluster's files when it restarts.
    """
    address = " docker/$name.address" if cluster.deployment.in_docker else ""
    files = f"{'docker/compose.yaml ' if cluster.deployment.in_docker else ''}{' '.join(PLACES)}"
    pack = f'tar -cf - "$env"{address} {files}'
    unpack = word(f"umask 077; rm -rf {STAGE} && mkdir {STAGE} && tar -C {STAGE} -xf -")
    return round_of(
        "copy",
        nodes,
        f'{pack} | ssh ${{port:+-p "$port"}} -- "$to" {unpack}',
        f'{REACH} "name=$name env=$env; $script"',
        before=(f"set -o pipefail; script={word(joined(*_installed(cluster, single)))}",),
    )


def _installed(cluster: Cluster, single: Sequence[int]) -> tuple[str, ...]:
    folder, owner = app_folder(cluster), cluster.deployment.owner
    units = (f"$as install -m {'755' if path.endswith('.sh') else '644'} {path} {place}" for path, place in PLACES.items())
    if cluster.deployment.in_docker:
        own: tuple[str, ...] = (
            f"$as install -d {folder}/docker",
            f'$as install -m 600 "$env" {folder}/.env',
            f"$as install -m 644 docker/compose.yaml {folder}/docker/compose.yaml",
            f'$as install -m 644 "docker/$name.address" {folder}/docker/.env',
        )
    else:
        own = (
            f'$as install -o {word(owner)} -m 600 "$env" {folder}/.env',
            f"$as test -e {folder}/.env.e2e || $as install -o {word(owner)} -m 600 /dev/null {folder}/.env.e2e",
            f"$as install -d -o {word(owner)} {folder}/run",
        )
    later = word(_("Something listens here: this node gets its files after the stop. Repeat copy then."))
    ports = " or ".join(f"sport = :{port}" for port in dict.fromkeys(single))
    left_out = f'if [ -n "$(ss -Hltn "{ports}")" ]; then rm -rf {STAGE}; echo {later}; exit 0; fi'
    guard = (left_out,) if single else ()
    end = ("$as systemctl daemon-reload", f"cd .. && rm -rf {STAGE}")
    return (ADMINISTRATOR, "set -e", *guard, f"cd {STAGE}", *own, *units, *end)


def start(cluster: Cluster, nodes: Sequence[Node]) -> str:
    """Return the block that starts nodes as they will run; another program on the port must not be taken for the node."""
    script = (
        ADMINISTRATOR,
        "set -e",
        *_alone_ended(cluster),
        *port_is_free("$port"),
        "$as systemctl enable --now nocobase",
    )
    return _round_with_health("start", nodes, script)


def restart(nodes: Sequence[Node]) -> str:
    """Return the block that restarts nodes that run, one by one: the others go on serving."""
    return _round_with_health("restart", nodes, (ADMINISTRATOR, "set -e", "$as systemctl restart nocobase"))


def stop(nodes: Sequence[Node], name: str = "stop", *, for_good: bool = False) -> str:
    """Return the block that stops nodes and sees that their ports are closed; ``for_good`` keeps them from coming back."""
    end = "disable --now" if for_good else "stop"
    script = (ADMINISTRATOR, "set -e", f"$as systemctl {end} nocobase", *port_is_free("$port"), closed())
    before = (f"script={word(joined(*script))}",)
    return round_of(name, nodes, f'{REACH} "port=${{at##*:}}; $script"', before=before)


def _alone_ended(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that end what installed, upgraded or was maintained on this node; not while it is still at work."""
    busy = refuse(_("A first boot, an upgrade or maintenance runs here and is still at work, or failed: look at its log."))
    idle = f"""[ "$(curl -s --noproxy '*' --max-time 5 "$url")" = ok ] || {busy}"""
    if cluster.deployment.in_docker:
        found = " ".join(f"-f name=^{name}$" for name in alone_containers(cluster))
        return (f"alone=$($as docker ps -q {found})", f'if [ -n "$alone" ]; then {idle}; $as docker stop -t 60 $alone; fi')
    return (f"if systemctl is-active --quiet nocobase-alone; then {idle}; $as systemctl stop nocobase-alone; fi",)


def alone_containers(cluster: Cluster) -> tuple[str, str]:
    """Return the names of the containers in which one node installs or upgrades, and is maintained."""
    return f"nocobase-{cluster.name}-first-boot-1", f"nocobase-{cluster.name}-alone"


def _round_with_health(name: str, nodes: Sequence[Node], script: Sequence[str]) -> str:
    return round_of(
        name,
        nodes,
        f'url="http://$at$health"; {REACH} "port=${{at##*:}} url=$url; $script"',
        *healthy(),
        before=(f"health={word(_health_path(nodes[0]))} script={word(joined(*script))}",),
    )


def _health_path(node: Node) -> str:
    return node.health_url.removeprefix(f"http://{node.address}")


def machines_and_share(cluster: Cluster, line: str, column: str, nodes: Sequence[Node]) -> str:
    """Return the block that shows whether the machines are alike, mounts the share, gives it to the account, and proves all that.

    ``line`` is for /etc/fstab, "" without one; ``column`` its mount point. The proof is that of the account: what one node writes,
    every other reads.
    """
    token, owner = share(cluster, ".nbcluster-probe-runbook"), cluster.deployment.owner
    who = "$as" if owner == "root" else f"$as runuser -u {word(owner)} --"
    first, show = 'IFS=, read -r name to at env port <<< "${NODES%% *}"', 'echo "$other"'
    other = refuse(_("These do not read what the first one wrote (another folder, or the account may not read it):"), show)
    return block(
        "share",
        "bastion",
        f"begin={word(joined(ADMINISTRATOR, 'cd /;'))} script={word(joined(*_mounted(cluster, line, column)))} other=",
        f'{ROUND}; {REACH} "$begin $script"; done',
        joined(first, "mark=$(date +%s)$$", f"""{REACH} "mark=$mark; $begin"{word(f'echo "$mark" | {who} tee {token}')}"""),
        # what a node cannot read must not keep the file from being removed
        f"""{ROUND}; {REACH} "$begin"{word(f"{who} cat {token}")} | tr -d "\\r" | grep -x "$mark" || other="$other $name"; done""",
        joined(first, f"""{REACH} "$begin"{word(f"{who} rm -f {token}")}"""),
        f'[ -z "$other" ] || {other}; echo ' + word(_("All nodes have one folder, and the account can write there.")),
        blanks=(nodes_line(nodes),),
    )


def _mounted(cluster: Cluster, line: str, column: str) -> tuple[str, ...]:
    path, root, owner = word(cluster.share.path), word(cluster.share.root), word(cluster.deployment.owner)
    if cluster.deployment.in_docker:
        # An image that is there already is not asked for again: a node may have been given it without a way to the registry.
        image = word(cluster.deployment.image)
        fetched = f"$as docker image inspect -f '{{{{.Id}}}}' {image} 2> /dev/null || $as docker pull -q {image}"
        alike: tuple[str, ...] = (f"$as docker compose version; {fetched}",)
    else:
        alike = (f"id -u {owner}; grep ^PRETTY_NAME= /etc/os-release",)
    mounting = (
        f"$as mkdir -p {path}",
        f"grep -qF {word(f' {column} ')} /etc/fstab || printf '%s\\n' {word(line)} | $as tee -a /etc/fstab > /dev/null",
        "$as systemctl daemon-reload",
        f"mountpoint -q {path} || $as mount {path}",
    )
    missing = refuse(_("The share is not mounted here."))
    return (
        "set -e",
        *alike,
        *(mounting if line else ()),
        f"mountpoint -q {path} || {missing}",
        f"$as mkdir -p {root}",
        f"$as chown {owner} {root} || :",
    )
