"""The forms of a listing: one for each act, shown in place; what the service refuses is said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from dashboard.components import candidate_table, listing_detail, listing_words
from dashboard.components import case_words as words
from dashboard.i18n import pick, t
from matters.categories import CATEGORIES
from matters.listing import ESCALATIONS, STEPS
from services.candidate_shapes import Candidate
from services.shapes import AreaInfo, ListingFile, ListingLine

# Indicators a target can be set for, with its direction and the usual value.
TARGETS: dict[str, tuple[str, float, float]] = {"accepted": ("<=", 30, 1), "resolved_rate": (">=", 96, 0.01), "satisfaction": (">=", 80, 0.01)}


def field_id(name: str) -> dict[str, str]:
    """Id of a field of the open form."""
    return {"form": "listing", "field": name}


def _labelled(name: str, control: Any, hint: str = "", wide: bool = False) -> html.Div:
    label = html.Span([name, html.Small(hint)] if hint else name, className="fl")
    return html.Div(html.Label([label, control]), className="ff wide" if wide else "ff")


def _text(name: str, value: str = "", placeholder: str = "", most: int = 60, focus: bool = False) -> dcc.Input:
    return dcc.Input(id=field_id(name), type="text", value=value, placeholder=placeholder, maxLength=most, autoComplete="off",
                     className="tf", autoFocus=focus)  # fmt: skip


def _note(name: str, placeholder: str, focus: bool = False, value: str = "") -> dcc.Textarea:
    return dcc.Textarea(id=field_id(name), value=value, placeholder=placeholder, maxLength=500, className="ta", autoFocus="autofocus" if focus else None)


def _date(name: str, value: date | None, today: date) -> dcc.DatePickerSingle:
    return dcc.DatePickerSingle(id=field_id(name), date=value.isoformat() if value else None, display_format="YYYY-MM-DD",
                                min_date_allowed=(today + timedelta(days=1)).isoformat(), first_day_of_week=1, placeholder="YYYY-MM-DD")  # fmt: skip


def _choice(name: str, options: Sequence[tuple[str, str]], value: Any, *, many: bool = False, search: bool = False, hint: str = "") -> dcc.Dropdown:
    return dcc.Dropdown(id=field_id(name), options=[{"value": v, "label": text} for v, text in options], value=value, multi=many,
                        searchable=search, clearable=many, placeholder=hint, className="dd")  # fmt: skip


def act(file: ListingFile, step: str, today: date, back: str, rungs: Sequence[str] = tuple(ESCALATIONS)) -> html.Form | html.Div:
    """The form of one act; a plain word when it cannot be taken now."""
    if step not in file.acts or step not in STEPS:
        return refused(t("这一步现在不能做"), t("它已是“{state}”，或您没有这一步的权限。", state=_state(file.line)), back)
    name = listing_detail.act_names()[step]
    return _form(name, _hint(step), [*_test(file, step), *_fields(file.line, step, today, rungs)], step, back, file.line.version)


def _state(line: ListingLine) -> str:
    return listing_words.state(line.state)


def _form(name: str, hint: str, fields: Sequence[Any], step: str, back: str, version: int = 0) -> html.Div:
    buttons = html.Div([html.Button(name, id="listing-send", className="btn pri", type="button", n_clicks=0, **{"data-step": step}),
                        html.A(t("取消"), href=back, className="btn"),
                        html.Span(t("记下何人、何时、为何；每一步都留在经过里。"), className="s m")], className="fb")  # fmt: skip
    return html.Div([html.Div([html.H2(name), html.Small(hint)], className="ph"), html.Div(list(fields), className="fs"),
                     dcc.Store(id="listing-version", data=version), html.Div(id="listing-said", role="alert"), buttons],
                    className="form", role="form", **{"aria-label": name})  # fmt: skip


def _hint(step: str) -> str:
    return {
        "table": t("列入下一次会商的议题"), "consider": t("会商审议的意见"), "approve": t("平安建设领导小组批准"), "reject": t("说明为何不挂；提议留档"),
        "list": t("编号由系统按年顺排"), "plan": t("责任单位的整治措施"), "progress": t("做了什么，到了哪一步"), "inspect": t("查到什么，要求什么"),
        "test": t("说明目标完成情况"), "delist": t("验收结论；摘牌后继续比较前后"), "extend": t("新的期限和理由"), "escalate": t("升级的措施和理由"),
    }[step]  # fmt: skip


def _test(file: ListingFile, step: str) -> list[Any]:
    """The acceptance test above the form that asks for it or decides on it; a missed target asks for a reason."""
    if step not in ("test", "delist") or not file.targets:
        return []
    out: list[Any] = [html.Div([html.B(t("验收测算")), listing_detail.targets(file)], className="ff wide")]
    missed = [x for x in file.targets if x.met is False]
    if missed and step == "delist":
        out.append(_labelled(t("没有到而仍摘牌的理由"), _note("despite", t("{n} 项目标没有到", n=len(missed))), wide=True))
    return out


def _fields(line: ListingLine, step: str, today: date, rungs: Sequence[str]) -> list[Any]:
    notes = {"reject": t("理由"), "inspect": t("情况和要求"), "plan": t("措施"), "extend": t("理由"), "escalate": t("理由"), "delist": t("验收结论")}
    focus = step not in ("list", "extend", "escalate")
    note = _labelled(notes.get(step, t("说明")), _note("note", t("写给看经过的人，不写当事人姓名和号码"), focus=focus), wide=True)
    if step == "list":
        months = 3 if line.subject == "area" else 2
        return [
            _labelled(t("主责单位"), _text("owner", line.owner, t("如：泗溪镇"), focus=True)),
            _labelled(t("包案领导"), _text("leader", "", t("姓名，保存时掩码"), 20)),
            _labelled(t("期限"), _date("deadline", _add_months(today, months), today)),
            *[_target(key) for key in TARGETS],
            note,
        ]  # fmt: skip
    if step == "extend":
        start = max(line.deadline or today, today)
        return [_labelled(t("新的期限"), _date("deadline", _add_months(start, 1), today)), note]
    if step == "escalate":
        options = [(code, pick(*ESCALATIONS[code])) for code in rungs]
        if not options:
            return [html.P(t("各级措施都已用过。"), className="ff wide"), note]
        return [_labelled(t("措施"), _choice("measure", options, options[0][0]), t("由轻到重，上一级之后")), note]
    return [note]


def _target(key: str) -> html.Div:
    """One target, in the unit a person thinks in: counts, or percent."""
    op, usual, _ = TARGETS[key]
    control = dcc.Input(id=field_id(f"target-{key}"), type="number", value=usual, min=0, max=100 if op == ">=" else 100_000, step="any", className="tf num")
    return _labelled(f"{listing_words.target_name(key)} {listing_words.sign(op)}", control, t("空着就不设"))


def _add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    y, m = divmod(day.year * 12 + day.month - 1 + months, 12)
    for d in range(day.day, 27, -1):
        try:
            return date(y, m + 1, d)
        except ValueError:
            continue
    return date(y, m + 1, day.day)


def propose(areas: Sequence[tuple[AreaInfo, str]], back: str, start: Candidate | None = None) -> html.Div:
    """The form of a new proposal; `areas` are those of the reader with their names in full; `start` fills it in and stays as evidence."""
    kinds = [("area", t("区域：一个乡镇")), ("trade", t("行业：一类纠纷"))]
    fields = [
        _labelled(t("类型"), _choice("subject", kinds, start.subject if start else "area")),
        _labelled(t("地区"), _choice("area", [(a.code, text) for a, text in areas], start.area if start else None, search=True,
                                hint=t("选乡镇；行业可选县或全市"))),
        _labelled(t("纠纷类别"), _choice("categories", [(c.code, words.name(c)) for c in CATEGORIES.values()],
                                    [start.category] if start else [], many=True, search=True,
                                    hint=t("可多选"))),
        _labelled(t("名称"), _text("title", words.category(start.category) if start and start.subject == "trade" else "",
                                   t("行业名称，如：物业服务"))),
        _labelled(t("主责单位"), _text("owner", "", t("可在挂牌时再定"))),
        _labelled(t("理由"), _note("reason", t("哪些数字、哪些事项说明要整治"), value=candidate_table.reason(start) if start else ""), wide=True),
    ]  # fmt: skip
    return _form(t("提出挂牌"), t("提议只是提议：经审议、批准后才挂牌"), fields, "propose", back)


def refused(title: str, text: str, back: str = "") -> html.Div:
    """An act that was not taken: what, why, and the way on."""
    way = html.A(t("看现在的情况"), href=back, className="lk") if back else None
    return html.Div([html.B(title), html.Span(text), way], className="refused")
