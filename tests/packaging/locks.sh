#!/bin/sh
# Pins the requirements again, with hashes and without the name of any host. uv may come from anywhere on PATH or from .venv.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PWD/.venv/bin:$PATH
command -v uv > /dev/null 2>&1 || { echo 'locks: uv is needed: .venv/bin/pip install uv' >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pin() { uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url "$@"; }
pin --extra dev pyproject.toml -o requirements-dev.lock
# The other two are parts of the first: the same versions.
sed 's/ *\\$//; /--hash/d' requirements-dev.lock > "$scratch/versions.txt"
pin -c "$scratch/versions.txt" pyproject.toml -o requirements.lock
printf 'hatchling\neditables\n' > "$scratch/build.in"
pin -c "$scratch/versions.txt" "$scratch/build.in" -o requirements-build.lock
