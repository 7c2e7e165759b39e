"""The balancer's file takes effect only where nginx itself accepts its whole configuration."""

from __future__ import annotations

from pathlib import Path

from tests.ansible.cluster import Cluster
from tests.ansible.sshd import Sshd
from tests.services.nginx import Nginx


def test_a_file_that_nginx_refuses_leaves_the_one_of_before(
    cluster: Cluster, sshd: Sshd, nginx_binary: Nginx, tmp_path: Path
) -> None:
    command = nginx_binary.wrapped("", tmp_path)
    target, loaded = tmp_path / "snippet.conf", tmp_path / "loaded"
    (tmp_path / "balancer.yaml").write_text(
        f"nocobase_balancer: {{hosts: {{front: {{ansible_host: 127.0.0.1, ansible_port: {sshd.ports[0]}}}}}}}\n"
    )
    changes = {
        "nocobase_balancer_target": str(target),
        "nocobase_balancer_check": " ".join([*command, "-t"]),
        "nocobase_balancer_reload": f"touch {loaded}",
    }
    source = cluster.out / "nginx/nocobase.conf"
    # the port of the file may be one that only root opens
    kept = source.read_text()
    good = kept.replace("listen 80;", f"listen {cluster.ports['web1']};")

    def play() -> tuple[int, str]:
        done = cluster.play("balancer", "-i", str(tmp_path / "balancer.yaml"), **changes)
        return done.code, done.text

    try:
        target.unlink()
        source.write_text(good.replace("proxy_pass", "proxy_pas"))
        code, said = play()
        assert code != 0 and 'unknown directive "proxy_pas"' in said and not target.exists() and not loaded.exists()
        source.write_text(good)
        code, said = play()
        assert code == 0 and target.read_text() == good and loaded.exists(), said
        loaded.unlink()
        source.write_text(good.replace("proxy_pass", "proxy_pas"))
        code, said = play()
        assert code != 0 and "refused the file, and the one of before is in place again" in said
        assert target.read_text() == good and not loaded.exists()
    finally:
        source.write_text(kept)
