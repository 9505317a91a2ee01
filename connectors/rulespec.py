"""The mapping language as it stands in a feed.toml: which keys there are and which go together."""

from __future__ import annotations

import re
import string
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.dates import NAMED
from connectors.patterns import pattern
from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.model import FIELDS
from matters.vocabulary import CHANNELS, KINDS, OUTCOMES, STAGES

# Fields whose values come from a closed list of the domain.
VOCABULARY: dict[str, frozenset[str]] = {
    "kind": frozenset(KINDS),
    "outcome": frozenset(OUTCOMES),
    "stage": frozenset(STAGES),
    "channel": frozenset(CHANNELS),
    "category": frozenset(CATEGORIES),
    "subcategory": frozenset(SUBCATEGORIES),
    "mediation": frozenset({"success", "failure"}),
}
ROLES = ("applicant", "respondent", "other")
# Set by [rows] and [[parties]], not by a field rule.
SET_ELSEWHERE = {"refs": "rows.refs", "parties": "[[parties]]"}

SOURCES = ("from", "const", "join", "first_of", "template", "digest", "test", "cases")
_GIVEN = re.compile(r"__[a-z]+__")
_YEAR_OF_TWO = re.compile("%[yxcDg]")
Conditions = dict[str, Any]


class Strict(BaseModel):
    """A table of a feed.toml: a key that it does not know is an error that names the keys it knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = [f.alias or name for name, f in cls.model_fields.items()]
        for key in data:
            if key not in known and key not in cls.model_fields:
                raise ValueError(f"unknown key {key!r}; known here: {', '.join(sorted(known))}")
        return data


def checked_conditions(conditions: Conditions) -> Conditions:
    """The conditions of `when`, `test`, `withdrawn`, `keep` or `drop`; ValueError in plain words for a form that does not exist."""
    for column, wanted in conditions.items():
        if isinstance(wanted, dict):
            if len(wanted) != 1 or next(iter(wanted)) not in ("not", "filled", "matches"):
                raise ValueError(f"condition on {column!r}: one of {{not=[…]}}, {{filled=true}}, {{matches='…'}}")
            if "matches" in wanted:
                pattern(wanted["matches"])
        elif not isinstance(wanted, (str, list)):
            raise ValueError(f"condition on {column!r}: write the value as text in quotes, or a list of texts")
    if not conditions:
        raise ValueError("a condition names at least one column")
    return conditions


def checked_zone(name: str | None) -> str | None:
    """The name of a time zone, as it stands; ValueError if there is none of this name."""
    try:
        if name is not None:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone; write UTC, Asia/Tokyo, …") from error
    return name


class Split(Strict):
    """Cut a text at `by` and take one part, counted from 0 (negative: from the end)."""

    by: str = Field(min_length=1)
    take: int = 0


class Number(Strict):
    """How a number is written: words for its unit, a factor for a unit that stands in the column's name, the end of a range."""

    units: dict[str, float] = Field(default_factory=dict)
    times: float = 1
    range: Literal["first", "last", "min", "max"] | None = None


class Rule(Strict):
    """Where a field's value comes from, what is done with it, and what happens when it is empty or wrong."""

    from_: str | None = Field(None, alias="from")
    const: str | int | float | bool | None = None
    join: list[str] | None = Field(None, min_length=1)
    with_: str = Field(" ", alias="with")
    first_of: list[str] | None = Field(None, min_length=1)
    template: str | None = None
    digest: list[str] | None = Field(None, min_length=1)
    test: Conditions | None = None
    cases: list[Rule] | None = Field(None, min_length=1)

    when: Conditions | None = None
    blank: list[str] = Field(default_factory=list)
    replace: list[tuple[str, str]] = Field(default_factory=list)
    extract: str | None = None
    split: Split | None = None
    date: list[str] | str | None = None
    epoch: Literal["s", "ms", "us"] | None = None
    zone: str | None = None
    century: int | None = Field(None, ge=1900, le=2100, multiple_of=100)
    add_days: int = 0
    add_workdays: int = Field(0, ge=0)
    number: Number | None = None
    table: str | dict[str, Any] | None = None
    match: Literal["exact", "prefix", "contains"] = "exact"
    default: str | int | float | bool | None = None
    new_value: Literal["default", "alarm", "quarantine"] = "default"
    datum: Literal["wgs84", "gcj02", "bd09"] | None = None
    required: bool = False
    on_error: Literal["quarantine", "blank"] = "quarantine"

    @property
    def source(self) -> str:
        """Which of SOURCES this rule has."""
        return next(s for s in SOURCES if getattr(self, "from_" if s == "from" else s) is not None)

    @field_validator("test", "when")
    @classmethod
    def _conditions(cls, value: Conditions | None) -> Conditions | None:
        return checked_conditions(value) if value is not None else None

    @field_validator("extract")
    @classmethod
    def _extract(cls, value: str | None) -> str | None:
        return None if value is None else pattern(value).pattern

    @field_validator("replace")
    @classmethod
    def _replace(cls, value: list[tuple[str, str]]) -> list[tuple[str, str]]:
        for old, new in value:
            try:
                pattern(old).sub(new, "")
            except (re.error, IndexError) as error:
                raise ValueError(f"replace {old!r}: {new!r} names a group that the pattern does not have ({error})") from error
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return checked_zone(value)

    @model_validator(mode="after")
    def _one_source(self) -> Rule:
        given = [s for s in SOURCES if getattr(self, "from_" if s == "from" else s) is not None]
        if len(given) != 1:
            found = " and ".join(given) if given else "none"
            raise ValueError(f"a rule has exactly one of {', '.join(SOURCES)}; found {found}")
        if self.date is not None and self.epoch is not None:
            raise ValueError("give either date or epoch, not both")
        return self

    def columns(self) -> set[str]:
        """Every column that this rule reads, as written (dotted paths included)."""
        found = {self.from_} if self.from_ else set()
        for several in (self.join, self.first_of, self.digest, list(self.test or ()), list(self.when or ())):
            found.update(several or ())
        found.update(template_columns(self.template) if self.template else ())
        for case in self.cases or ():
            found |= case.columns()
        return found


def template_columns(template: str) -> list[str]:
    """The columns between the braces of a template, in order."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


class Party(Strict):
    """Columns that hold one person, or with `each` the column that holds a list of them.

    A name that ends in one of `institutions` (医院) is a public body: shown in clear and without tokens, which would
    tie together all who ever dealt with it.
    """

    each: str | None = None
    role: str = "other"
    role_from: str | None = None
    roles: dict[str, str] = Field(default_factory=dict)
    name: str | None = None
    id: str | None = None
    phone: str | None = None
    institutions: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _known_roles(self) -> Party:
        for role in (self.role, *self.roles.values()):
            if role not in ROLES:
                raise ValueError(f"unknown role {role!r}; one of {', '.join(ROLES)}")
        if not (self.name or self.id or self.phone):
            raise ValueError("a party needs at least one of name, id, phone")
        return self

    def columns(self) -> set[str]:
        """The columns of the row that this party reads."""
        if self.each:
            return {self.each}
        return {c for c in (self.name, self.id, self.phone, self.role_from) if c}


class Explode(Strict):
    """The column whose list (or, cut at `by`, whose text) makes a row several."""

    from_: str = Field(alias="from", min_length=1)
    by: str | None = Field(None, min_length=1)


class Rows(Strict):
    """What concerns a row as a whole."""

    keep: Conditions | list[Conditions] | None = None
    drop: Conditions | list[Conditions] | None = None
    explode: Explode | None = None
    refs: list[str] = Field(default_factory=list)
    withdrawn: Conditions | None = None
    private: list[str] = Field(default_factory=list)
    optional_columns: list[str] = Field(default_factory=list)
    zone: str | None = None

    @field_validator("withdrawn")
    @classmethod
    def _conditions(cls, value: Conditions | None) -> Conditions | None:
        return checked_conditions(value) if value is not None else None

    @field_validator("keep", "drop")
    @classmethod
    def _filters(cls, value: Conditions | list[Conditions] | None) -> Conditions | list[Conditions] | None:
        if value == []:
            raise ValueError("name at least one condition")
        for conditions in _listed(value):
            checked_conditions(conditions)
        return value

    @field_validator("explode", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str) else value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return checked_zone(value)

    def filters(self) -> tuple[list[Conditions], list[Conditions]]:
        """The alternatives of `keep` and of `drop`: one that holds is enough."""
        return _listed(self.keep), _listed(self.drop)

    def columns(self) -> set[str]:
        """The columns that these read, as written."""
        found = {*self.refs, *self.private, *(self.withdrawn or ()), *((self.explode.from_,) if self.explode else ())}
        return found.union(*(conditions for side in self.filters() for conditions in side))


def _listed(value: Conditions | list[Conditions] | None) -> list[Conditions]:
    return [] if value is None else value if isinstance(value, list) else [value]


class Further(Strict):
    """One more record of a row, where `when` holds: the fields of the mapping, with its own in their place and some left out."""

    when: Conditions | None = None
    fields: dict[str, Rule]
    without: list[str] = Field(default_factory=list)

    @field_validator("when")
    @classmethod
    def _conditions(cls, value: Conditions | None) -> Conditions | None:
        return checked_conditions(value) if value is not None else None


class MappingSpec(Strict):
    """The whole mapping: a rule a field, value tables, parties, and what concerns the row."""

    fields: dict[str, Rule]
    tables: dict[str, dict[str, Any]] = Field(default_factory=dict)
    parties: list[Party] = Field(default_factory=list)
    rows: Rows = Field(default_factory=Rows)
    records: list[Further] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> MappingSpec:
        if "external_id" not in self.fields:
            raise ValueError("fields.external_id is missing: every row needs the key its source gives it")
        self._check_fields("fields", self.fields)
        for index, more in enumerate(self.records):
            where = f"records[{index}]"
            own = more.fields.get("external_id")
            if own is None or own == self.fields["external_id"]:
                raise ValueError(f"{where}.fields.external_id: a further record needs a key of its own, such as {{ template = '{{id}}-2' }}")
            self._check_fields(f"{where}.fields", more.fields)
            if wrong := [n for n in more.without if n not in self.fields or n in more.fields]:
                raise ValueError(f"{where}.without: {', '.join(wrong)} is no field that it would take over")
        return self

    def _check_fields(self, where: str, fields: dict[str, Rule]) -> None:
        for name, rule in fields.items():
            if name in SET_ELSEWHERE:
                raise ValueError(f"{where}.{name}: is set by {SET_ELSEWHERE[name]}, not here")
            if name not in FIELDS:
                known = ", ".join(f for f in FIELDS if f not in SET_ELSEWHERE)
                raise ValueError(f"{where}.{name}: no such field; the fields are {known}")
            self._check_rule(f"{where}.{name}", name, rule)
        lon, lat = fields.get("lon"), fields.get("lat")
        if lon and lat and lon.datum != lat.datum:
            raise ValueError(f"{where}: lon and lat have different datums ({lon.datum}, {lat.datum})")

    def _check_rule(self, where: str, name: str, rule: Rule) -> None:
        if isinstance(rule.table, str) and rule.table not in self.tables:
            known = ", ".join(self.tables) or "there is none"
            raise ValueError(f"{where}: no table {rule.table!r}; the tables are: {known}")
        _check_steps(where, name, rule)
        for value in (*self.table_of(rule).values(), rule.const, rule.default):
            _check_value(where, name, value)
        for index, case in enumerate(rule.cases or ()):
            self._check_rule(f"{where}.cases[{index}]", name, case)

    def table_of(self, rule: Rule) -> dict[str, Any]:
        """The value table of a rule, named or written in place; empty without one."""
        return self.tables[rule.table] if isinstance(rule.table, str) else rule.table or {}

    def columns(self) -> set[str]:
        """Every column that the mapping reads, as written, but for those that the program adds (__file__, __item__)."""
        return {c for c in self._read() if not _GIVEN.fullmatch(c)}

    def given(self) -> set[str]:
        """The columns that the program adds (__file__, __item__) and the mapping reads."""
        return {c for c in self._read() if _GIVEN.fullmatch(c)}

    def _read(self) -> set[str]:
        found = self.rows.columns()
        for rule in (*self.fields.values(), *(r for more in self.records for r in more.fields.values())):
            found |= rule.columns()
        for more in self.records:
            found |= set(more.when or ())
        for party in self.parties:
            found |= party.columns()
        return found


def _check_steps(where: str, name: str, rule: Rule) -> None:
    """Refuse steps that the type of the field does not have."""
    kind = FIELDS[name].__name__
    is_day = kind in ("date", "datetime")
    if is_day and rule.source in ("from", "join", "first_of", "template") and not (rule.date or rule.epoch):
        raise ValueError(f"{where}: is a {kind}: say how it is written, date=['%Y-%m-%d'] or epoch='ms'")
    if not is_day and (rule.date or rule.epoch or rule.add_days or rule.add_workdays):
        raise ValueError(f"{where}: date, epoch, add_days, add_workdays are for days and times; this is a {kind}")
    if not is_day and (rule.zone or rule.century is not None):
        raise ValueError(f"{where}: zone and century are for days and times; this is a {kind}")
    for form in [rule.date] if isinstance(rule.date, str) else rule.date or ():
        if form not in NAMED and "%" not in form:
            raise ValueError(f"{where}: {form!r} is no way to write a date; one of {', '.join(NAMED)}, or a format such as %Y-%m-%d")
        if _YEAR_OF_TWO.search(form) and rule.century is None:
            raise ValueError(f"{where}: {form!r} has years of two figures: say which they are in with century = 2000")
    if rule.new_value != "default" and (rule.table is None or rule.default is None):
        raise ValueError(f"{where}: new_value is for a table with a default; without a default a new value is quarantined")
    if rule.datum and name not in ("lon", "lat"):
        raise ValueError(f"{where}: datum is for lon and lat")
    if rule.number and kind not in ("int", "float"):
        raise ValueError(f"{where}: number is for int and float fields; this is a {kind}")
    if rule.test is not None and kind != "bool":
        raise ValueError(f"{where}: test gives true or false; this is a {kind}")
    if kind == "bool" and rule.source not in ("test", "const", "cases") and rule.table is None:
        raise ValueError(f"{where}: is true or false: use test, or a table such as {{'1'=true, '0'=false}}")


def _check_value(where: str, name: str, value: Any) -> None:
    """Refuse a table value, constant or default that the field cannot hold."""
    if value is None or value == "":
        return
    if name in VOCABULARY and value not in VOCABULARY[name]:
        raise ValueError(f"{where}: {value!r} is not one of {', '.join(sorted(VOCABULARY[name]))}")
    kind = FIELDS[name]
    fits = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{where}: {value!r} is not a {kind.__name__}")
