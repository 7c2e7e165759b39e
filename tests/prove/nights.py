"""The nights that a cluster has: something happens, and either it is healthy again by itself, or ``verify`` names what is wrong."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from tests.prove.claims import Refuted, expect, note, wait
from tests.prove.clusters import LIMIT, Cluster, expired_certificate, install_certificate
from tests.prove.machines import NODES
from tests.prove.users import node_url

Night = Callable[[Cluster], str]


def spend(cluster: Cluster, name: str, night: Night) -> None:
    """Spend one night, and judge what holds after each: everything is healthy, ``verify`` is good, and nothing is lost."""
    claims = cluster.claims
    with claims.claim(f"{name}: {(night.__doc__ or '').strip()}") as seen:
        seen.append(night(cluster))
    with claims.claim(f"{name}: afterwards verify is good, nothing is lost") as seen:
        try:
            wait(cluster.users.all_healthy, LIMIT, "everything is healthy")
        except Refuted:
            seen.append(cluster.health())
            note("restarting the nodes, as a person would: the next night is judged by itself")
            for node in cluster.nodes.values():
                node.run("systemctl restart nocobase", 200)
            wait(cluster.users.all_healthy, 600, "everything is healthy after a restart")
            raise
        finally:
            seen.append(cluster.kept())
        seen.append(cluster.is_good())


def _redis_away(cluster: Cluster, seconds: float) -> str:
    cluster.lab.redis.stop()
    time.sleep(seconds)
    cluster.lab.redis.start()
    return cluster.healed(time.monotonic())


def redis_20s(cluster: Cluster) -> str:
    """Redis is away for 20 s."""
    return _redis_away(cluster, 20)


def redis_10min(cluster: Cluster) -> str:
    """Redis is away for ten minutes; meanwhile ``verify`` names it."""
    end = time.monotonic() + 600
    cluster.lab.redis.stop()
    try:
        named = cluster.names("redis.cache.reach")
    finally:
        time.sleep(max(0.0, end - time.monotonic()))
        cluster.lab.redis.start()
        back = time.monotonic()
    return f"{named}; {cluster.healed(back)}"


def share_late(cluster: Cluster) -> str:
    """Every machine loses power, and comes back 60 s before the file server does."""
    for node in cluster.nodes.values():
        node.power_cut()
    cluster.lab.server.down()
    for node in cluster.nodes.values():
        node.turn_on(120)
    time.sleep(60)
    running = [name for name in NODES if cluster.users.healthy(node_url(name))]
    cluster.lab.server.up()
    back = time.monotonic()
    expect(not running, f"running without the share: {running}")
    return cluster.healed(back)


def node_killed(cluster: Cluster) -> str:
    """The application of one node is killed while users work: they go on on the other."""
    node = cluster.nodes["node2"]
    begin = time.monotonic()
    node.run("systemctl kill --signal=KILL nocobase")
    # A request that is under way at a node when it dies is not repeated where it changes something.
    lost = sum(not cluster.users.save() for _ in range(20))
    expect(lost <= 1, f"{lost} of 20 requests failed")
    return f"{lost} of 20 requests failed; {cluster.healed(begin)}"


def power_cut(cluster: Cluster) -> str:
    """One node loses power while users work; ``verify`` names it; it is healthy again after the power is back."""
    node = cluster.nodes["node2"]
    node.power_cut()
    try:
        lost = sum(not cluster.users.save() for _ in range(5))
        named = cluster.names("node.node2")
    finally:
        begin = time.monotonic()
        node.turn_on(120)
    return f"{lost} of 5 requests failed; {named}; {cluster.healed(begin)}"


def database_restart(cluster: Cluster) -> str:
    """PostgreSQL is away for 10 s; every connection is cut."""
    cluster.lab.postgres.stop()
    time.sleep(10)
    cluster.lab.postgres.start()
    begin = time.monotonic()
    wait(cluster.users.save, LIMIT, "a record can be saved again")
    return f"a record is saved after {time.monotonic() - begin:.0f} s; {cluster.healed(begin)}"


def disk_full(cluster: Cluster) -> str:
    """The disk of one node is full when its application ends; ``verify`` names the node, and room alone heals it."""
    node = cluster.nodes["node2"]
    node.run(
        "fallocate -l $(df --output=avail -B1 /srv | tail -n 1) /srv/full || :; dd if=/dev/zero of=/srv/rest bs=4k 2> /dev/null || :",
        300,
    )
    try:
        node.run("systemctl kill --signal=KILL nocobase")
        time.sleep(30)
        runs = cluster.users.healthy(node_url("node2"))
        said = "it needs no room to run" if runs else cluster.names("node.node2")
    finally:
        begin = time.monotonic()
        node.run("rm -f /srv/full /srv/rest")
    return f"{said}; {cluster.healed(begin)}"


def _on_node2(cluster: Cluster, edit: str) -> None:
    """Change the env file of node2 and restart it."""
    node = cluster.nodes["node2"]
    node.run(
        f"cp -p /srv/nocobase/app/.env /var/lib/env.before && sed -i {edit} /srv/nocobase/app/.env && systemctl restart nocobase"
    )
    wait(lambda: cluster.users.healthy(node_url("node2")), LIMIT, "node2 runs with it")


def _node2_back(cluster: Cluster) -> None:
    node = cluster.nodes["node2"]
    node.run("cp -p /var/lib/env.before /srv/nocobase/app/.env && systemctl restart nocobase")
    wait(cluster.users.all_healthy, LIMIT, "node2 is back")


def wrong_key(cluster: Cluster) -> str:
    """One node has another APP_KEY: ``verify`` says that it did not judge the keys, and the command that it gives tells the nodes apart."""
    _on_node2(cluster, "'s/^APP_KEY=.*/APP_KEY=0000000000000000000000000000000000000000000000000000000000000000/'")
    try:
        answers = [cluster.users.ask("/api/proofs:list", base=node_url(name))[0] for name in NODES]
        expect(answers == [200, 401], f"the session should hold on node1 alone: {answers}")
        status, results, _ = cluster.verify()
        hints = [each["hint"] for each in results if each["id"] == "node.node2.same" and each["status"] in ("skip", "error")]
        commands = [line for line in "\n".join(hints).splitlines() if "sha256sum" in line]
        expect(bool(commands), f"verify ended with {status} and gave no command")
        digests = {node.out(f"cd /srv/nocobase/app && {commands[0]}") for node in cluster.nodes.values()}
        expect(len(digests) == len(NODES), "the command prints the same on both nodes")
        return f"verify {status}: node.node2.same not judged; {commands[0]}: two digests"
    finally:
        _node2_back(cluster)


def other_cache(cluster: Cluster) -> str:
    """One node has its cache in another database."""
    _on_node2(cluster, r"'/^CACHE_REDIS_URL=/s,6379/0,6379/7,'")
    try:
        return cluster.names("redis.cache.use")
    finally:
        _node2_back(cluster)


def certificate_expired(cluster: Cluster) -> str:
    """The balancer's certificate ended yesterday."""
    expired_certificate(cluster.lab)
    install_certificate(cluster.lab, cluster.balancer, "expired")
    cluster.balancer.run("systemctl reload nginx")
    try:
        return cluster.names("balancer", "expired")
    finally:
        install_certificate(cluster.lab, cluster.balancer, "good")
        cluster.balancer.run("systemctl reload nginx")


def ssh_lost(cluster: Cluster) -> str:
    """The connection of the first boot is cut after five seconds; the installation goes on, and is whole."""
    documents, lab = cluster.documents, cluster.lab
    documents.block("stop", document="OPERATE.md")
    lab.postgres.fresh()
    words = documents.command("first-boot", NODES["node1"], "RUNBOOK.md")
    process = subprocess.Popen(
        lab.net.enter(*words),
        cwd=documents.folder,
        env=lab.bastion.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(5)
    process.kill()
    process.wait(20)
    seconds = wait(lambda: cluster.users.healthy(node_url("node1")), LIMIT, "the first boot comes to its end")
    documents.block("gate-database")
    documents.block("start")
    cluster.users.words.clear()
    cluster.users.files.clear()
    cluster.users.sign_in()
    cluster.users.collection()
    wait(cluster.users.save, 20, "a record can be saved")
    return f"whole {seconds:.0f} s after the cut"


NIGHTS: dict[str, Night] = {
    "node-killed": node_killed,
    "power-cut": power_cut,
    "share-late": share_late,
    "redis-20s": redis_20s,
    "database-restart": database_restart,
    "disk-full": disk_full,
    "wrong-key": wrong_key,
    "other-cache": other_cache,
    "certificate": certificate_expired,
    "redis-10min": redis_10min,
    "ssh-lost": ssh_lost,
}
