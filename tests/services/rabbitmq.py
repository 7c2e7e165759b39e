"""RabbitMQ brokers: Debian's 3.10 and, from a folder of its own, 4.0, each with its own port mapper."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from tests.services.certificates import Certificates
from tests.services.process import Server, environment, free_ports, missing, own, remove, services_folder, short_folder, tool

USERNAME = "wizard"
PASSWORD = "secret"
VHOST = "demo"


@dataclass(frozen=True)
class RabbitServer:
    """A running broker: AMQP on ``port``, AMQP over TLS on ``tls_port``, the management API on ``management_port``.

    The user ``limited`` (same password) may enter the vhost and only touch queues named ``x``;
    ``stranger`` may not enter it. The vhost ``empty`` exists and admits nobody.
    """

    host: str
    port: int
    tls_port: int
    management_port: int
    username: str
    password: str
    vhost: str
    version: str
    ca_file: Path
    server: Server
    before: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def url(self, vhost: str | None = None, username: str | None = None, password: str | None = None, tls: bool = False) -> str:
        """Return the address as ``amqp://`` or ``amqps://`` URL."""
        user = quote(self.username if username is None else username, safe="")
        word = quote(self.password if password is None else password, safe="")
        place = quote(self.vhost if vhost is None else vhost, safe="")
        return f"amqp{'s' if tls else ''}://{user}:{word}@{self.host}:{self.tls_port if tls else self.port}/{place}"

    def control(self, *words: str) -> str:
        """Run rabbitmqctl on the broker and return what it says; a failure fails the test."""
        command = [*self.before, "/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", *words]
        done = subprocess.run(command, env=dict(self.env), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def api(self, path: str, method: str = "GET", body: object = None) -> object:
        """Call the management API (``/api/...``) as administrator and return what it answers."""
        token = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(
            f"http://{self.host}:{self.management_port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback, http
            text = reply.read()
        return json.loads(text) if text else None


def _configuration(folder: str, port: int) -> str:
    return f"""\
listeners.tcp.1 = 127.0.0.1:{port}
listeners.ssl.1 = 127.0.0.1:{port + 1}
ssl_options.cacertfile = {folder}/ca.crt
ssl_options.certfile = {folder}/server.crt
ssl_options.keyfile = {folder}/server.key
ssl_options.verify = verify_none
management.tcp.ip = 127.0.0.1
management.tcp.port = {port + 2}
default_user = {USERNAME}
default_pass = {PASSWORD}
default_vhost = {VHOST}
disk_free_limit.absolute = 50MB
log.console = true
log.console.level = warning
"""


def start_rabbitmq(name: str, certificates: Certificates, root: Path | None = None) -> tuple[RabbitServer, Server]:
    """Start a broker and its port mapper (epmd); ``root`` is the folder of another Debian to run it in.

    Left alone, RabbitMQ starts an epmd of its own on every interface that outlives the test: hence ours, first.
    Raises the failure of the test if the broker is not installed.
    """
    if root is None:
        tool("rabbitmq-server", "/usr/lib/rabbitmq/bin")
        folder = inside = short_folder(name, "rabbitmq")
        user = ["rabbitmq", "rabbitmq"]
    else:
        folder = Path(tempfile.mkdtemp(prefix=f"nbc-{name}-", dir=root / "run"))
        inside = Path("/run") / folder.name
        accounts = (root / "etc/passwd").read_text().splitlines()
        user = next(line.split(":")[2:4] for line in accounts if line.startswith("rabbitmq:"))
    port = free_ports(5)
    for part in ("mnesia", "log"):
        (folder / part).mkdir()
    shutil.copy(certificates.authority, folder / "ca.crt")
    shutil.copy(certificates.certificate, folder / "server.crt")
    shutil.copy(certificates.key, folder / "server.key")
    (folder / ".erlang.cookie").write_text(f"cookie-{name}")
    (folder / "plugins").write_text("[rabbitmq_management].")
    (folder / "rabbitmq.conf").write_text(_configuration(str(inside), port))
    for path in (folder, *folder.iterdir()):
        # Erlang refuses a cookie that others can read, the broker a key.
        path.chmod(0o700 if path.is_dir() else 0o600)
        if root is None:
            own(path, "rabbitmq")
        else:
            os.chown(path, int(user[0]), int(user[1]))
    env = environment(
        {
            "HOME": str(inside),
            "RABBITMQ_NODENAME": f"{name}@localhost",
            "RABBITMQ_MNESIA_BASE": str(inside / "mnesia"),
            "RABBITMQ_LOG_BASE": str(inside / "log"),
            "RABBITMQ_CONFIG_FILE": str(inside / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(inside / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_PID_FILE": str(inside / "pid"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(port + 3),
            "RABBITMQ_DIST_PORT": str(port + 4),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
    )
    before = _before(user, root)
    log = folder / "output.log"
    mapper = Server.start([*before, "epmd", "-address", "127.0.0.1", "-port", str(port + 3)], log, env)
    # The wrapper in /usr/sbin changes to the system's own log files: the script behind it does not.
    server = Server.start([*before, "/usr/lib/rabbitmq/bin/rabbitmq-server"], log, env)
    broker = RabbitServer(
        "127.0.0.1", port, port + 1, port + 2, USERNAME, PASSWORD, VHOST, "", certificates.authority, server, tuple(before), env
    )
    try:
        server.wait_for(lambda: _answers(broker), 90)
    except BaseException:
        mapper.stop()
        raise
    _add_users(broker)
    overview = broker.api("overview")
    version = overview["rabbitmq_version"] if isinstance(overview, dict) else ""
    return replace(broker, version=version), mapper


def _before(user: Sequence[str], root: Path | None) -> list[str]:
    words = [tool("setpriv"), "--pdeathsig", "TERM"]
    if os.geteuid() == 0:
        words += ["--reuid", user[0], "--regid", user[1], "--clear-groups"]
    if root is None:
        return [*words, "--"]
    words[0] = "setpriv"
    mounts = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" "$@"'
    return [tool("unshare"), "--mount", tool("sh"), "-ec", mounts, str(root), *words, "--"]


def _answers(broker: RabbitServer) -> bool:
    try:
        reply = broker.api("health/checks/alarms")
        return reply == {"status": "ok"} and broker.api(f"vhosts/{VHOST}") is not None
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _add_users(broker: RabbitServer) -> None:
    broker.api("vhosts/empty", "PUT", {})
    for user in ("limited", "stranger"):
        broker.api(f"users/{user}", "PUT", {"password": PASSWORD, "tags": ""})
    broker.api(f"permissions/{VHOST}/limited", "PUT", {"configure": "^x$", "write": "^x$", "read": "^x$"})


def rabbitmq4_root() -> Path:
    """Return the folder that RabbitMQ 4 runs in; a missing one, or tests that may not chroot, fail the test."""
    root = services_folder() / "trixie"
    if not (root / "usr/lib/rabbitmq/bin/rabbitmq-server").exists() or os.geteuid() != 0:
        raise missing("RabbitMQ 4, which wants root,")
    return root


def stop_rabbitmq(broker: RabbitServer, mapper: Server) -> None:
    """Stop the broker, then its port mapper, and remove the folder."""
    # An orderly end takes five seconds, and nothing of the broker is kept: its virtual machine is ended at once.
    # The script that started it and its helper programs end with it.
    with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
        os.kill(int((broker.server.log.parent / "pid").read_text()), signal.SIGKILL)
        broker.server.process.wait(10)
    broker.server.stop(30)
    mapper.stop(5)
    remove(broker.server.log.parent)
