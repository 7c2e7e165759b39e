#!/bin/sh
# Makes .venv and installs the project into it from hash-locked requirements: sh .ci/setup.sh run|dev
# "run" is what the wizard itself needs; "dev" adds the tools and libraries of the tests.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-dev}

fit() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1; }

choose() {
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$candidate" > /dev/null 2>&1 && fit "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
}

# Debian keeps venv and pip in a package of their own.
complete() { "$1" -c 'import ensurepip, venv' > /dev/null 2>&1; }

debian_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null 2>&1 || return 1
  printf 'setup: installing %s\n' "$*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
  apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install --no-install-recommends "$@" > /dev/null
}

if ! { [ -x .venv/bin/python ] && fit .venv/bin/python && .venv/bin/python -m pip --version > /dev/null 2>&1; }; then
  python=$(choose)
  if [ -z "$python" ] && debian_install python3 python3-venv; then python=$(choose); fi
  if [ -z "$python" ]; then
    echo 'setup: Python 3.11 or later is needed and was not found.' >&2
    echo '       Install it (Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv), or name it: make setup PYTHON=/path/to/python3' >&2
    exit 1
  fi
  if ! complete "$python" && ! { debian_install python3-venv && complete "$python"; }; then
    echo "setup: $python has no venv and ensurepip. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  rm -rf .venv
  "$python" -m venv .venv
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1
# pip mentions folders that hold none of the packages: only its errors matter here.
if [ "$kind" = dev ]; then
  .venv/bin/python -m pip install -qq --require-hashes -r requirements-dev.lock
else
  .venv/bin/python -m pip install -qq --require-hashes -r requirements.lock -r requirements-build.lock
fi
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
# Without byte code every start compiles again, which doubles what it costs.
.venv/bin/python -m compileall -q wizard screens
touch ".venv/.$kind" .venv/.run
