#!/bin/sh
# Style, types, import directions. All three run, so that one look shows everything.
set -u
cd "$(dirname -- "$0")/.."
failed=""
.venv/bin/python -m ruff check . || failed="$failed ruff"
.venv/bin/python -m mypy || failed="$failed mypy"
.venv/bin/lint-imports --no-logo || failed="$failed import-linter"
if [ -n "$failed" ]; then
    printf 'lint failed:%s\n' "$failed" >&2
    exit 1
fi
