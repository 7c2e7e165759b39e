"""The machines of the proof: nodes and a balancer, booted by systemd, a file server that may be away, Redis, PostgreSQL and the bastion.

All of it is in namespaces of its own, on 10.77.0.0/24, without a way out.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.machines.booted import Machine
from tests.machines.network import SURROUNDINGS, Network, network
from tests.prove import application
from tests.prove.claims import NotRun, note, wait
from tests.services.process import REPOSITORY, Server, as_user, environment, own, tool
from tests.services.sql import POSTGRES_FOLDERS

PACKAGES = "systemd,systemd-sysv,dbus,mount,hostname,openssh-server,rsync,curl,iproute2,procps,nginx-light,ca-certificates,openssl,docker.io,python3-minimal"
"""What a machine has beyond the least that Debian is."""

NAME = "nocobase.test"
"""The address that users type."""
BALANCER = "10.77.0.20"
NODES = {"node1": "10.77.0.11", "node2": "10.77.0.12"}
STORAGE = "/srv/nocobase/storage"
DISK_MB = {"node": 1500, "docker": 6000, "plain": 500}
CLONE_NEWNET = 0x40000000

DATABASE_PASSWORD = "p#g$a'b"
REDIS_PASSWORD = "r#d"

DEBIAN = REPOSITORY / "tests/machines/debian.sh"
"""What unpacks a Debian, here and for the tests of machines."""

# A file server that can be away: the folder /server is it, the file "up" in it says whether it answers.
MOUNT = """\
#!/bin/sh
[ -e /server/up ] || { echo 'mount.prove: no answer' >&2; exit 32; }
exec mount --bind /server/storage "$2"
"""


def build(home: Path) -> Path:
    """Unpack the Debian that the machines are, unless it is there; return its folder."""
    image, log = home / "machine", home / "machine.log"
    complete = image / ".complete"
    if complete.exists() and complete.read_text() == PACKAGES:
        return image
    note("unpacking Debian 12 for the machines: two minutes")
    words = [tool("sh"), str(DEBIAN), str(image), PACKAGES, str(log)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=2400, check=False)
    if done.returncode:
        raise NotRun(f"no Debian could be unpacked: {done.stderr.strip()[-300:]}; {log}")
    # Each machine starts what its own story wants, and none looks after packages.
    for wants in ("multi-user.target.wants", "sockets.target.wants", "timers.target.wants"):
        for unit in (image / "etc/systemd/system" / wants).glob("*"):
            if unit.name not in ("ssh.service", "remote-fs.target"):
                unit.unlink()
    helper = image / "usr/sbin/mount.prove"
    helper.write_text(MOUNT)
    helper.chmod(0o755)
    number = str(application.ACCOUNT_ID)
    words = [
        "--system",
        "--uid",
        number,
        "--user-group",
        "--home-dir",
        "/srv/nocobase",
        "--shell",
        "/usr/sbin/nologin",
        application.ACCOUNT,
    ]
    subprocess.run([tool("useradd"), "--root", str(image), *words], check=True, capture_output=True, timeout=60)
    complete.write_text(PACKAGES)
    return image


@dataclass
class FileServer:
    """The share: one folder, which the nodes can mount while it is up."""

    folder: Path

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    def up(self) -> None:
        (self.folder / "up").touch()

    def down(self) -> None:
        """Answer no mount from now on; what is mounted stays."""
        (self.folder / "up").unlink()


@dataclass
class Redis:
    """Redis of the cluster; it keeps what it was told in a file, as a queue wants."""

    net: Network
    folder: Path
    _server: Server | None = None

    def start(self) -> None:
        words = [
            tool("redis-server"),
            "--bind",
            SURROUNDINGS,
            "--port",
            "6379",
            "--dir",
            str(self.folder),
            "--requirepass",
            REDIS_PASSWORD,
        ]
        words += [
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--save",
            "",
            "--maxmemory",
            "64mb",
            "--maxmemory-policy",
            "noeviction",
        ]
        self._server = self.net.serve(words, self.folder / "log")
        wait(lambda: self.says("ping") == "PONG", 30, "Redis answers")

    def stop(self) -> None:
        assert self._server is not None
        self._server.stop()

    def says(self, *words: str) -> str:
        command = [tool("redis-cli"), "-h", SURROUNDINGS, "--no-auth-warning", "-a", REDIS_PASSWORD, *words]
        return self.net.run(*command, check=False).stdout.strip()


@dataclass
class Postgres:
    """The database of the cluster."""

    net: Network
    folder: Path
    _server: Server | None = None

    def make(self) -> None:
        """Make its files: the superuser admin, the user and the database nocobase."""
        own(self.folder, "postgres")
        password = self.folder / "password"
        password.write_text(DATABASE_PASSWORD)
        own(password, "postgres")
        words = [
            "-D",
            str(self.folder / "data"),
            "-U",
            "admin",
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        initdb = [*as_user("postgres"), tool("initdb", *POSTGRES_FOLDERS), *words]
        subprocess.run(initdb, check=True, capture_output=True, env=environment(), cwd=self.folder, timeout=300)
        with (self.folder / "data/pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.77.0.0/24 scram-sha-256\nhost all all 172.31.0.0/16 scram-sha-256\n")
        self.start()
        quoted = DATABASE_PASSWORD.replace("'", "''")
        self.ask(f"create role nocobase login password '{quoted}'", "postgres")
        self.fresh()

    def fresh(self) -> None:
        """Make the database nocobase anew, empty."""
        self.ask("drop database if exists nocobase with (force)", "postgres")
        self.ask("create database nocobase owner nocobase", "postgres")

    def start(self) -> None:
        words = ["-D", str(self.folder / "data"), "-h", SURROUNDINGS, "-p", "5432", "-k", str(self.folder)]
        self._server = self.net.serve([*as_user("postgres"), tool("postgres", *POSTGRES_FOLDERS), *words], self.folder / "log")
        wait(lambda: self.ask("select 1", "postgres", check=False) == "1", 60, "PostgreSQL answers")

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stop it, at once unless told otherwise: open connections are cut."""
        assert self._server is not None
        self._server.stop(60, how)

    def ask(self, statement: str, database: str = "nocobase", check: bool = True) -> str:
        """Send a statement as the superuser; return what it says, a line a row."""
        command = [
            tool("psql"),
            "-X",
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            SURROUNDINGS,
            "-U",
            "admin",
            "-d",
            database,
            "-c",
            statement,
        ]
        done = self.net.run("env", f"PGPASSWORD={DATABASE_PASSWORD}", *command, check=check)
        return done.stdout.strip()


@dataclass
class Bastion:
    """The machine where the written files are: its commands see the cluster's network, its names and its authority alone."""

    net: Network
    folder: Path

    def make(self, addresses: dict[str, str]) -> None:
        """Make its key, its ssh configuration and the folder that its programs are in."""
        programs, key = self.folder / "bin", self.folder / "key"
        programs.mkdir()
        subprocess.run([tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=60)
        settings = self.folder / "ssh_config"
        settings.write_text(
            f"Host *\n  User root\n  IdentityFile {key}\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
        )
        for name in ("ssh", "scp"):
            self._program(name, f'exec {tool(name)} -F {settings} "$@"')
        self._program("nbcluster", f'exec {REPOSITORY / ".venv/bin/python"} -m nbcluster "$@"')
        hosts = self.folder / "hosts"
        hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in addresses.items()))
        bundle = self.folder / "certificates.crt"
        authorities = Path("/etc/ssl/certs/ca-certificates.crt")
        bundle.write_bytes((authorities.read_bytes() if authorities.exists() else b"") + (self.folder / "ca.crt").read_bytes())
        # This process has a mount namespace of its own: nobody else sees these.
        mount("--bind", str(hosts), "/etc/hosts")
        if authorities.exists():
            mount("--bind", str(bundle), str(authorities))

    def _program(self, name: str, line: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {
            "PATH": path,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "PGPASSWORD": DATABASE_PASSWORD,
            "SSL_CERT_FILE": str(self.folder / "certificates.crt"),
        }

    def run(self, words: list[str], folder: Path, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        """Run a program in a folder, to its end."""
        return subprocess.run(
            self.net.enter(*words),
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def nbcluster(self, *words: str, folder: Path, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run nbcluster."""
        return self.run([str(self.folder / "bin/nbcluster"), *words], folder, seconds)


@dataclass
class Lab:
    """Everything that a cluster stands on."""

    net: Network
    folder: Path
    image: Path
    layer: Path
    server: FileServer
    redis: Redis
    postgres: Postgres
    bastion: Bastion
    stack: ExitStack

    def machine(self, name: str, address: str, kind: str = "node") -> Machine:
        """Make a machine, which is off.

        A ``node`` has the application and the account, ``docker`` has Docker alone; both have the share in /etc/fstab. ``plain`` has nothing.
        """
        folder = self.folder / name
        for part in ("disk", "root"):
            (folder / part).mkdir(parents=True)
        blocks = folder / "disk.ext4"
        with blocks.open("wb") as file:
            file.truncate(DISK_MB[kind] << 20)
        _do("mkfs.ext4", "-q", "-F", str(blocks))
        mount("-o", "loop", str(blocks), str(folder / "disk"))
        for part in ("upper", "work", "docker"):
            (folder / "disk" / part).mkdir()
        lower = f"{self.layer}:{self.image}" if kind == "node" else str(self.image)
        made = Machine(name, address, self.net, folder)
        layers = f"lowerdir={lower},upperdir={folder / 'disk/upper'},workdir={folder / 'disk/work'}"
        mount("-t", "overlay", "overlay", "-o", layers, str(made.root))
        made.write("/etc/hostname", f"{name}\n")
        made.write("/etc/hosts", f"127.0.0.1 localhost\n{address} {name}\n{BALANCER} {NAME}\n")
        made.write("/root/.ssh/authorized_keys", (self.bastion.folder / "key.pub").read_bytes(), 0o600)
        made.write("/etc/ssl/certs/ca-certificates.crt", (self.bastion.folder / "ca.crt").read_bytes())
        if kind != "plain":
            made.write("/etc/fstab", f"share {STORAGE} prove _netdev 0 0\n")
            for inside in ("server", STORAGE[1:]):
                (made.root / inside).mkdir(parents=True, exist_ok=True)
            # Under the root before it boots: the machine then sees the file server as a folder that it can write to.
            mount("--bind", str(self.server.folder), str(made.root / "server"))
        if kind == "docker":
            # Docker stacks its layers on a disk, not on layers.
            (made.root / "var/lib/docker").mkdir(parents=True, exist_ok=True)
            mount("--bind", str(folder / "disk/docker"), str(made.root / "var/lib/docker"))
        self.stack.callback(lambda: made.power_cut() if made.is_on else None)
        return made


def mount(*words: str) -> None:
    """Mount something in the namespace of this process."""
    _do("mount", *words)


def _do(*words: str) -> None:
    done = subprocess.run([tool(words[0]), *words[1:]], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise NotRun(f"{' '.join(words[:3])}: {done.stderr.strip()}")


def certificate(folder: Path, name: str, *, days: int) -> None:
    """Make NAME.pem and NAME.key for the balancer, signed by the lab's authority, which is made with the first one.

    ``days`` below 0: it ended so many days ago.
    """
    openssl = tool("openssl")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True, timeout=60)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    if not (folder / "ca.crt").exists():
        run("req", "-x509", *curve, "-days", "30", "-subj", "/CN=prove", "-keyout", "ca.key", "-out", "ca.crt")
    run("req", *curve, "-subj", f"/CN={NAME}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    (folder / "index.txt").touch()
    (folder / "extensions").write_text(f"[x]\nsubjectAltName=DNS:{NAME}\n")
    (folder / "authority").write_text(
        textwrap.dedent("""\
        [ca]
        default_ca = lab
        [lab]
        database = index.txt
        new_certs_dir = .
        rand_serial = yes
        unique_subject = no
        default_md = sha256
        certificate = ca.crt
        private_key = ca.key
        policy = any
        [any]
        commonName = supplied
        """)
    )

    def moment(day: int) -> str:
        return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + day * 86400))

    dates = ["-startdate", moment(min(0, days) - 20), "-enddate", moment(days)]
    words = ["-batch", "-notext", "-config", "authority", "-extfile", "extensions", "-extensions", "x", *dates]
    run("ca", *words, "-in", f"{name}.csr", "-out", f"{name}.pem")


def _enter(net: Network) -> None:
    """Take this process to where the bastion is; the interpreter has no call of its own for it before 3.12."""
    with Path("/run/netns", net.name).open() as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def lab(folder: Path, image: Path, layer: Path) -> Iterator[Lab]:
    """Make the network, the servers and the bastion; all of it ends with the block."""
    with network() as net, ExitStack() as stack:
        _enter(net)
        for part in ("server/storage", "redis", "postgres", "bastion"):
            (folder / part).mkdir(parents=True)
        folder.chmod(0o755)
        certificate(folder / "bastion", "good", days=90)
        server = FileServer(folder / "server")
        server.up()
        redis, postgres = Redis(net, folder / "redis"), Postgres(net, folder / "postgres")
        bastion = Bastion(net, folder / "bastion")
        bastion.make({NAME: BALANCER, **NODES})
        redis.start()
        stack.callback(redis.stop)
        postgres.make()
        stack.callback(postgres.stop)
        yield Lab(net, folder, image, layer, server, redis, postgres, bastion, stack)


def quoted(value: str) -> str:
    """Return a value as an env file of the bastion has it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
