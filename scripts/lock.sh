#!/bin/sh
# Resolve pyproject.toml into the lock files, with hashes, for every Python and platform. Arguments go on (e.g. --upgrade).
set -eu
cd "$(dirname -- "$0")/.."
resolve() {
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header "$@" pyproject.toml
}
# The development lock first; the runtime lock is held to it, so that tests run on the versions that serve.
resolve --extra dev --output-file requirements-dev.lock "$@"
resolve --constraints requirements-dev.lock --output-file requirements.lock "$@"
