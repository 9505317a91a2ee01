"""A rule of the mapping made ready: columns in, one column of values (or Bad) out."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import SHANGHAI, shanghai_now
from connectors.columns import Batch, Memo, mask_of
from connectors.dates import DUE_AHEAD, FIRST_DAY, How, date_parser, epoch_parser, moved
from connectors.patterns import MOST_TEXT, head
from connectors.rulespec import VOCABULARY, Conditions, MappingSpec, Number, Rule
from connectors.values import Bad, Unseen, coordinate_parser, number_parser
from matters.model import FIELDS
from matters.numbers import normal

Step = Callable[[str], Any]
MAX_KEY = 128


class Clock:
    """The latest day that a date may have; shared by all rules of a mapper, and set anew for each call."""

    def __init__(self, now: Callable[[], datetime] = shanghai_now) -> None:
        self._now, self.latest = now, now() + timedelta(days=1)

    def tick(self) -> bool:
        """Take the time; True when the day has changed, so that remembered answers may be wrong."""
        before, self.latest = self.latest, self._now() + timedelta(days=1)
        return before.date() != self.latest.date()


class Maker:
    """What every rule needs to be made ready: the mapping, its clock, its calendar."""

    def __init__(
        self, mapping: MappingSpec, clock: Clock, is_workday: Callable[[date], bool] | None, real_dates: bool
    ) -> None:
        self.mapping, self.clock, self.is_workday, self.real_dates = mapping, clock, is_workday, real_dates

    def column(self, field: str, rule: Rule) -> Column:
        """The rule of a field made ready."""
        return Column(self, field, rule)


class Column:
    """One field's rule made ready."""

    def __init__(self, maker: Maker, field: str, rule: Rule) -> None:
        self.field, self.rule = field, rule
        self.cases = [(c.when, maker.column(field, c)) for c in rule.cases or ()]
        self.memo = Memo(_chain(maker, field, rule))
        self._conditions: dict[int, Memo] = {}
        self.name = rule.from_ or "+".join(sorted(rule.columns() - set(rule.when or ()))) or field

    def forget(self) -> None:
        """Forget remembered answers."""
        self.memo.clear()
        for _, case in self.cases:
            case.forget()

    def run(self, batch: Batch) -> list[Any]:
        """The field's value for each row: a value, None, or a Bad."""
        values = self._values(batch)
        rule = self.rule
        if rule.required:
            missing = Bad("missing_required", f"{self.name} is empty")
            values = [missing if v is None else v for v in values]
        if rule.when is not None:
            values = [v if m else None for v, m in zip(values, self._mask(rule.when, batch), strict=True)]
        if rule.on_error == "blank":
            values = [None if type(v) is Bad else v for v in values]
        return values

    def _mask(self, conditions: Conditions, batch: Batch) -> list[bool]:
        return mask_of(conditions, batch, self._conditions)

    def _values(self, batch: Batch) -> list[Any]:
        rule = self.rule
        if rule.test is not None:
            return list(self._mask(rule.test, batch))
        if rule.const is not None:
            return [_typed(self.field, rule.const)] * batch.size
        if rule.cases is not None:
            return self._by_case(batch)
        return self.memo.each(self._texts(batch))

    def _by_case(self, batch: Batch) -> list[Any]:
        """The value of the first case whose condition holds; with none, the default."""
        default = None if self.rule.default is None else _typed(self.field, self.rule.default)
        values: list[Any] = [default] * batch.size
        for when, case in reversed(self.cases):
            found = case.run(batch)
            mask = self._mask(when, batch) if when is not None else [True] * batch.size
            values = [f if m else v for f, m, v in zip(found, mask, values, strict=True)]
        return [default if v is None else v for v in values]

    def _texts(self, batch: Batch) -> list[str]:
        """The one text column that the rule's source comes to."""
        rule = self.rule
        if rule.from_ is not None:
            return batch.texts(rule.from_)
        names = rule.join or rule.first_of or rule.digest
        if names is not None:
            columns = [batch.texts(n) for n in names]
            if rule.join:
                return [rule.with_.join(filter(None, cells)) for cells in zip(*columns, strict=True)]
            if rule.first_of:
                return [next(filter(None, cells), "") for cells in zip(*columns, strict=True)]
            return [_digest(cells) if any(cells) else "" for cells in zip(*columns, strict=True)]
        return _templated(rule.template or "", batch)


def _digest(cells: tuple[str, ...]) -> str:
    """A key made of several cells; the separator keeps ("a", "bc") apart from ("ab", "c")."""
    return hashlib.blake2b("\x1f".join(cells).encode(), digest_size=12).hexdigest()


def _templated(template: str, batch: Batch) -> list[str]:
    """A text with columns in it; empty when one of them is, since half a sentence misleads."""
    parts = [(literal, name) for literal, name, _, _ in string.Formatter().parse(template)]
    columns = [batch.texts(name) for _, name in parts if name]
    frame = [literal for literal, _ in parts]

    def fill(cells: tuple[str, ...]) -> str:
        if not all(cells):
            return ""
        rest = list(cells) + [""] * (len(frame) - len(cells))
        return "".join(a + b for a, b in zip(frame, rest, strict=True))

    return [fill(cells) for cells in zip(*columns, strict=True)] if columns else [template] * batch.size


def _chain(maker: Maker, field: str, rule: Rule) -> Step:
    """replace → extract → split → blank → table, or conversion by the field's type → default."""
    default = None if rule.default is None else _typed(field, rule.default)
    blanks = frozenset(rule.blank)
    replaced = _replacer(rule)
    pattern = re.compile(rule.extract) if rule.extract else None
    convert = _converter(maker, field, rule)
    split = rule.split

    def step(text: str) -> Any:
        if replaced is not None:
            text = replaced(text)
        if pattern is not None and text:
            match = pattern.search(head(text))
            text = (match.group(1 if pattern.groups else 0) or "").strip() if match else ""
        if split is not None and text:
            parts = text.split(split.by)
            text = parts[split.take].strip() if -len(parts) <= split.take < len(parts) else ""
        if not text or text in blanks:
            return default
        return convert(text)

    return step


def _replacer(rule: Rule) -> Callable[[str], str] | None:
    """The replacements of a rule, one after the other; of a very long text only the beginning is searched."""
    if not rule.replace:
        return None
    steps = [(re.compile(old), new) for old, new in rule.replace]

    def replaced(text: str) -> str:
        first, rest = text[:MOST_TEXT], text[MOST_TEXT:]
        for old, new in steps:
            first = old.sub(new, first)
        return (first + rest).strip()

    return replaced


def _converter(maker: Maker, field: str, rule: Rule) -> Step:
    if rule.table is not None:
        return _table(field, maker.mapping.table_of(rule), rule)
    kind = FIELDS[field]
    if kind in (date, datetime):
        return _dater(maker, field, rule)
    if field in ("lon", "lat"):
        return coordinate_parser(field)
    if kind in (int, float):
        number = rule.number or Number()
        return number_parser(kind, number.units, number.times, number.range)
    return _texter(field)


def _texter(field: str) -> Step:
    if field in VOCABULARY:
        known = VOCABULARY[field]
        return lambda text: text if text in known else Bad("unknown_value", f"is not a {field}; add a table", text)
    if field == "external_id":
        return _key
    if field == "number":
        return lambda text: value if len(value := normal(text)) <= MAX_KEY else Bad("too_long", "is too long for a number", text)
    return str


def _key(text: str) -> Any:
    if len(text) > MAX_KEY:
        return Bad("too_long", f"is a key of more than {MAX_KEY} characters", text)
    return text


def _typed(field: str, value: Any) -> Any:
    if value == "":
        return None
    return float(value) if FIELDS[field] is float else value


def _table(field: str, table: dict[str, Any], rule: Rule) -> Step:
    """Look a text up: exactly, by its beginning, or by what it contains (the first key in order of the file)."""
    entries = {k: _typed(field, v) for k, v in table.items()}
    default = None if rule.default is None else _typed(field, rule.default)
    absent = Bad("unknown_value", "")

    def search(text: str) -> Any:
        if rule.match == "exact":
            return entries.get(text, absent)
        test = str.startswith if rule.match == "prefix" else str.__contains__
        return next((v for k, v in entries.items() if test(text, k)), absent)

    def look_up(text: str) -> Any:
        found = search(text)
        if found is not absent:
            return found
        if default is None or rule.new_value == "quarantine":
            return Bad("unknown_value", "is not in the value table", text)
        return Unseen(default, text) if rule.new_value == "alarm" else default

    return look_up


def _dater(maker: Maker, field: str, rule: Rule) -> Step:
    formats = [rule.date] if isinstance(rule.date, str) else list(rule.date or ())
    # A spreadsheet's real dates arrive as ISO text whatever the written ones look like.
    as_day = FIELDS[field] is date
    zone = rule.zone or maker.mapping.rows.zone
    how = How(ZoneInfo(zone) if zone else SHANGHAI, as_day, rule.century)
    parse = epoch_parser(rule.epoch) if rule.epoch else date_parser([*formats, *(["iso"] if maker.real_dates else [])], how)
    ahead = DUE_AHEAD if field == "due_on" else timedelta(0)
    moves = bool(rule.add_days or rule.add_workdays)

    def step(text: str) -> Any:
        moment = parse(text)
        if moment is None:
            return Bad("bad_date", f"is not a date as {rule.epoch or ' or '.join(formats)}", text)
        if not moment >= FIRST_DAY:
            return Bad("bad_date", "is out of range: before 1990", text)
        if moves:
            moment = moved(moment, rule.add_days, rule.add_workdays, maker.is_workday)
        if moment > maker.clock.latest + ahead:
            return Bad("bad_date", "is out of range: in the future", text)
        return moment.date() if as_day else moment

    return step
