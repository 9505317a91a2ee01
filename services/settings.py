"""Every setting of a deployment: defaults, then yizhan.toml, then YIZHAN_* variables. docs/settings.md explains each."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

CONFIG_FILE = "yizhan.toml"


class SettingsError(Exception):
    """A setting cannot be used; the message names it, where it comes from and what it may be."""


class Settings(BaseSettings):
    """The settings of one deployment; frozen. Make one with `load_settings`, which also sees to the keys."""

    model_config = SettingsConfigDict(env_prefix="YIZHAN_", extra="forbid", frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(Path("data"), description="Folder for the database, the keys, exports and map files.")
    database_url: str = Field("", description="sqlite:///FILE or postgresql://…; empty: yizhan.sqlite3 in data_dir.")
    city_dir: Path | None = Field(None, description="Folder of the city's area files; empty: the built-in city.")
    feeds_dir: Path | None = Field(None, description="Folder of further feeds, one feed.toml in a folder each.")
    secret_key: str = Field("", repr=False, description="Signs cookies; empty: made once, kept in data_dir/secret.key.")
    token_key: str = Field("", repr=False, description="Keys party tokens; empty: made once, kept in data_dir/token.key.")
    raw_key: str = Field("", repr=False, description="Seals rows as they came; empty: made once, kept in data_dir/raw.key.")
    raw_keep_days: int = Field(180, ge=0, le=3_650, description="Days that rows and files are kept as they came; 0: not at all.")
    webhook_url: str = Field("", description="Where messages for the operator are POSTed; empty: nowhere.")
    webhook_secret: str = Field("", repr=False, description="Signs those messages (HMAC-SHA256); needed with webhook_url.")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8050, ge=1, le=65535, description="Port to listen on.")
    threads: int = Field(8, ge=1, le=64, description="Threads that answer requests.")
    trusted_proxies: int = Field(0, ge=0, le=4, description="Reverse proxies in front whose X-Forwarded-* are believed.")
    cookie_secure: bool = Field(False, description="Send the session cookie over HTTPS only; set it behind HTTPS.")
    metrics_token: str = Field("", repr=False, description="Bearer token for /metrics from elsewhere; empty: this machine only.")

    demo: bool = Field(False, description="Show the demo accounts on the login page; only ever for the demo city.")
    today: date | None = Field(None, description="Stand still on this day (tests, demonstrations); empty: the calendar.")

    session_hours: int = Field(12, ge=1, le=24 * 31, description="Hours until a login ends.")
    login_attempts: int = Field(5, ge=1, le=100, description="Wrong passwords for an account before it must wait.")
    login_wait_minutes: int = Field(15, ge=1, le=24 * 60, description="Minutes an account waits after that.")
    max_export_rows: int = Field(100_000, ge=1, le=1_000_000, description="Rows of an export at most.")

    late_after: dict[str, int] = Field({}, description="Seconds after which a feed is late, by feed, over its feed.toml.")
    unaccepted_days: int = Field(2, ge=0, le=365, description="Days after which an unaccepted matter counts as overdue.")
    unhandled_days: int = Field(7, ge=0, le=365, description="Days after which an unhandled matter counts as overdue.")
    due_soon_days: int = Field(3, ge=0, le=365, description="Days before its limit from which a matter is due soon.")
    yellow_days: int = Field(1, ge=1, le=3_650, description="Days past a limit from which a yellow card is proposed.")
    red_days: int = Field(15, ge=1, le=3_650, description="Days past a limit from which a red card is proposed.")
    black_days: int = Field(30, ge=1, le=3_650, description="Days past a limit from which a black card is proposed.")
    step_days: int = Field(3, ge=0, le=365, description="Days that a step of supervision is given before the next one is proposed.")
    escalations: list[Literal["bulletin", "talk", "supervised", "veto"]] = Field(
        ["bulletin", "talk", "supervised", "veto"], min_length=1, description="Measures against a listing that does not move, mildest first."
    )
    progress_days: int = Field(7, ge=1, le=365, description="Days within which a listed area or trade has to report progress.")
    small: int = Field(20, ge=0, le=10_000, description="Changes on fewer matters are shown as counts, not percent.")
    small_population: int = Field(5_000, ge=0, description="Areas with fewer residents are not ranked.")
    assessment_file: Path | None = Field(None, description="Rules of assessment; empty: assessment.toml beside yizhan.toml, else the built-in ones.")
    map_least: int = Field(5, ge=1, le=100, description="A place on a map stands for at least so many matters.")
    signals_a_week: int = Field(10, ge=1, le=100, description="New signals a week at most; what comes after that goes to the watch list.")

    wall_scenes: list[Literal["city", "counties", "signals", "listings", "acts", "feeds"]] = Field(
        ["city", "counties", "signals", "listings", "acts", "feeds"], description="Scenes of a wall in their order; what is left out is not shown."
    )
    wall_dwell: dict[Literal["city", "counties", "signals", "listings", "acts", "feeds"], int] = Field(
        {}, description="Seconds that a scene stays, by scene, over 40, 15, 30, 20, 30, 20."
    )
    wall_quiet: str = Field("", pattern=r"^(\d\d:\d\d-\d\d:\d\d)?$", description="Hours in which a wall is dimmed and keeps its first scene, as 22:00-06:30.")
    wall_alarm_hours: int = Field(24, ge=1, le=24 * 14, description="Hours for which something new can be an alarm on a wall.")
    wall_fire_grade: Literal["minor", "larger", "major", "grave"] = Field("larger", description="Least grade of a fire that is an alarm on a wall.")
    wall_small: int = Field(5, ge=0, le=100, description="Counts of a township below this are not shown on a wall.")

    letter_office: str = Field("{area}平安建设领导小组办公室", min_length=1, max_length=60, description="Who writes the letters of an area.")
    letter_word: str = Field("{short}平安办函", min_length=1, max_length=30, description="The word before 〔year〕number on letters.")
    letter_days: dict[Literal["red", "yellow", "blue"], int] = Field({}, description="Days for the reply by colour, over red 0, yellow 2, blue 3.")
    bulletin_name: str = Field("矛盾纠纷多元化解工作通报", min_length=1, max_length=30, description="What stands in red at the head of the bulletin.")
    bulletin_to: str = Field(
        "各{below}平安建设领导小组，{kind}直有关单位", max_length=200,
        description="Whom the bulletin addresses. {below}: what lies below its area (县（市、区）, 乡镇（街道）); {kind}: 市, 县, 区.",
    )  # fmt: skip
    bulletin_copies: str = Field("", max_length=200, description="Who gets a copy of the bulletin, for its last line; empty: nobody.")
    bulletin_template: Path | None = Field(None, description="The city's own Word template for the bulletin; empty: the built-in paper.")
    meeting_at: str = Field("0 7 * * mon", pattern=r"^(\S+( \S+){4})?$", description="When meetings are frozen, as a cron line; empty: by hand only.")
    fonts_dir: Path | None = Field(None, description="Folder with further fonts of open licences for PDF; empty: those of the system.")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least grave log line that is kept.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments over variables over yizhan.toml; no .env file, no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.absolute() / 'yizhan.sqlite3'}")
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("webhook_url needs webhook_secret: without it the receiver cannot tell a message of ours")
        return self

    @property
    def waits(self) -> tuple[int, int]:
        """Days after which a matter counts as unaccepted, and as unhandled."""
        return self.unaccepted_days, self.unhandled_days

    @property
    def export_dir(self) -> Path:
        """Where exports are written until they are sent."""
        return self.data_dir / "exports"

    @property
    def photo_dir(self) -> Path:
        """Where the photos of inspections lie."""
        return self.data_dir / "photos"

    @property
    def map_dir(self) -> Path:
        """Where the fingerprinted map files lie that the browser fetches."""
        return self.data_dir / "map"


def config_file() -> Path:
    """The settings file: YIZHAN_CONFIG, or yizhan.toml in the working folder (which need not exist)."""
    return Path(os.environ.get("YIZHAN_CONFIG") or CONFIG_FILE)


def load_settings(**overrides: Any) -> Settings:
    """Settings with `overrides` on top and the three keys in place, made on the first call and kept (mode 600).

    Raises SettingsError for an unknown or impossible setting, an unreadable yizhan.toml, or a data_dir that cannot
    be written.
    """
    if "YIZHAN_CONFIG" in os.environ and not config_file().is_file():
        raise SettingsError(f"YIZHAN_CONFIG names {config_file()}, which is not there")
    _no_slips(os.environ)
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_in_plain_words(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config_file()} is not TOML: {error}") from None
    except Exception as error:  # pydantic-settings wraps a variable that is not JSON where JSON is due
        raise SettingsError(f"{error}: {error.__cause__ or ''}".rstrip(": ")) from None
    return _with_keys(settings)


def _no_slips(environ: Iterable[str]) -> None:
    """SettingsError for a variable that is nearly a setting; others may be a feed's address or password."""
    known = [name.upper() for name in Settings.model_fields]
    for variable in environ:
        name = variable.removeprefix("YIZHAN_")
        if name == variable or name in known:
            continue
        meant = get_close_matches(name, known, 1, 0.87)
        if meant:
            raise SettingsError(f"{variable} is no setting; did you mean YIZHAN_{meant[0]}?")


def _in_plain_words(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        if problem["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            lines.append(f"{config_file()}: unknown setting {name!r}; known are {known}")
        else:
            lines.append(f"setting {name} (YIZHAN_{name.upper()}): {problem['msg']}, not {problem['input']!r}")
    return "\n".join(lines)


def _with_keys(settings: Settings) -> Settings:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        made = {
            name: _kept(settings.data_dir / f"{name.removesuffix('_key')}.key")
            for name in ("secret_key", "token_key", "raw_key")
            if not getattr(settings, name)
        }
    except OSError as error:
        raise SettingsError(f"the data folder {settings.data_dir} cannot be used ({error.strerror}): set YIZHAN_DATA_DIR") from None
    return settings.model_copy(update=made)


def _kept(path: Path) -> str:
    """The key in that file; a new one is written whole or not at all, so that two processes starting at once agree."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
