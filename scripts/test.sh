#!/bin/sh
# The whole suite on both databases, with one worker more than cores: browsers and servers leave a worker waiting a fifth of its time. Arguments go on
# to pytest.
set -eu
cd "$(dirname -- "$0")/.."
export YIZHAN_TEST_DATABASES="${YIZHAN_TEST_DATABASES:-sqlite,postgresql}"
exec .venv/bin/python -m pytest -n "${YIZHAN_TEST_WORKERS:-$(($(nproc) + 1))}" --dist loadgroup "$@"
