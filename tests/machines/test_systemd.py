"""Nodes under a booted systemd, from the files that nbcluster writes: what happens at night, and that nobody has to get up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nbcluster.files.systemd import LIMIT, OFF, PAUSE
from tests.machines.booted import wait_for
from tests.machines.network import Network
from tests.machines.node import FOLDER, HEALTH, NEVER, UNIT, NodeHost, Servers, node_host


@pytest.fixture
def host(switch: Network, servers: Servers) -> Iterator[NodeHost]:
    """The first node, whose machine is off."""
    with node_host(switch) as made:
        yield made


@pytest.fixture
def node(host: NodeHost) -> NodeHost:
    """The first node, started as the runbook does and healthy."""
    host.machine.boot()
    host.start()
    return host


@pytest.mark.parametrize("storage", ["/srv/nocobase/storage", "/srv/no co$b%d/e-f"])
def test_a_share_that_is_late_at_boot_is_waited_for(switch: Network, servers: Servers, storage: str) -> None:
    """Power comes back for all at once, and the file server takes longest."""
    with node_host(switch, {"storage.path": storage}) as host:
        verified = "systemd-analyze verify --man=no /etc/systemd/system/nocobase* 2>&1"
        host.machine.boot()
        assert host.machine.out(verified) == ""
        host.start()
        first = host.times_started()
        host.machine.power_cut()
        host.serve_share(up=False)
        host.machine.boot()
        host.wait_tried()
        assert host.health() == "" and host.times_started() == first
        assert (
            host.machine.out(f"ls -A '{storage}'") == ""
            and host.machine.run(f"mountpoint -q '{storage}'", check=False).returncode
        )
        host.serve_share(up=True)
        host.wait_healthy()
        assert host.machine.run(f"mountpoint -q '{storage}'").returncode == 0 and host.times_started() == first + 1


def test_a_node_whose_share_is_gone_does_not_start_on_the_empty_folder(node: NodeHost) -> None:
    node.machine.run(f"systemctl stop {UNIT} && umount {node.share}")
    node.serve_share(up=False)
    before = node.times_started()
    assert node.machine.run(f"systemctl start {UNIT}", check=False).returncode != 0
    node.wait_tried()
    assert node.machine.out(f"ls -A {node.share}") == "" and node.times_started() == before
    node.serve_share(up=True)
    node.wait_healthy()


@pytest.mark.parametrize("signal", ["KILL", "TERM"])
def test_a_node_that_ends_is_started_again_and_nothing_of_it_outlives_it(node: NodeHost, signal: str) -> None:
    """The application serves from a process that its starter does not take along."""
    processes = f"cat /sys/fs/cgroup/system.slice/{UNIT}/cgroup.procs"
    before = set(node.machine.out(processes).split())
    assert len(before) > 1
    node.machine.run(f"kill -{signal} {node.machine.shows(UNIT, 'MainPID')['MainPID']}")
    wait_for("systemd starts the node again", lambda: node.machine.shows(UNIT, "NRestarts")["NRestarts"] == "1", 30)
    node.wait_healthy()
    assert before.isdisjoint(node.machine.out("cat /sys/fs/cgroup/system.slice/nocobase.service/cgroup.procs").split())
    # a program that the node starts bears its name for a moment; what outlives the old one stays
    wait_for("two processes of the new node alone", lambda: node.machine.out("ps -C node -o pid= | wc -l") == "2", 10)
    node.machine.run(f"systemctl stop {UNIT}")
    assert node.machine.run("ps -C node", check=False).returncode != 0 and node.health() == ""


def test_a_node_runs_as_its_account_in_its_folder_and_links_the_plugins_first(switch: Network, servers: Servers) -> None:
    """A link that fails does not keep a node from its start."""
    with node_host(switch, {"app.user": "noco", "tls.ca_file": "/etc/ssl/own ca.pem"}) as host:
        host.machine.write("/etc/ssl/own ca.pem", "")
        host.machine.boot()
        host.machine.run("echo 1 > /tmp/postinstall-status")
        host.start()
        account = host.machine.out("id -u noco")
        assert account != "0"
        assert (host.served / "started").read_text().split()[1:] == [account, FOLDER]
        assert host.machine.out("cat /tmp/postinstall") == f"postinstall {FOLDER}"
        pid = host.machine.shows(UNIT, "MainPID")["MainPID"]
        environment = host.machine.out(f"tr '\\0' '\\n' < /proc/{pid}/environ").splitlines()
        assert "NODE_EXTRA_CA_CERTS=/etc/ssl/own ca.pem" in environment
        # where a container may not have as many, systemd gives what it may
        assert host.machine.shows(UNIT, "LimitNOFILE")["LimitNOFILE"] == "65536"


def test_redis_away_for_long_ends_in_one_restart_by_the_timer_alone(node: NodeHost, servers: Servers) -> None:
    """The written timer, made faster: nobody does anything but stop and start the servers."""
    assert node.machine.shows("nocobase-health.timer", "ActiveState")["ActiveState"] == "active"
    # once a minute or oftener
    assert "OnCalendar=*-*-* *:*:00" in node.machine.shows("nocobase-health.timer", "TimersCalendar")["TimersCalendar"]
    node.set_timer("*:*:*")
    first = node.invocation()
    servers.stop()
    node.wait_ill()
    looks: set[str] = set()

    def looked() -> bool:
        looks.add(node.machine.shows(HEALTH, "InvocationID")["InvocationID"])
        return len(looks) > 3

    wait_for("the timer looks three times", looked, 60)
    assert node.invocation() == first and node.restarts_by_health() == []
    servers.start()
    node.wait_healthy()
    assert node.invocation() != first and len(node.restarts_by_health()) == 1
    node.machine.run(f"systemctl stop {UNIT}")
    assert node.machine.shows("nocobase-health.timer", "ActiveState")["ActiveState"] == "inactive"


COUNTED = "/run/nocobase-health/restarts"


def make_ill(node: NodeHost) -> None:
    """Let the node name a cause for good, although every server is there; nobody looks at it but the test."""
    node.set_timer(NEVER)
    node.machine.run(f"touch {FOLDER}/broken")
    node.wait_ill()


def test_a_node_that_never_recovers_is_restarted_a_few_times_and_one_line_says_that_it_ends(node: NodeHost) -> None:
    make_ill(node)
    runs = {node.invocation()}
    for _ in range(LIMIT + 2):
        node.look()
        node.look()
        node.wait_ill()
        runs.add(node.invocation())
    assert len(runs) == LIMIT + 1 and len(node.restarts_by_health()) == LIMIT + 1
    # an hour later
    node.machine.run(f"sed -i 's/.*/0/' {COUNTED}")
    node.look()
    node.look()
    node.wait_ill()
    assert node.invocation() not in runs


BRAKES = (
    (f"touch {OFF}", f"rm {OFF}"),
    (f"touch {FOLDER}/.nbcluster-alone", f"rm {FOLDER}/.nbcluster-alone"),
    ("touch /srv/nocobase/storage/.upgrading", "rm /srv/nocobase/storage/.upgrading"),
    ("systemd-run --quiet --unit=nocobase-alone sleep infinity", "systemctl stop nocobase-alone"),
)


def test_no_node_is_restarted_while_a_brake_is_on(node: NodeHost) -> None:
    make_ill(node)
    first = node.invocation()
    for brake, end in BRAKES:
        # what was seen before the brake does not count after it
        node.look()
        node.machine.run(brake)
        for _ in range(3):
            node.look()
        assert node.invocation() == first and node.restarts_by_health() == [], brake
        node.machine.run(end)
    node.look()
    assert node.invocation() == first
    node.look()
    assert node.invocation() != first and len(node.restarts_by_health()) == 1


def test_a_node_that_was_stopped_stays_so(node: NodeHost) -> None:
    make_ill(node)
    node.look()
    node.machine.run(f"systemctl stop {UNIT}")
    node.look()
    node.look()
    assert node.machine.shows(UNIT, "ActiveState")["ActiveState"] == "inactive"


@pytest.mark.parametrize("what", ["bytes", "inodes"])
@pytest.mark.parametrize("counted", [0, LIMIT - 1])
def test_what_cannot_be_counted_on_a_full_run_is_not_done(node: NodeHost, what: str, counted: int) -> None:
    """Without its count the limit would never be reached, and the node restarted every half minute for ever."""
    make_ill(node)
    if counted:
        node.machine.run(f"mkdir -p $(dirname {COUNTED}); for i in $(seq {counted}); do date +%s >> {COUNTED}; done")
    runs = {node.invocation()}
    if what == "bytes":
        node.machine.run("mount -o remount,size=$(( $(df -k --output=used /run | tail -n 1) + 512 ))k /run")
        node.machine.run("dd if=/dev/zero of=/run/full bs=4k 2> /dev/null", check=False)
        assert node.machine.out("df -k --output=avail /run | tail -n 1") == "0"
    else:
        node.machine.run("mount -o remount,nr_inodes=$(( $(df --output=iused /run | tail -n 1) + 64 )) /run")
        node.machine.run("i=0; while touch /run/full$i; do i=$((i + 1)); done 2> /dev/null")
        assert node.machine.out("df --output=iavail /run | tail -n 1") == "0"
    for _ in range(4):
        node.look()
        node.wait_ill()
        runs.add(node.invocation())
    assert len(runs) <= (2 if counted else 1)


def test_the_second_node_waits_for_its_turn(switch: Network, servers: Servers) -> None:
    """Its place is found by the address that belongs to the machine."""
    with node_host(switch, name="node2") as host:
        host.machine.write("/usr/local/sbin/sleep", '#!/bin/sh\necho "$1" >> /var/slept\n', 0o755)
        host.machine.boot()
        host.start()
        make_ill(host)
        host.look()
        host.look()
        assert host.machine.out("cat /var/slept") == str(PAUSE)
