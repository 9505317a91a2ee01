#!/bin/sh
# Make this folder able to run (`scripts/setup.sh run`) or to test (`scripts/setup.sh test`): a Python environment in
# .venv from the lock files, and for tests the Debian packages they drive. Does nothing when nothing has changed.
set -eu

kind="${1:-run}"
here="$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)"
cd "$here"
. scripts/setup_lib.sh

case "$kind" in
    run) lock=requirements.lock ;;
    test) lock=requirements-dev.lock ;;
    *) stop "unknown kind of setup '$kind': run or test" ;;
esac

[ "$kind" = test ] && need_system_packages

stamp="$(cat requirements.lock "$lock" pyproject.toml scripts/setup.sh scripts/setup_lib.sh | cksum)"
mark=".venv/.yizhan-$kind"
if [ -x .venv/bin/python ] && [ "$(cat "$mark" 2>/dev/null)" = "$stamp $here" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

started="$(date +%s)"
need_environment
[ "$kind" = test ] && lighter_browser
say "installing the packages of $lock (about a minute; only the first time) · 正在安装依赖"
# Byte code is written when a module is first imported: compiling everything here would double the time.
quietly .venv/bin/python -m pip install --require-hashes --no-compile --no-input -r "$lock"
quietly .venv/bin/python -m pip install --no-deps --no-build-isolation --no-input --config-settings editable_mode=compat -e .
printf '%s' "$stamp $here" > "$mark"
say "ready after $(( $(date +%s) - started )) s"
