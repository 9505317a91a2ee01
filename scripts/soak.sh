#!/bin/sh
# The long forms, on both databases: 200 kills a database, hundreds of random histories, orders of events and requests of the API, 10,000 changes after a meeting was frozen
# (half an hour on two cores); on SQLite a day of the wall's updates, every page under axe-core and at every width, and five whole cities, in
# which what was planted is found and nothing else (ten minutes each).
# Arguments go on to pytest; YIZHAN_TEST_SEED repeats the moments of an earlier run of kills.
set -eu
cd "$(dirname -- "$0")/.."
unset PYTHONDONTWRITEBYTECODE  # see Makefile
export YIZHAN_SOAK=1 YIZHAN_TEST_DATABASES="${YIZHAN_TEST_DATABASES:-sqlite,postgresql}"
long="tests/faults tests/store/test_history.py tests/store/test_promises.py tests/dashboard/api/test_contract.py tests/dashboard/test_wall_long.py tests/services/test_meetings.py"
long="$long tests/dashboard/test_accessible.py"
long="$long tests/services/test_signals.py tests/services/test_planted.py"
long="$long tests/services/test_machine.py tests/services/test_path_machine.py tests/services/test_linked_machine.py"
# shellcheck disable=SC2086
exec .venv/bin/python -m pytest -n "${YIZHAN_TEST_WORKERS:-2}" --dist loadgroup $long "$@"
