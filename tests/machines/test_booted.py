"""The machine of the tests: it boots, keeps its disk over a power cut, and leaves nothing behind."""

from __future__ import annotations

from tests.machines.booted import machine
from tests.machines.network import SURROUNDINGS, network


def test_a_machine_boots_keeps_its_disk_over_a_power_cut_and_leaves_nothing() -> None:
    with network() as switch, machine("node1", "10.77.0.11", switch) as node:
        node.boot()
        assert node.out("systemctl is-system-running; hostname -I") == "running\n10.77.0.11"
        first = node.out("cat /proc/sys/kernel/random/boot_id")
        node.run("echo kept > /var/kept; echo gone > /run/gone")
        node.power_cut()
        assert not node.is_on
        node.boot()
        assert node.out("cat /var/kept; ls /run/gone 2> /dev/null || true") == "kept"
        assert node.out("cat /proc/sys/kernel/random/boot_id") != first
        assert SURROUNDINGS in node.out(f"ip route get {SURROUNDINGS}")
        folder = node.folder
    assert not folder.exists()
