"""The people of a matter: masks, who names them, and the way to see one hidden field with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import N_, t
from dashboard.pages.matter.parts import heading, opener
from matters.access import Scope
from matters.model import Agency
from services.file_shapes import PartyLine
from services.shapes import MatterFile

ROLES: dict[str, str] = {
    "applicant": N_("申请人"), "respondent": N_("被申请人"), "plaintiff": N_("原告"), "defendant": N_("被告"), "petitioner": N_("信访人"),
    "caller": N_("报警人"), "patient": N_("患方"), "hospital": N_("医方"), "party": N_("当事人"), "other": N_("其他"), "third": N_("第三人"),
}  # fmt: skip
HIDDEN: dict[str, str] = {"name": N_("姓名"), "phone": N_("电话"), "id": N_("证件号")}


def role(code: str) -> str:
    """Name of a party's role."""
    return t(ROLES[code]) if code in ROLES else code or t("当事人")


def section(file: MatterFile, agencies: Mapping[str, Agency], scope: Scope) -> list[Any]:
    """Every person once; nothing here leads to another matter of the same person."""
    may = tuple(f for f in HIDDEN if scope.may(f"unmask_{f}")) if file.as_of is None else ()
    head = heading(t("当事人"), t("只显示掩码；查看需写明理由并留痕") if may else t("只显示掩码"), first=True)
    if not file.people:
        return [head, el.P(t("各条记录都没有写当事人。"), className="s")]
    return [head, el.Ul([_row(p, agencies, may) for p in file.people], className="ppl")]


def _row(party: PartyLine, agencies: Mapping[str, Agency], may: tuple[str, ...]) -> el.Node:
    named = fmt.join([words.agency(agencies, a) for a in party.known_by])
    buttons = [
        opener(t(HIDDEN[field]), "unmask", t("申请查看{role}的{field}", role=role(party.role), field=t(HIDDEN[field])),
               record=record, party=place, field=field)
        for field, record, place in party.asks if field in may
    ]  # fmt: skip
    ask = el.Span([el.Small(t("申请查看")), *buttons], "ask") if buttons else None
    return el.Li([el.Span(role(party.role), "m"), el.B(party.name or words.DASH), ask, el.Small([f"{named}　", _sure(party)], "how")])


def _sure(party: PartyLine) -> str:
    """How sure it is that these are one person."""
    if party.same > 1:
        return t("身份标识 {n} 家机构一致", n=party.same)
    return t("身份标识 1 家机构") if party.same else t("没有身份标识")
