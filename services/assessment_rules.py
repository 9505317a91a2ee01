"""The rules of assessment and their versions: read from the settings file, kept in the store, chosen by period."""

from __future__ import annotations

import hashlib
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlalchemy import Engine

from matters.access import Scope
from matters.assessment import Period, RuleError, Rules, plain, read_rules
from services.settings import Settings, config_file
from store import assessment as kept
from store.engine import reading, writing
from store.listings import note
from store.writer import bump

BUILT_IN = Path(__file__).with_name("assessment.toml")
FILE = "assessment.toml"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: what a score is made with. It holds for periods that end on `since` or later; the first for those before it too."""

    number: int
    digest: str
    since: date
    taken_at: datetime
    rules: Rules


class RuleBook:
    """Takes a changed file over as a new version, whoever asks first; a file that cannot be used changes nothing and is reported."""

    def __init__(self, engine: Engine, settings: Settings, now: Callable[[], datetime]) -> None:
        self._engine, self._now, self._settings = engine, now, settings
        self._looked: tuple[Path, int, int] | None = None
        self._versions: tuple[Version, ...] = ()
        self._lock = threading.Lock()
        self.problem = ""

    @property
    def file(self) -> Path:
        """The file that holds the rules; one that is put beside yizhan.toml later is found too."""
        return rules_file(self._settings)

    def versions(self) -> tuple[Version, ...]:
        """All versions, the oldest first, after a look at the file. Raises RuleError while there is no version at all."""
        self._take()
        with reading(self._engine) as connection:
            if kept.newest(connection)[0] != len(self._versions):
                self._versions = tuple(_version(r) for r in kept.versions(connection))
        if not self._versions:
            raise RuleError(self.problem)
        return self._versions

    def of(self, period: Period, as_of: datetime | None = None) -> Version:
        """The version that holds for a period: the last one that began by its end (a running one: by now), of those known at a moment."""
        every = self.versions()
        last = min(period.end, (as_of or self._now()).date())
        began = [v for v in every if v.since <= last and (as_of is None or v.taken_at <= as_of)]
        return began[-1] if began else every[0]

    def _take(self) -> None:
        """Look at the file when it has changed since the last look."""
        with self._lock:
            path = self.file
            try:
                found = path.stat()
                mark = (path, found.st_mtime_ns, found.st_size)
                if mark == self._looked:
                    return
                rules = load(path)
            except (OSError, RuleError) as error:
                self._looked, self.problem = None, str(error)
                return
            self._keep(rules)
            self._looked, self.problem = mark, ""

    def _keep(self, rules: Rules) -> None:
        """A new version when the rules differ from the newest; never backdated, so that what was published stays as it was."""
        digest, now = digest_of(rules), self._now()
        with reading(self._engine) as connection:
            if kept.newest(connection)[1] == digest:
                return
        try:
            with writing(self._engine) as connection:
                number, last = kept.newest(connection)
                if last == digest:
                    return
                since = max(rules.starts or now.date(), now.date())
                kept.add_version(connection, {"version": number + 1, "digest": digest, "since": since, "taken_at": now, "content": plain(rules)})
                note(connection, Scope.system().user, "assessment.rules", {"version": number + 1, "digest": digest, "since": since.isoformat()}, now)
                bump(connection, now)
        except kept.Conflict:
            pass  # another process has taken the same file over


def rules_file(settings: Settings) -> Path:
    """assessment_file of the settings, else assessment.toml beside yizhan.toml when there is one, else the built-in rules."""
    if settings.assessment_file is not None:
        return settings.assessment_file
    beside = config_file().absolute().parent / FILE
    return beside if beside.is_file() else BUILT_IN


def load(path: Path) -> Rules:
    """Rules of a file. Raises RuleError, which names the file, for one that is not there, is not TOML, or has an impossible entry."""
    try:
        return read_rules(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.name} is not TOML: {error}") from None
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror}") from None
    except RuleError as error:
        raise RuleError(f"{path.name}: {error}") from None


def digest_of(rules: Rules) -> str:
    """What distinguishes these rules from others: their meaning, not comments or spaces."""
    return hashlib.sha256(orjson.dumps(plain(rules), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _version(row: dict[str, object]) -> Version:
    content, since, taken = row["content"], row["since"], row["taken_at"]
    assert isinstance(content, dict) and isinstance(since, date) and isinstance(taken, datetime)
    return Version(int(str(row["version"])), str(row["digest"]), since, taken, read_rules(content))
