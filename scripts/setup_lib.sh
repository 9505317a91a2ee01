# Helpers of setup.sh. POSIX sh; sourced, not run.

say() { printf '[setup] %s\n' "$*" >&2; }

stop() {
    printf '\n[setup] %s\n\n' "$*" >&2
    exit 1
}

# Run a command whose output only matters when it fails.
quietly() {
    log="$(mktemp)"
    if ! "$@" > "$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        stop "this failed: $*"
    fi
    rm -f "$log"
}

# `as_root CMD…` as root or through a sudo that asks nothing; fails when neither is there.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# Install Debian packages; the package lists are fetched once, and again only when an install fails with the old ones.
install_packages() {
    command -v apt-get > /dev/null 2>&1 || return 1
    as_root true || return 1
    say "installing Debian packages: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null 2>&1 && return 0
    quietly as_root apt-get update -qq
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# Print the first Python that is new enough. PYTHON=… chooses one.
find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

old_python() {
    found="$(python3 --version 2>/dev/null || echo 'no python3')"
    stop "Yizhan needs Python 3.11 or newer; this machine has $found.
        Install one (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv) or name it: make demo PYTHON=/path/to/python3.12
        需要 Python 3.11 或更高版本。"
}

# A .venv whose Python runs and is new enough, with pip in it; made anew when broken or half made.
need_environment() {
    if [ -x .venv/bin/python ] && .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return 0
    fi
    python="$(find_python)" || old_python
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version="$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')"
        install_packages "$version-venv" || stop "$python has no venv module, and this user may not install it.
        Ask for: apt-get install $version-venv"
    fi
    quietly "$python" -m venv .venv
}

has_chinese_font() {
    command -v fc-list > /dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]
}

has_postgresql() {
    command -v initdb > /dev/null 2>&1 && return 0
    for program in /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$program" ] && return 0
    done
    return 1
}

# What the tests drive besides Python: a browser with Chinese type, and a PostgreSQL server.
need_system_packages() {
    missing=""
    if ! command -v chromium > /dev/null 2>&1 && [ -z "${YIZHAN_CHROMIUM:-}" ]; then missing="chromium"; fi
    has_chinese_font || missing="$missing fontconfig fonts-noto-cjk"
    has_postgresql || missing="$missing postgresql"
    [ -z "$missing" ] && return 0
    # shellcheck disable=SC2086 # a list of names
    install_packages $missing && return 0
    case "$missing" in
        *chromium*) stop "The browser tests need Chromium, and this user may not install it.
        Ask for: apt-get install$(printf ' %s' $missing), or name one: YIZHAN_CHROMIUM=/path/to/chrome make test" ;;
    esac
    say "not installable by this user:$missing. Without PostgreSQL from Debian the tests use the one in a Python wheel (no pg_trgm)."
}

# The browser without its windows, where Debian has it: a third less work a page. The tests run with the whole one as well, so nobody waits for it.
lighter_browser() {
    if [ -n "${YIZHAN_CHROMIUM:-}" ] || command -v chromium-headless-shell > /dev/null 2>&1; then return 0; fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Acquire::Retries=0 -o Acquire::http::Timeout=15 \
        -o Acquire::https::Timeout=15 chromium-headless-shell > /dev/null 2>&1 || true
}
