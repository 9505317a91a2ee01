"""Settings: where they come from, how they fail, and that their document is complete."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from services.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_arguments_win_over_variables_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("yizhan.toml").write_text("port = 8001\nthreads = 3\nsmall = 9\n")
    monkeypatch.setenv("YIZHAN_PORT", "8002")
    monkeypatch.setenv("YIZHAN_THREADS", "4")
    settings = load_settings(port=8003)
    assert (settings.port, settings.threads, settings.small) == (8003, 4, 9)


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("port = 8009\n[late_after]\nhealth = 60\n")
    monkeypatch.setenv("YIZHAN_CONFIG", str(tmp_path / "other.toml"))
    settings = load_settings()
    assert settings.port == 8009
    assert settings.late_after == {"health": 60}


def test_the_database_lies_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path / "d").database_url == f"sqlite:///{tmp_path / 'd' / 'yizhan.sqlite3'}"
    assert load_settings(database_url="postgresql://h/x").database_url == "postgresql://h/x"


@pytest.mark.parametrize(
    ("toml", "variable", "said"),
    [
        ("prot = 1", {}, "unknown setting 'prot'"),
        ("port = ", {}, "yizhan.toml is not TOML"),
        ("", {"YIZHAN_LATE_AFTR": "1"}, "did you mean YIZHAN_LATE_AFTER"),
        ("", {"YIZHAN_PORT": "http"}, "YIZHAN_PORT"),
        ("", {"YIZHAN_PORT": "70000"}, "YIZHAN_PORT"),
        ("", {"YIZHAN_TODAY": "2026-02-30"}, "YIZHAN_TODAY"),
        ("", {"YIZHAN_LATE_AFTER": "{health"}, "late_after"),
        ("", {"YIZHAN_LOG_LEVEL": "LOUD"}, "YIZHAN_LOG_LEVEL"),
        ("", {"YIZHAN_CONFIG": "nowhere.toml"}, "nowhere.toml"),
        ("", {"YIZHAN_DATA_DIR": "/proc/nothing"}, "YIZHAN_DATA_DIR"),
    ],
)
def test_a_bad_setting_is_named(toml: str, variable: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if toml:
        Path("yizhan.toml").write_text(toml)
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load_settings()


def test_keys_are_made_once_and_are_the_owners_only(tmp_path: Path) -> None:
    first = load_settings(data_dir=tmp_path / "d")
    assert len(first.secret_key) == 64
    assert first.secret_key != first.token_key
    assert stat.S_IMODE((tmp_path / "d" / "token.key").stat().st_mode) == 0o600
    again = load_settings(data_dir=tmp_path / "d")
    assert (again.secret_key, again.token_key) == (first.secret_key, first.token_key)
    assert first.secret_key not in repr(first)


def _key(folder: str) -> str:
    return load_settings(data_dir=folder).token_key


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert len(set(pool.map(_key, [str(tmp_path / "d")] * 8))) == 1


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def _shown(default: object) -> str:
    if default in (None, "") or default == {}:
        return "empty"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_document_has_every_setting_as_it_is_and_no_other() -> None:
    lines = (ROOT / "docs/settings.md").read_text().splitlines()
    wanted = [
        f"| `{name}` | `YIZHAN_{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [line for line in wanted if line not in lines] == []
    assert [line for line in lines if line.startswith("| `") and line not in wanted] == []


def test_every_setting_is_used() -> None:
    code = "\n".join(
        path.read_text()
        for folder in ("services", "dashboard", "demo", ".")
        for path in (ROOT / folder).glob("*.py" if folder == "." else "**/*.py")
        if path.name != "settings.py"
    )
    assert [name for name in Settings.model_fields if f"settings.{name}" not in code] == []
