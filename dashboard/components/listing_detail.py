"""One listing in full: its steps, its effect, its targets against the last month, everything reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, listing_effect, listing_plot, listing_words
from dashboard.i18n import lang, pick, t
from matters.access import ROLES
from matters.indicators import INDICATORS
from matters.listing import ENDED, IN_FORCE, reports
from services.photos import Photo
from services.shapes import ListingEvent, ListingFile, ListingLine, TargetState

# Acts in the order they are offered; the first that can be taken is the usual next one.
ACTS = ("table", "consider", "approve", "list", "plan", "progress", "inspect", "test", "delist", "extend", "escalate", "reject")


SHOWN = 5  # events before the earlier ones are folded


class Stage(NamedTuple):
    """One step of the bar: done, now or later."""

    name: str
    state: str
    day: str
    note: str


def act_names() -> dict[str, str]:
    """What the button of each act says."""
    return {
        "table": t("提请会商"), "consider": t("记审议"), "approve": t("批准"), "reject": t("不予挂牌"), "list": t("挂牌"), "plan": t("报方案"),
        "progress": t("记进展"), "inspect": t("记督查"), "test": t("提请验收"), "delist": t("摘牌"), "extend": t("延期"), "escalate": t("升级"),
    }  # fmt: skip


def head(file: ListingFile, act_href: Callable[[str], str], self_href: str, level: str = "h1") -> el.Node:
    """Name, state, number, targets, and the acts the reader may take now."""
    line = file.line
    told: list[Any] = [line.number, t("，")] if line.number else []
    for n, code in enumerate(line.categories):
        told += [*([t("、")] if n else []), el.A(words.category(code), "lk", href=words.at(f"/trade/{code}"), title=t("看这一类在各乡镇的情况"))]
    told += [] if line.categories else [listing_words.categories(line)]
    told += [t("；目标：{targets}", targets=listing_words.targets(line))] if line.targets else []
    names = act_names()
    buttons = [el.A(names[a], href=act_href(a), className="btn", **{"data-act-step": a}) for a in ACTS if a in file.acts]
    title: Any = listing_words.title(line)
    heading = el.H1(title) if level == "h1" else el.H2(el.A(title, href=self_href), className="big")
    return el.Div([heading, el.Span(listing_words.state(line.state), className=f"tag {listing_words.tone(line.state)}"),
                     el.Small(told), el.Div(className="sp"), el.Div(buttons, className="acts")], className="ph")  # fmt: skip


def stages(file: ListingFile, today: date) -> list[Stage]:
    """The bar: what has happened from the events, the step it is at, what is still to come."""
    line, last = file.line, {e.step: e for e in sorted(file.events, key=lambda e: (e.at, e.id))}
    rejected = line.state == "rejected"
    order = ["propose", "consider", "approve", "list", "plan", "follow", "test", "end"]
    if rejected:
        order = ["propose", *[s for s in ("consider", "approve") if s in last], "reject"]
    found = {**last, "follow": _latest(last, ("inspect", "progress")), "end": _latest(last, ("delist", "extend", "escalate"))}
    if line.state in ("listed", "accepting") and found["end"] is not None and found["end"].step != "delist":
        found["end"] = None  # an extension or escalation is not the end: it is told in the list
    done = [s for s in order if found.get(s) is not None]
    now = done[-1] if done and line.state not in ENDED else ""
    return [_stage(s, found.get(s), "now" if s == now else "done" if s in done else "later", line, file.events, today) for s in order]


def _latest(last: dict[str, ListingEvent], steps: Sequence[str]) -> ListingEvent | None:
    found = [last[s] for s in steps if s in last]
    return max(found, key=lambda e: (e.at, e.id)) if found else None


def _stage(key: str, event: ListingEvent | None, state: str, line: ListingLine, events: Sequence[ListingEvent], today: date) -> Stage:
    names = {"follow": t("进展与督查"), "end": t("摘牌、延期或升级"), "test": t("验收")}
    if event is None:
        to_come = {"test": t("期限 {day}", day=words.near_day(line.deadline, today)) if line.deadline else "", "end": t("会商决定")}
        return Stage(names.get(key, listing_words.step(key)), state, "", to_come.get(key, ""))
    name = listing_words.step(event.step) if key in ("follow", "end") else names.get(key, listing_words.step(key))
    note = event.note
    if key == "follow":
        note = t("第 {n} 次", n=sum(1 for e in events if e.step == event.step))
    if key == "list" and line.leader:
        note = t("{name} 包案", name=line.leader)
    return Stage(name, state, words.near_day(event.at.date(), today), note)


def bar(found: Sequence[Stage]) -> el.Node:
    """Draw the bar."""
    names = {"done": "d", "now": "c", "later": "f"}
    items = [el.Li([el.B(s.name), el.Span(s.day), el.Small(s.note, className="ell", title=s.note)], className=names[s.state],
                     **({"aria-current": "step"} if s.state == "now" else {})) for s in found]  # fmt: skip
    return el.Ol(items, className="stg", style={"--steps": str(len(found))}, **{"aria-label": t("步骤")})


def panels(file: ListingFile, today: date, photos: Sequence[Photo] = (), every: int = 7) -> el.Node:
    """Effect, how to read it with the targets, and the list of events."""
    line = file.line
    return el.Section([
        el.Section(_effect(line, today), className="p"),
        el.Section([_h(t("怎么读"), ""), *_reading(line), targets(file)], className="p"),
        el.Section(_told_so_far(file, today, photos, every), className="p"),
    ], className="sheet l2")  # fmt: skip


def _h(title: str, note: str) -> el.Node:
    return el.Div([el.H2(title), el.Small(note)], className="ph")


def _effect(line: ListingLine, today: date) -> list[Any]:
    effect = line.effect
    if effect is None or len(effect.months) < 2:
        text = t("挂牌以后才比较前后。") if line.listed_on is None else t("全市的数字不在您的查看范围内。")
        text = t("还没有足够的月份可以画出来。") if effect is not None else text
        return [_h(t("效果"), ""), el.P(text, className="s")]
    first, last = effect.months[0][0], effect.months[-1][0]
    span = t("{a} 至 {b}", a=first.strftime("%Y-%m"), b=last.strftime("%Y-%m"))
    return [_h(t("效果"), t("{categories} 逐月受理，件，{span}", categories=listing_words.categories(line), span=span)),
            listing_plot.months(line, effect, today)]  # fmt: skip


def _reading(line: ListingLine) -> list[Any]:
    if line.effect is None:
        return [el.P(t("提议理由：{reason}", reason=line.reason), className="sent")]
    grounds = listing_effect.grounds(line.effect)
    return [el.P(listing_effect.sentence(line.effect), className="sent"), el.Ul(grounds, "gr") if grounds else "",
            el.P(t("虚线为挂牌前后的月均，浅色带为不整治本应有的月均乘以变化的 95% 区间。提议理由：{reason}", reason=line.reason), "s gap-s")]


def targets(file: ListingFile) -> Any:
    """Each target against the last complete month."""
    found = file.targets
    if not found:
        told = t("挂牌时定目标。") if not file.line.targets else t("目标：{targets}", targets=listing_words.targets(file.line))
        return el.P(told, className="s gap-s")
    heads = el.Tr([el.Th(t("目标"), className="t", scope="col"), el.Th(t("要求"), scope="col"), el.Th(t("上个整月"), scope="col"),
                     el.Th(t("到否"), className="t", scope="col")])  # fmt: skip
    return el.Table([el.Thead(heads), el.Tbody([_target(x) for x in found])], className="tg")


def _target(state: TargetState) -> el.Node:
    actual: Any = el.Span(fmt.value(state.indicator, state.actual),
                            **{"data-figure": f"target-{state.indicator}", "data-value": "" if state.actual is None else str(state.actual)})  # fmt: skip
    if state.rows is not None and state.actual is not None:
        actual = el.A(actual, href=urlstate.rows(state.rows, "en" if lang() == "en" else ""), className="n")
    wanted = f"{listing_words.sign(state.op)} {fmt.value(state.indicator, state.wanted)}"
    return el.Tr([el.Td(listing_words.target_name(state.indicator), className="t"), el.Td(wanted), el.Td(actual), _met(state)])


def _met(state: TargetState) -> el.Node:
    if state.met is None:
        return el.Td(t("没有数"), className="t m")
    if state.met:
        return el.Td(t("已到"), className="t done")
    gap = abs(state.gap or 0)
    share = state.indicator in INDICATORS and INDICATORS[state.indicator].unit == "%"
    text = t("差 {x} 点", x=fmt.num(gap * 100, 1)) if share else t("差 {x} 件", x=fmt.num(gap))
    return el.Td(text, className="t act")


def _told_so_far(file: ListingFile, today: date, photos: Sequence[Photo], every: int) -> list[Any]:
    """Everything reported, under whether it came in as often as it has to."""
    head, *rest = events(file.events, today, photos, _add_photo(file))
    return [head, _reports(file, today, every), *rest]


def _reports(file: ListingFile, today: date, every: int) -> Any:
    """Whether progress came in as often as it has to."""
    line = file.line
    if line.state not in IN_FORCE or line.listed_on is None:
        return ""
    told = reports(line.listed_on, today, [e.at.date() for e in file.events if e.step in ("plan", "progress")], every)
    last = t("最近一次 {n} 天前", n=told.silent) if told.silent is not None else t("还没有报过")
    late = told.silent is None or told.silent > every
    text = t("应每 {k} 天报一次进展：已满 {n} 期，报了 {m} 期；{last}", k=every, n=told.due, m=told.reported, last=last)
    return el.P(text, "s rep act" if late and told.due else "s rep")


def _add_photo(file: ListingFile) -> str:
    """Where photos of the last inspection are sent; '' when the reader may not."""
    last = max((e.id for e in file.events if e.step == "inspect"), default=0)
    return f"/listing/{file.line.id}/inspection/{last}/photos" if last and "inspect" in file.acts else ""


def _photos(event: ListingEvent, photos: Sequence[Photo], add: str) -> list[Any]:
    mine = [p for p in photos if p.event == event.id]
    own = [el.A(el.el("Img", src=f"/photo/{p.id}?size=small", alt=t("督查照片 {n}", n=i)), href=f"/photo/{p.id}", target="_blank")
           for i, p in enumerate(mine, 1)]  # fmt: skip
    out: list[Any] = [el.Div(own, "photos")] if own else []
    if add.endswith(f"/{event.id}/photos"):
        out.append(el.Div([el.Button(t("加照片"), "btn small", type="button", data_photo=add, data_failed=t("没有送到，请再试。")),
                           el.Span("", "s", role="status")], "photo-add"))  # fmt: skip
    return out


def events(found: Sequence[ListingEvent], today: date, photos: Sequence[Photo] = (), add: str = "") -> list[Any]:
    """Every step with who, when and why, newest first; inspections with their photos."""
    ordered = sorted(found, key=lambda e: (e.at, e.id), reverse=True)
    rows = [_event(e, today, [el.P(_told(e)), *_photos(e, photos, add)]) for e in ordered]
    out: list[Any] = [_h(t("经过"), t("{n} 条，新的在上", n=len(ordered))), el.Ol(rows[:SHOWN], className="prl")]
    if rest := rows[SHOWN:]:
        out.append(el.Details([el.Summary(t("此前 {n} 条", n=len(rest))), el.Ol(rest, className="prl")], className="fmore"))
    return out


def _event(e: ListingEvent, today: date, said: list[Any]) -> el.Node:
    day = el.B(words.near_day(e.at.date(), today), title=e.at.strftime("%Y-%m-%d %H:%M"))
    return el.Li([day, el.Span(listing_words.step(e.step)), el.Div(said), el.Small(t("{who}　{at}", who=_who(e), at=e.at.strftime("%H:%M")))])


def _who(event: ListingEvent) -> str:
    role = pick(*ROLES[event.role]) if event.role in ROLES else event.role
    return f"{event.by} {role}".strip()


def _told(event: ListingEvent) -> str:
    """The note, with what was decided beside it."""
    out = [event.note.rstrip("。；;.")] if event.note else []  # i18n: punctuation
    if event.data.get("measure"):
        out.append(t("措施：{name}", name=listing_words.measure(str(event.data["measure"]))))
    if event.data.get("deadline"):
        out.append(t("期限：{day}", day=str(event.data["deadline"])))
    if event.data.get("despite"):
        out.append(t("目标没有全到仍摘牌：{why}", why=str(event.data["despite"])))
    if event.data.get("measured"):
        found = event.data["measured"]
        out.append(t("验收：{n} 项目标到了 {m} 项", n=len(found), m=sum(x["met"] is True for x in found)))
    if event.data.get("owner"):
        out.append(t("主责：{name}", name=str(event.data["owner"])))
    return t("；").join(out) or listing_words.step(event.step)
