"""The other door: the `yizhan` command. Each command asks a service and prints what it says."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import orjson
import typer

from matters.access import NOBODY, ROLES
from services.settings import SettingsError, load_settings

if TYPE_CHECKING:  # the services load pandas and geopandas: a second that `--help` should not cost
    from services.wiring import Services

app = typer.Typer(
    name="yizhan", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="一站：一站式矛盾纠纷多元化解指挥看板。",
)  # fmt: skip
feeds_app = typer.Typer(no_args_is_help=True, help="Feeds: list them, try them.")
key_app = typer.Typer(no_args_is_help=True, help="Keys of the sources that push their rows.")
geo_app = typer.Typer(no_args_is_help=True, help="Official outlines and seats.")
user_app = typer.Typer(no_args_is_help=True, help="Accounts.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens for the JSON API.")
centres_app = typer.Typer(no_args_is_help=True, help="The directory of dispute centres.")
indices_app = typer.Typer(no_args_is_help=True, help="Index figures from outside.")
assessment_app = typer.Typer(no_args_is_help=True, help="Rules of assessment.")
groups_app = typer.Typer(no_args_is_help=True, help="Groups of matters about one object.")
meeting_app = typer.Typer(no_args_is_help=True, help="Frozen meetings.")
signals_app = typer.Typer(no_args_is_help=True, help="Signals: what grows.")
link_app = typer.Typer(no_args_is_help=True, help="Links between records that quote nothing.")
bench_app = typer.Typer(no_args_is_help=True, help="Measure speed.")
display_app = typer.Typer(no_args_is_help=True, help="Displays of the wall.")
for _name, _sub in (("feeds", feeds_app), ("geo", geo_app), ("user", user_app), ("token", token_app), ("display", display_app),
                   ("groups", groups_app), ("centres", centres_app), ("indices", indices_app), ("assessment", assessment_app),
                   ("signals", signals_app), ("link", link_app), ("meeting", meeting_app), ("bench", bench_app)):
    app.add_typer(_sub, name=_name)

feeds_app.add_typer(key_app, name="key")

DEMO_FOLDER = Path(".demo")


class Stop(Exception):
    """The command cannot go on; the message says what to do."""


def say(text: str = "") -> None:
    """A line on the terminal."""
    typer.echo(text)


@app.callback()
def common(
    data: Annotated[Path | None, typer.Option(help="Data folder, over YIZHAN_DATA_DIR; .demo is the demo city's.")] = None,
) -> None:
    """Read the settings and feed addresses that a data folder keeps (yizhan.toml, feeds.env), for all commands."""
    if data is None:
        return
    os.environ["YIZHAN_DATA_DIR"] = str(data)
    if "YIZHAN_CONFIG" not in os.environ and (data / "yizhan.toml").is_file():
        os.environ["YIZHAN_CONFIG"] = str(data / "yizhan.toml")
    if (data / "feeds.env").is_file():
        for line in (data / "feeds.env").read_text(encoding="utf-8").splitlines():
            name, separator, value = line.partition("=")
            if separator:
                os.environ.setdefault(name.strip(), value.strip())


def _open(**overrides: Any) -> Services:
    """The services over a store that is ready; Stop when `yizhan init` has not been run."""
    from services import logs
    from services.wiring import build

    # A command prints its own result; what it logs besides matters when something is wrong.
    logs.configure("WARNING")
    services = build(load_settings(**overrides))
    problems = services.ready()
    if problems:
        raise Stop("; ".join(problems))
    return services


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the screens.", min=1, max=65535)] = 8050,
    data: Annotated[Path, typer.Option(help="Folder of the demo city.")] = DEMO_FOLDER,
    seed: Annotated[int, typer.Option(help="Another seed, another city.", min=0)] = 1,
    scale: Annotated[float, typer.Option(help="Size of the city: 0.02 is a small one for trying.", min=0.01, max=60)] = 1.0,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The city's last day; the calendar's if left out.")] = None,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make the city and bring it in, then stop.")] = False,
) -> None:
    """Make the demo city, pull it through the real connectors, serve it; Ctrl-C ends all of it."""
    from demo.supervisor import Options, run

    day: date | None = today.date() if today else None
    raise typer.Exit(run(Options(port=port, data=data, seed=seed, scale=scale, today=day, build_only=build_only)))


@app.command()
def init() -> None:
    """Make or upgrade the tables, load the areas, declare the feeds; safe to repeat."""
    from services.wiring import prepare

    settings = load_settings()
    prepare(settings)
    services = _open()
    city = services.areas.city
    say(f"ready: {city.name} ({city.code}), {city.counties} counties, {city.townships} townships, {city.villages} villages")
    if not services.auth.everyone():
        say("no accounts yet: yizhan user add NAME --role admin")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
) -> None:
    """Serve the screens and the JSON API."""
    given = {k: v for k, v in (("host", host), ("port", port)) if v is not None}
    services = _open(**given)
    # The worker process opens its own: connections do not survive a fork.
    services.close()
    # Imported here, before the fork and before any thread: the worker process then starts in a fraction of the time.
    from app import create_app
    from dashboard.web_process import run
    from services import logs

    logs.configure(services.settings.log_level)
    run(services.settings, create_app)


@app.command()
def worker() -> None:
    """Pull the feeds on time; the one process that may."""
    from services import logs
    from services.schedule import run

    services = _open()
    logs.configure(services.settings.log_level)
    run(services)


@app.command()
def ingest(
    feeds: Annotated[list[str] | None, typer.Argument(help="Feeds to read; all if left out.")] = None,
    feed_file: Annotated[Path | None, typer.Option(help="A feed.toml from anywhere.")] = None,
) -> None:
    """Read feeds now; prints received = new + changed + unchanged + withdrawn + quarantined for each."""
    from connectors.registry import load_feed

    services = _open()
    if feed_file is not None:
        spec = load_feed(feed_file)
        wanted = {spec.feed: spec}
    else:
        wanted = _chosen(services, feeds or [])
    services.ingest.declare(wanted)  # one may have come after `yizhan init`
    services.ingest.in_processes = True
    failed = [name for name, spec in wanted.items() if not _ingested(services, spec)]
    services.search_index.run()
    if failed:
        raise Stop(f"not read to the end: {', '.join(failed)}")


def _chosen(services: Services, names: list[str]) -> dict[str, Any]:
    unknown = [name for name in names if name not in services.specs]
    if unknown:
        raise Stop(f"no feed {', '.join(unknown)}; there are {', '.join(services.specs)}")
    pushed = [name for name in names if services.specs[name].transport.kind == "push"]
    if pushed:
        raise Stop(f"{', '.join(pushed)}: the source sends its rows itself, there is nothing to read; see docs/feeds/door-push.md")
    return {name: spec for name, spec in services.specs.items() if name in names or (not names and spec.transport.kind != "push")}


def _ingested(services: Services, spec: Any) -> bool:
    result = services.ingest.run(spec)
    c = result.counts
    say(f"{result.feed}: received {c.received:,} = new {c.new:,} + changed {c.changed:,} + unchanged {c.unchanged:,} "
        f"+ withdrawn {c.withdrawn:,} + quarantined {c.quarantined:,}")  # fmt: skip
    if result.error:
        typer.echo(f"{result.feed}: {result.error}", err=True)
    return not result.error


@feeds_app.command("list")
def feeds_list() -> None:
    """Every feed: its agency, whether it is late, paused or not asked for now, how new its data are, its last run."""
    from services.feed_list import feed_lines
    from services.terminal import table

    lines = feed_lines(_open())
    say(table(("feed", "agency", "state", "data up to", "last run", "error"), lines))


@feeds_app.command("check")
def feeds_check(
    feeds: Annotated[list[str] | None, typer.Argument(help="Feeds to try; all if left out.")] = None,
    feed_file: Annotated[Path | None, typer.Option(help="A feed.toml from anywhere.")] = None,
    rows: Annotated[int, typer.Option(help="Rows to try of each.", min=1, max=100_000)] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, one object a feed.")] = False,
) -> None:
    """Read the first rows of a feed, map and locate them, store nothing: what would come in, and what is wrong."""
    from connectors.registry import load_feed
    from services.feed_check import check

    services = _open()
    wanted = {str(feed_file): load_feed(feed_file)} if feed_file else _chosen(services, feeds or [])
    reports = [check(services, spec, rows) for spec in wanted.values()]
    if as_json:
        say(orjson.dumps([report.plain() for report in reports], option=orjson.OPT_INDENT_2).decode())
    else:
        for report in reports:
            _say_checked(report)
    if any(report.error for report in reports):
        raise Stop("a feed cannot be read")


def _say_checked(report: Any) -> None:
    from services.terminal import table

    say(report.text())
    if report.samples:
        heads = list(dict.fromkeys(name for row in report.samples for name in row))
        say(table(heads, [[row.get(name, "") for name in heads] for row in report.samples], 24))


@feeds_app.command("new")
def feeds_new(
    sample: Annotated[str, typer.Argument(help="A file (csv, xlsx, xls, ods, json, jsonl, a zip of these) or a database address.")],
    table: Annotated[str, typer.Option(help="Table or view, when the sample is a database.")] = "",
    name: Annotated[str, typer.Option(help="Short name of the feed; asked for if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder of feeds to write to; feeds_dir if left out.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take the defaults, and list what stays open.")] = False,
) -> None:
    """Look at a sample, propose the whole feed.toml with how sure each line is, ask what it cannot say, write and check it."""
    from services import feed_new
    from services.feed_check import check

    services = _open()
    folder = out or services.settings.feeds_dir
    if folder is None:
        raise Stop("say where feeds are kept: --out FOLDER, or the setting feeds_dir (YIZHAN_FEEDS_DIR)")
    looked = feed_new.look(services, sample, table)
    _say_proposed(looked.proposal)
    given = {"name": name} if name else {}
    questions = [*feed_new.basics(services, looked, name), *looked.proposal.questions]
    answers = {q.key: given.get(q.key) or (q.default if yes else _answered(q)) for q in questions}
    stays = [f"{q.text}: {q.default or 'nothing'} was taken" for q in questions if q.key not in given] if yes else []
    spec = feed_new.write(feed_new.build(services, looked, answers, stays), folder / answers["name"], looked)
    say(f"wrote {folder / answers['name'] / 'feed.toml'}")
    for point in stays:
        say(f"stays open: {point}")
    _say_checked(check(services, spec, 500))


def _say_proposed(made: Any) -> None:
    from services.terminal import table

    rows = [(f"{n.confidence:.2f}", n.what, n.reason) for n in made.notes]
    rows += [(f"{g.confidence:.2f}", g.field, f"{', '.join(sorted(g.columns())) or g.rule.get('const', '')}: {g.reason}") for g in made.fields.values()]
    rows += [(f"{sure:.2f}", f"party {party.get('role', '')}".strip(), why) for party, sure, why in made.parties]
    rows += [(f"{made.withdrawn[1]:.2f}", "withdrawn", made.withdrawn[2])] if made.withdrawn else []
    say(table(("sure", "what", "from: why"), rows, 100))
    for words, names in (("masked wherever they occur", made.private), ("not used", made.unused)):
        if names:
            say(f"{words}: {', '.join(names)}")


def _answered(question: Any) -> str:
    def read(text: str) -> str:
        if question.choices and text not in question.choices:
            raise typer.BadParameter(f"one of {', '.join(question.choices)}")
        if question.form and not re.fullmatch(question.form, text):
            raise typer.BadParameter(question.meant)
        return text

    shown = f"{question.text} ({', '.join(question.choices)})" if question.choices else question.text
    return str(typer.prompt(shown, default=question.default, value_proc=read, show_default=bool(question.default)))


_Feed = Annotated[str, typer.Argument(help="Feed.")]


def _steward() -> tuple[Any, Any]:
    """The stewards' service, and the scope of whoever has a shell on the server: the audit names it cli."""
    from dataclasses import replace

    from matters.access import Scope

    return _open().stewardship, replace(Scope.system(), user="cli")


def _say_asked(request: Any) -> None:
    say(f"asked for (request {request.id}): the worker takes it up within seconds; see yizhan feeds list")


@feeds_app.command("run")
def feeds_run(feed: _Feed) -> None:
    """Ask the worker for a run at once, whatever the circuit says; a paused feed is read once and stays paused."""
    stewardship, scope = _steward()
    _say_asked(_asked(stewardship.run_now, scope, feed))


@feeds_app.command("pause")
def feeds_pause(feed: _Feed, why: Annotated[str, typer.Option(help="Shown on the feed's page, and kept.")]) -> None:
    """No more runs by the clock until it is resumed."""
    stewardship, scope = _steward()
    _asked(stewardship.pause, scope, feed, why)
    say(f"{feed} is paused")


@feeds_app.command("resume")
def feeds_resume(feed: _Feed) -> None:
    """Let the clock run the feed again."""
    stewardship, scope = _steward()
    _asked(stewardship.resume, scope, feed)
    say(f"{feed} runs by the clock again")


@feeds_app.command("backfill")
def feeds_backfill(
    feed: _Feed,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day from which to read again.")],
    note: Annotated[str, typer.Option(help="Why; kept with the request.")] = "",
) -> None:
    """Ask the worker to read again all that changed since a day; rows that are known change nothing."""
    stewardship, scope = _steward()
    _say_asked(_asked(stewardship.backfill, scope, feed, since.date(), note))


@key_app.command("add")
def key_add(
    feed: Annotated[str, typer.Argument(help="Feed with [transport] kind = \"push\".")],
    label: Annotated[str, typer.Option(help="Who gets it.")] = "",
) -> None:
    """Print a new key and its secret, which is shown this once; hand them to the source."""
    made = _asked(_open().push_keys.add, feed, label)
    say(f"key    {made.key_id}\nsecret {made.secret}")


@key_app.command("list")
def key_list(feed: Annotated[str, typer.Argument(help="Feed; all if left out.")] = "") -> None:
    """Every key: its feed, when it was made and last used, whether it is in force."""
    for line in _open().push_keys.all(feed):
        used = f"used {line.used_at:%Y-%m-%d %H:%M}" if line.used_at else "never used"
        state = f"revoked {line.revoked_at:%Y-%m-%d %H:%M}" if line.revoked_at else "in force"
        say(f"{line.key_id}  {line.feed:<12} made {line.created_at:%Y-%m-%d %H:%M}  {used}  {state}  {line.label}".rstrip())


@key_app.command("revoke")
def key_revoke(key: Annotated[str, typer.Argument(help="The key, not its secret.")]) -> None:
    """End a key: batches signed with it are refused from now on."""
    _asked(_open().push_keys.revoke, key)
    say(f"key {key} is revoked")


@feeds_app.command("push")
def feeds_push(
    feed: Annotated[str, typer.Argument(help="Feed of the server that gets the rows.")],
    file: Annotated[Path, typer.Argument(help="JSON, or JSON Lines (.jsonl, .ndjson).", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option(help="The key.")],
    url: Annotated[str, typer.Option(help="Address of the server.")] = "http://127.0.0.1:8050",
    rows: Annotated[int, typer.Option(help="Lines of a JSON Lines file in one batch.", min=1, max=20_000)] = 1_000,
) -> None:
    """Send a file to a feed as its source would; the secret is in YIZHAN_PUSH_SECRET. Sent again, nothing is stored twice."""
    from services.push_client import PushClient, batches

    secret = os.environ.get("YIZHAN_PUSH_SECRET", "")
    if not secret:
        raise Stop("put the key's secret into the variable YIZHAN_PUSH_SECRET")
    client = PushClient(url, feed, key, secret)
    for body, kind in batches(file, rows):
        told = _asked(client.send, body, kind)
        say(", ".join(f"{name} {told[name]:,}" for name in ("received", "new", "changed", "unchanged", "withdrawn", "quarantined")))


@geo_app.command("import")
def geo_import(
    file: Annotated[Path, typer.Argument(help="GeoPackage, Shapefile, GeoJSON or CSV with outlines or seats.")],
    crs: Annotated[str, typer.Option(help="Coordinate system, when the file does not say: EPSG:4490.")] = "",
    datum: Annotated[str, typer.Option(help="wgs84, gcj02 or bd09.")] = "wgs84",
    code_field: Annotated[str, typer.Option(help="Column with the area code.")] = "",
    name_field: Annotated[str, typer.Option(help="Column with the area name.")] = "",
) -> None:
    """Put official outlines or seats in place of the built-in ones, matched by code or name."""
    from services.geo_admin import import_layer

    report = import_layer(load_settings(), file, crs or None, datum, code_field or None, name_field or None)
    for line in report.lines:
        say(line)
    if not report.matched:
        raise Stop("no area was matched; nothing was changed")


@geo_app.command("check")
def geo_check() -> None:
    """Gaps, overlaps, seats outside their area, areas without a parent."""
    from services.geo_admin import check_city

    problems = check_city(load_settings())
    for line in problems:
        say(line)
    if problems:
        raise Stop(f"{len(problems)} problems")
    say("no problems")


@user_app.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="Login name.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(r for r in ROLES if r not in NOBODY)}.")],
    area: Annotated[str, typer.Option(help="Code of a county or township; the whole city if left out.")] = "",
    display: Annotated[str, typer.Option(help="Name on the screen.")] = "",
    department: Annotated[list[str] | None, typer.Option(help="With the role department: its name as matters are dispatched to it; may be repeated.")] = None,
) -> None:
    """Make an account; asks for the password, or reads it from standard input."""
    _asked(_open().auth.add, name, _password(), role, area, display, False, department or ())
    say(f"account {name} made")


@user_app.command("list")
def user_list() -> None:
    """All accounts."""
    for row in _open().auth.everyone():
        area = row["town"] or row["county"] or "city"
        owners = "".join("  " + name for name in row["owners"])
        say(f"{row['name']:<16} {row['role']:<16} {area:<10} {row['display']}{'  disabled' if row['disabled'] else ''}{owners}")


@user_app.command("passwd")
def user_passwd(name: Annotated[str, typer.Argument(help="Login name.")]) -> None:
    """Give an account a new password; its logins end."""
    _asked(_open().auth.set_password, name, _password())
    say(f"password of {name} changed")


def _asked(call: Callable[..., Any], *given: Any) -> Any:
    """Call a service; a value that it refuses is a message, not a fault of the program."""
    try:
        return call(*given)
    except KeyError as error:
        raise Stop(f"there is no area {error}") from None
    except ValueError as error:
        raise Stop(str(error)) from None


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@token_app.command("add")
def token_add(
    user: Annotated[str, typer.Argument(help="Account whose area and role the token has.")],
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Print a new API token; it is shown this once."""
    say(_asked(_open().auth.add_token, user, label))


@display_app.command("add")
def display_add(
    name: Annotated[str, typer.Argument(help="What its operator calls it.")],
    area: Annotated[str, typer.Option(help="Code of a county; the whole city if left out.")] = "",
    width: Annotated[int, typer.Option(help="Width of the wall in mm; 0: the usual for its ratio.", min=0, max=60_000)] = 0,
    eye: Annotated[int, typer.Option(help="Distance of the furthest eye in mm; 0: the usual.", min=0, max=60_000)] = 0,
    panels: Annotated[str, typer.Option(help="Panels across and down: nothing is put on their seams.")] = "1x1",
    sound: Annotated[bool, typer.Option("--sound", help="Let alarms sound.")] = False,
) -> None:
    """Make a display of the wall and print the code that pairs it, once."""
    across, _, down = panels.lower().partition("x")
    if not (across.isdigit() and down.isdigit()):
        raise Stop(f"--panels {panels}: write it as 3x3, across and down")
    services = _open()
    setup = {"wall": width, "eye": eye, "cols": int(across), "rows": int(down), "sound": sound}
    code = _asked(lambda: services.displays.add("cli", name, area, **setup))
    say(f"{code}  open /wall on the display and enter this code within 24 hours")


@display_app.command("list")
def display_list() -> None:
    """Displays with their area, how they hang and when they last asked."""
    from matters.access import Scope

    services = _open()
    for d in services.displays.every(Scope.system()):
        state = "waits for its code" if d.paired_at is None else f"asked last {d.seen_at:%Y-%m-%d %H:%M}" if d.seen_at else "paired"
        say(f"{d.id:>3}  {d.name}  {d.area}  {d.setup['cols']}x{d.setup['rows']}  {d.setup['wall']} mm  {d.setup['eye']} mm  {state}")


@display_app.command("revoke")
def display_revoke(number: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
    """Let a display show nothing any more."""
    from dataclasses import replace

    from matters.access import Scope

    try:
        _open().displays.revoke(replace(Scope.system(), user="cli"), number)
    except LookupError:
        raise Stop(f"there is no display {number}; see: yizhan display list") from None
    say(f"display {number} is revoked")


@centres_app.command("import")
def centres_import(
    file: Annotated[Path, typer.Argument(help="csv or workbook, a row a centre.", exists=True, dir_okay=False)],
    why: Annotated[str, typer.Option(help="Kept with every change.")] = "名录导入",
) -> None:
    """Take over a directory of centres, all rows or none; fields without a column stay as they are."""
    from dataclasses import replace

    from matters.access import Scope
    from matters.centres import Wrong
    from services.centre_table import read

    services = _open()
    rows = _asked(read, file, services.areas)
    try:
        counts = services.centres.bring(replace(Scope.system(), user="cli"), rows, why)
    except Wrong as error:
        raise Stop(f"the value of {error.field} cannot stand in the directory; nothing was taken over") from None
    say(", ".join(f"{name} {n:,}" for name, n in counts.items()))


@indices_app.command("import")
def indices_import(
    file: Annotated[Path, typer.Argument(help="csv or workbook, a row a figure.", exists=True, dir_okay=False)],
) -> None:
    """Take over index figures from outside, all rows or none; the same file again changes nothing."""
    from dataclasses import replace

    from matters.access import Scope
    from services.outside_indices import read

    services = _open()
    rows = _asked(read, file, services.areas)
    counts = services.indices.bring(replace(Scope.system(), user="cli"), rows)
    say(", ".join(f"{name} {n:,}" for name, n in counts.items()))


@assessment_app.command("check")
def assessment_check(
    file: Annotated[Path | None, typer.Argument(help="Rules to look at; the ones of this deployment if left out.", exists=True, dir_okay=False)] = None,
) -> None:
    """Read the rules of assessment and say what they are, without taking them over."""
    from matters.assessment import LEVELS, part_name
    from services.assessment_rules import digest_of, load, rules_file

    path = file or rules_file(load_settings())
    rules = _asked(load, path)
    say(f"{path}: {rules.name}, digest {digest_of(rules)[:8]}{f', from {rules.starts}' if rules.starts else ''}")
    for level in LEVELS:
        parts = ", ".join(f"{part_name(p.key)[1]} {p.weight / rules.weight(level) * 100:.1f}" for p in rules.of(level))
        say(f"  {level:<11} {parts or 'nothing is judged'}")


@groups_app.command("find")
def groups_find(
    whole: Annotated[bool, typer.Option("--all", help="Look at the matters of all time, not of the last 540 days only.")] = False,
) -> None:
    """Find groups of matters about one object now, as the worker does every ten minutes."""
    counts = _open().groups.refresh(whole=whole)
    say(f"{counts['matters']:,} matters looked at: {counts['found']} groups, {counts['new']} of them new, {counts['grown']} changed")


@bench_app.command("groups")
def bench_groups(
    truth: Annotated[Path, typer.Argument(help="truth.json of the demo city whose store this is.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Groups found in a demo city against those planted in it: precision and recall over pairs of matters."""
    from services.bench_groups import compared

    planted = orjson.loads(truth.read_bytes())["expected"]["groups"]
    result = compared(_open(), planted)
    say(orjson.dumps(result).decode() if as_json else "\n".join(f"{k:<18} {v}" for k, v in result.items()))


@bench_app.command("alarms")
def bench_alarms(
    copies: Annotated[int, typer.Option(help="Series of each of the 42 scenarios.", min=1, max=200)] = 20,
    seeds: Annotated[int, typer.Option(help="Invented cities of each truth.", min=1, max=100)] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """False alarms, false discoveries, power and delay where the truth is known, beside the reference method and "+50 %"."""
    from services.bench_alarms import Size, alarms

    result = alarms(Size(copies=copies, seeds=seeds))
    say(orjson.dumps(result).decode() if as_json else "\n".join(f"{k:<18} {v}" for k, v in result.items()))


@signals_app.command("run")
def signals_run() -> None:
    """Judge the last complete week now, as the worker does once a day, and keep what is found."""
    counts = _open().signals.run()
    say("{weeks} weeks of history: {found} found, {cards} cards, {new} of them new, {held} over the weekly cap".format(**counts))


@link_app.command("run")
def link_run(
    size: Annotated[int, typer.Option(help="Records a step; each step is a transaction.", min=10, max=100_000)] = 2_000,
) -> None:
    """Compare all records that have not been compared, as the worker does after each intake: the start, or after new weights."""
    runner = _open().link_runner
    done = runner.run(size=size, progress=lambda c: say(f"{c.records:,} records, {c.looked_at:,} pairs looked at, {c.sure:,} sure, {c.doubt:,} in doubt"))
    say(f"compared {done.records:,} records: {done.sure:,} pairs are linked for sure, {done.doubt:,} are in doubt")


@link_app.command("train")
def link_train(
    seed: Annotated[list[int], typer.Option(help="A demo city to learn from; several: --seed 11 --seed 12.")],
    scale: Annotated[float, typer.Option(help="Size of each city.", min=0.05, max=2)] = 0.25,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = Path("services/linking/weights.json"),
) -> None:
    """Learn the weights of linking from demo cities, where it is known which records are one dispute, and write them to a file."""
    from contextlib import ExitStack

    from demo.whole import brought
    from services.linking.bench import material, seats_of
    from services.linking.training import train

    with ExitStack() as stack:
        cities = [stack.enter_context(brought(one, scale)) for one in seed]
        seats = seats_of(cities[0].services.geography.city.areas)
        records, same, known = material([(c.services.engine, c.disputes) for c in cities], seats)
    kept = train(records, same, known) | {"seeds": seed, "scale": scale}
    out.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2) + b"\n")
    say(f"{out}: model {kept['version']} from {records.num_rows:,} records, {len(same):,} pairs; sure from {kept['sure']:.6f}, doubt from {kept['doubt']:.6f}")


@bench_app.command("linking")
def bench_linking(
    seed: Annotated[int, typer.Option(help="The demo city to judge on.", min=0)] = 21,
    scale: Annotated[float, typer.Option(help="Its size.", min=0.05, max=2)] = 0.25,
    incremental: Annotated[bool, typer.Option(help="Time batches of 1,000 new records against a full store instead.")] = False,
    rows: Annotated[int, typer.Option(help="With --incremental: records in that store.", min=1_000, max=20_000_000)] = 100_000,
    days: Annotated[int, typer.Option(help="With --incremental: days over which they lie.", min=62, max=4_000)] = 1_096,
    tellings: Annotated[int, typer.Option(help="With --incremental: calls about each dispute that is told again.", min=1, max=9)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Make a demo city, link its records with the kept weights, and compare with the truth: pairs, B-cubed, what each signal adds."""
    if incremental:
        from services.bench_linking import incremental as timed

        _told(partial(timed, days=days, tellings=tellings), rows, as_json)
        return
    from demo.whole import brought
    from services.linking.bench import linking, said, seats_of
    from services.linking.scorer import Scorer

    with brought(seed, scale) as city:
        seats = seats_of(city.services.geography.city.areas)
        figures = {"seed": seed, "scale": scale, **linking(city.services.engine, city.disputes, Scorer.load(seats), seats)}
    say(orjson.dumps(figures).decode() if as_json else "\n".join(f"{name:<34} {value}" for name, value in said(figures)))


@bench_app.command("indicators")
def bench_indicators(
    rows: Annotated[int, typer.Option(help="Matters to measure on.", min=1_000, max=20_000_000)] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time the county map with its year-on-year: the query, and the answer at the server."""
    from services.bench import indicators

    _told(indicators, rows, as_json)


@bench_app.command("ingest")
def bench_ingest(
    rows: Annotated[int, typer.Option(help="Rows to bring in.", min=1_000, max=20_000_000)] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time rows on their way from a source's database into matters and rollups, and the memory that takes."""
    from services.bench_ingest import ingest

    _told(ingest, rows, as_json)


@bench_app.command("grid")
def bench_grid(
    rows: Annotated[int, typer.Option(help="Matters to measure on.", min=1_000, max=20_000_000)] = 100_000,
    keep: Annotated[Path | None, typer.Option(help="Folder whose filled store stays, and is used again.", file_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time the case list: its first block under every order and filter, blocks far down, its sums and facets."""
    from services.bench_grid import grid

    _told(partial(grid, keep=keep), rows, as_json)


@bench_app.command("search")
def bench_search(
    rows: Annotated[int, typer.Option(help="Matters to measure on.", min=1_000, max=20_000_000)] = 100_000,
    keep: Annotated[Path | None, typer.Option(help="Folder whose filled store stays, and is used again.", file_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time searches in titles: one, two and more characters, common and rare, none, one wrong; and what the index costs."""
    from services.bench_grid import search_words

    _told(partial(search_words, keep=keep), rows, as_json)


@bench_app.command("web")
def bench_web(
    rows: Annotated[int, typer.Option(help="Matters to measure on.", min=1_000, max=20_000_000)] = 100_000,
    rounds: Annotated[int, typer.Option(help="Clicks of each kind.", min=2, max=1_000)] = 40,
    rests: Annotated[int, typer.Option(help="Milliseconds that the pointer rests on a link before it presses.", min=0, max=5_000)] = 200,
    keep: Annotated[Path | None, typer.Option(help="Folder whose filled store stays, and is used again.", file_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time clicks until the screen is painted, in a real browser, and answers under load, against a server of its own."""
    from services.bench_web import web

    _told(partial(web, rounds=rounds, rests=rests, keep=keep), rows, as_json)


@bench_app.command("wall")
def bench_wall(
    rows: Annotated[int, typer.Option(help="Matters to measure on.", min=1_000, max=20_000_000)] = 100_000,
    arrivals: Annotated[int, typer.Option(help="Records that are pushed.", min=2, max=10_000)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Time a record from its signed push until it is drawn on a wall, in a real browser, against a server of its own."""
    from services.bench_wall import wall

    _told(partial(wall, arrivals=arrivals), rows, as_json)


def _told(measure: Callable[..., dict[str, Any]], rows: int, as_json: bool) -> None:
    try:
        result = measure(load_settings(), rows)
    except RuntimeError as error:
        raise Stop(str(error)) from None
    say(orjson.dumps(result).decode() if as_json else "\n".join(f"{k:<18} {v if isinstance(v, dict) else format(v, ',')}" for k, v in result.items()))


@meeting_app.command("freeze")
def meeting_freeze(
    kind: Annotated[str, typer.Option(help="week, month, quarter or year: the last whole one; year: up to the last whole month.")] = "week",
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, for another window.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, for another window.")] = None,
    area: Annotated[str, typer.Option(help="Code of a county or township; the city if left out.")] = "",
    title: Annotated[str, typer.Option(help="What the meeting is called; a rule names it if left out.")] = "",
) -> None:
    """Freeze a meeting's figures, tables and rows; prints its number and digest."""
    from services import meeting_job

    made = _asked(meeting_job.freeze, _open(), kind, first, last, area, title)
    say(f"{made.line.id}  {made.line.title}  {made.line.digest}")


@app.command()
def report(
    meeting: Annotated[int, typer.Argument(help="Number of a frozen meeting; the latest if left out.")] = 0,
    kinds: Annotated[list[str] | None, typer.Option("--format", help="docx, pdf, xlsx or pptx; all if left out.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the papers.")] = Path(),
) -> None:
    """Write the papers of a frozen meeting into a folder."""
    from services import meeting_job

    for path in _asked(meeting_job.report, _open(), meeting, kinds or [], out):
        say(str(path))


@app.command()
def doctor(
    seconds: Annotated[float, typer.Option(help="For how long matters are derived again; of a big store that is a part.", min=0)] = 30,
) -> None:
    """Rebuild the rollups aside and compare: says what differs, and puts it right. Derive matters again and compare."""
    from services.doctor import examine

    report = examine(_open(), seconds)
    for line in report.lines:
        say(line)
    if report.left:
        raise Stop("differences were found; `yizhan rebuild` derives the matters again")
    if not report.healthy:
        raise Stop("differences were found and put right; please report this with the lines above")


@app.command()
def rebuild() -> None:
    """Derive all matters again, in steps, and keep those that differ: after new holidays or clocks, as the worker does by itself."""
    services, said = _open(), 0

    def tell(looked: Any) -> None:
        nonlocal said
        if looked.count - said >= 100_000:
            said = looked.count
            say(f"{looked.count:,} matters derived again, {looked.wrong:,} differed")

    done = services.renewal.run(progress=tell, anew=True)
    say(f"all {done.count:,} matters derived again: {done.wrong:,} differed and are put right")


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and end with 2."""
    typer.echo(message, err=True)
    raise SystemExit(2)


def main() -> None:
    """Run a command; what a person can put right is a message, not a traceback."""
    try:
        app()
    except (Stop, SettingsError) as error:
        fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:
        if _plain(error):
            fail(str(error))
        raise


def _plain(error: Exception) -> bool:
    """Whether the message of this error is written for people; the classes are named, so as not to import all packages."""
    return type(error).__name__ in {"StoreError", "GeoError", "Fatal", "Retry", "Forbidden"}


if __name__ == "__main__":
    main()
