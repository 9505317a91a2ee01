"""The fields of an act: what its form asks, and what was given turned into the event's data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from matters.clocks import CLOCKS, PROCEDURES
from matters.identity import cleaned, mask_name
from matters.path import Act
from matters.vocabulary import OUTCOMES
from services.path_shapes import ActForm, FieldForm, Kind, Refused

_FIELDS: dict[str, tuple[str, str, Kind, int]] = {
    "on": ("日期", "Day", "date", 10),
    "owner": ("主责单位", "Owner", "text", 100),
    "outcome": ("结果", "Outcome", "choice", 20),
    "satisfied": ("是否满意", "Satisfied", "bool", 1),
    "number": ("文号", "Number", "text", 60),
    "terms": ("协议要点", "Terms", "long", 2_000),
    "procedure": ("程序", "Procedure", "choice", 20),
    "days": ("延长天数", "Days more", "number", 3),
    "answer_by": ("答复期限", "Answer by", "date", 10),
    "leader": ("包案领导", "Leader", "text", 30),
    "until": ("包案至", "Until", "date", 10),
    "who": ("参加单位", "Who took part", "list", 100),
    "conclusions": ("会商结论", "Conclusions", "long", 2_000),
    "title": ("联动事项", "What", "text", 100),
    "tasks": ("任务", "Tasks", "tasks", 200),
    "task": ("第几项任务", "Task number", "number", 2),
    "ref": ("针对", "About", "ref", 20),
    "why": ("理由", "Reason", "long", 2_000),
}
_AHEAD = ("until", "answer_by")  # days to come; all other days are past or today
_SPLIT = re.compile(r"[、，,；;\n]+")


class Asked(NamedTuple):
    """What the fields of a matter's forms depend on."""

    today: date
    earliest: date | None  # no act is older than the matter
    owner: str
    extension: int  # days that the clock in force may be extended by
    refs: dict[str, list[tuple[str, str, str]]]  # act → events it may answer: (id, zh, en)
    prolongs: int = 0  # days that a procedure under way may be extended by


def form(act: Act, asked: Asked) -> ActForm:
    """The form of an act, with what is usually given filled in."""
    fields = tuple(_field(act, name.removesuffix("?"), not name.endswith("?"), asked) for name in act.fields)
    return ActForm(act.key, act.zh, act.en, act.group, act.target, fields)


def _field(act: Act, name: str, required: bool, asked: Asked) -> FieldForm:
    zh, en, kind, most = _FIELDS[name]
    if kind == "date":
        ahead = name in _AHEAD
        least, latest = (asked.today, None) if ahead else (asked.earliest, asked.today)
        return FieldForm(name, zh, en, kind, required, None if ahead else asked.today.isoformat(), (),
                         least.isoformat() if least else None, latest.isoformat() if latest else None)  # fmt: skip
    if name == "outcome":
        return FieldForm(name, zh, en, kind, required, "resolved", tuple((w.code, w.zh, w.en) for w in OUTCOMES.values()))
    if name == "procedure":
        return FieldForm(name, zh, en, kind, required, None, tuple((key, CLOCKS[key].zh, CLOCKS[key].en) for key in PROCEDURES))
    if kind == "ref":
        options = tuple(asked.refs.get(act.key, ()))
        return FieldForm(name, zh, en, kind, required, options[0][0] if options else None, options)
    if name == "days":
        longest = asked.prolongs if act.key == "prolong" else asked.extension
        return FieldForm(name, zh, en, kind, required, longest, (), 1, longest)
    value = asked.owner if name == "owner" and act.key == "escalate" else None
    return FieldForm(name, zh, en, kind, required, value, (), 1 if name == "task" else None, None if name == "task" else most)


def read(act: Act, values: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """What was given, checked and without numbers of people; Refused("field", name) for the first that is missing or cannot be."""
    fields = form(act, asked).fields
    unknown = set(values) - {f.key for f in fields}
    if unknown:
        raise Refused("field", min(unknown))
    found = {f.key: _value(f, values.get(f.key)) for f in fields}
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _value(f: FieldForm, given: Any) -> Any:
    blank = given is None or given == [] or (isinstance(given, str) and not given.strip())
    if blank:
        if f.key == "on":
            return f.value
        if f.required:
            raise Refused("field", f.key)
        return None
    try:
        return _READ[f.kind](f, given)
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("field", f.key) from error


def _text(f: FieldForm, given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f.key)
    text = cleaned(given)[: f.most]
    return mask_name(text) if f.key == "leader" and "*" not in text else text


def _date(f: FieldForm, given: Any) -> str:
    day = date.fromisoformat(str(given)[:10]).isoformat()
    if (f.least and day < f.least) or (f.most and day > f.most):
        raise ValueError(day)
    return day


def _choice(f: FieldForm, given: Any) -> str:
    if given not in {code for code, _, _ in f.options}:
        raise ValueError(given)
    return str(given)


def _bool(_f: FieldForm, given: Any) -> bool:
    if given in (True, "true", "1"):
        return True
    if given in (False, "false", "0"):
        return False
    raise ValueError(given)


def _number(f: FieldForm, given: Any) -> int:
    number = int(given)
    if number != float(given) or number < (f.least or 0) or (f.most is not None and number > f.most):
        raise ValueError(given)
    return number


def _ref(f: FieldForm, given: Any) -> int:
    return int(_choice(f, str(given)))


def _list(f: FieldForm, given: Any) -> list[str]:
    parts = _SPLIT.split(given) if isinstance(given, str) else list(given)
    return [text[: f.most] for p in parts if (text := cleaned(str(p)))][:40]


def _tasks(f: FieldForm, given: Any) -> list[dict[str, Any]]:
    """[{department, task, due}]; `due` may be left out."""
    rows = [_task_line(line) for line in given.splitlines() if line.strip()] if isinstance(given, str) else [dict(row) for row in given]
    out = []
    for row in rows[:40]:
        day = date.fromisoformat(str(row["due"])[:10]).isoformat() if row.get("due") else ""
        one = {"department": cleaned(str(row.get("department") or ""))[:100], "task": cleaned(str(row.get("task") or ""))[: f.most]}
        if not one["department"] or not one["task"]:
            raise ValueError("task")
        out.append({**one, "due": day})
    return out


def _task_line(line: str) -> dict[str, str]:
    parts = [p.strip() for p in re.split(r"[|｜]", line)]
    return dict(zip(("department", "task", "due"), [*parts, "", ""], strict=False))


_READ: dict[str, Any] = {"text": _text, "long": _text, "date": _date, "choice": _choice, "bool": _bool, "number": _number, "ref": _ref,
                         "list": _list, "tasks": _tasks}  # fmt: skip
