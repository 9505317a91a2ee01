"""The one list of feeds: finds and checks feed.toml files, and opens the door each declares."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.base import Fatal, Transport, shanghai_now
from connectors.spec import FeedSpec
from connectors.spec_files import CsvSettings, ExcelSettings, JsonSettings
from connectors.spec_http import HttpSettings
from connectors.spec_push import PushSettings
from connectors.spec_sql import SqlSettings

BUILT_IN = Path(__file__).parent
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")
# These stand at the top of a feed.toml, for short, and belong to its mapping.
_MAPPING_PARTS = ("fields", "tables", "parties", "rows", "records")


def load_feed(path: Path, env: Mapping[str, str] | None = None) -> FeedSpec:
    """Read and check one feed.toml (or the one in a folder).

    `env` replaces the process environment for ${NAME} and ${NAME:-default}. Raises Fatal with the file, the key and
    what is wrong, in plain words. A variable that is not set is no error yet: see FeedSpec.missing and open_transport.
    """
    path = path / "feed.toml" if path.is_dir() else path
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Fatal(f"{path}: there is no such file") from None
    except UnicodeDecodeError:
        raise Fatal(f"{path}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        hint = " (a key with Chinese characters stands in quotes)" if any(w in str(error) for w in ("key", "statement")) else ""
        raise Fatal(f"{path}: is not TOML: {error}{hint}") from None
    missing: list[str] = []
    data["transport"] = _with_env(data.get("transport", {}), os.environ if env is None else env, missing)
    data["mapping"] = {part: data.pop(part) for part in _MAPPING_PARTS if part in data}
    try:
        spec = FeedSpec.model_validate(data)
    except ValidationError as error:
        raise Fatal(f"{path}: " + "; ".join(_plain(e) for e in error.errors())) from None
    spec._source, spec._missing = path, tuple(dict.fromkeys(missing))
    return spec


def load_feeds(folders: Sequence[Path] | None = None, env: Mapping[str, str] | None = None) -> dict[str, FeedSpec]:
    """Every feed by its code, in order of code; the built-in ones when no folders are given.

    A folder holds a feed.toml, or folders that hold one each. Raises Fatal for a bad file or two feeds of one code.
    """
    feeds: dict[str, FeedSpec] = {}
    for path in _manifests([BUILT_IN] if folders is None else folders):
        spec = load_feed(path, env)
        if spec.feed in feeds:
            raise Fatal(f"{path}: feed {spec.feed!r} is already declared by {feeds[spec.feed].source}")
        feeds[spec.feed] = spec
    return dict(sorted(feeds.items()))


def open_transport(
    spec: FeedSpec, now: Callable[[], datetime] = shanghai_now, archive: Callable[[str, str, str, bytes], None] | None = None
) -> Transport:
    """The door that a feed declares; raises Fatal when a setting is missing from the environment.

    `now` gives naive Shanghai time: watermarks more than a day ahead of it are not followed. `archive` is given each file that
    was found readable: feed, SHA-256, name, content (see connectors.transports.folder.Archive for large files).
    """
    if spec.missing:
        raise Fatal(f"feed {spec.feed}: set {', '.join(spec.missing)} in the environment ({spec.source} asks for it)")
    columns = _top_columns(spec)
    settings = spec.transport
    # Imported here, so that listing feeds does not load HTTP, SQL and spreadsheet libraries.
    if isinstance(settings, HttpSettings):
        from connectors.transports.http import HttpTransport

        return HttpTransport(settings, now, columns, spec.source.parent)
    if isinstance(settings, SqlSettings):
        from connectors.transports.sql import SqlTransport

        return SqlTransport(settings, columns, now, spec.source.parent)
    if isinstance(settings, CsvSettings):
        from connectors.transports.csv import CsvFolder

        return CsvFolder(settings, columns | spec.mapping.given(), spec.source.parent, spec.feed, archive)
    if isinstance(settings, JsonSettings):
        from connectors.transports.json import JsonFolder

        return JsonFolder(settings, columns | spec.mapping.given(), spec.source.parent, spec.feed, archive)
    if isinstance(settings, PushSettings):
        from connectors.transports.push import PushTransport

        return PushTransport()
    assert isinstance(settings, ExcelSettings)
    from connectors.transports.excel import ExcelFolder

    return ExcelFolder(settings, columns | spec.mapping.given(), spec.source.parent, spec.feed, archive)


def _top_columns(spec: FeedSpec) -> frozenset[str]:
    """The columns that a table must have for this mapping."""
    return frozenset(spec.mapping.columns() - set(spec.mapping.rows.optional_columns))


def _manifests(folders: Sequence[Path]) -> list[Path]:
    found = []
    for folder in folders:
        if (folder / "feed.toml").is_file():
            found.append(folder / "feed.toml")
        else:
            found += sorted(folder.glob("*/feed.toml"))
    return found


def _with_env(value: Any, env: Mapping[str, str], missing: list[str]) -> Any:
    """The value with every ${NAME} in its texts replaced; names without a value are collected and left standing."""
    if isinstance(value, dict):
        return {k: _with_env(v, env, missing) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_env(v, env, missing) for v in value]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name, default = match.groups()
        if env.get(name):
            return env[name]
        if default is None:
            missing.append(name)
            return match.group()
        return str(default)

    return _VARIABLE.sub(replace, value)


def _plain(error: Any) -> str:
    """One pydantic error as: key: what is wrong."""
    kinds = {"http", "sql", "csv", "excel", "json", "push"}
    parts = [str(p) for i, p in enumerate(error["loc"]) if not (i == 0 and p == "mapping")]
    where = ".".join(p for i, p in enumerate(parts) if not (i == 1 and parts[0] == "transport" and p in kinds))
    if error["type"] == "missing":
        return f"{where}: is missing"
    if error["type"] == "union_tag_not_found":
        return f"{where}.kind: is missing" + (f"; one of {', '.join(sorted(kinds))}" if where == "transport" else "; see docs/feeds")
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
