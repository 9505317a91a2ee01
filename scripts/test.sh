#!/bin/sh
# The whole suite, two workers, on both databases. Arguments go on to pytest.
set -eu
cd "$(dirname -- "$0")/.."
unset PYTHONDONTWRITEBYTECODE  # see Makefile
export YIZHAN_TEST_DATABASES="${YIZHAN_TEST_DATABASES:-sqlite,postgresql}"
exec .venv/bin/python -m pytest -n "${YIZHAN_TEST_WORKERS:-2}" --dist loadgroup "$@"
