"""The forms that take a link away, split a matter or merge two."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components.lanes import first_day
from dashboard.i18n import t
from dashboard.pages.matter import forms
from dashboard.pages.matter.given import Given
from matters.access import Scope
from matters.vocabulary import KINDS
from services.shapes import MatterFile, RecordLine


def _why() -> el.Node:
    return forms.field("why", t("理由"), "long", must=True, hint=t("写给看经过的人，不写当事人姓名和号码"))


def unlink(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    """Take a link away: undo the decision that made it, or say that the scored pair is two."""
    scope.require("steward_links")
    if given.text("decision"):
        says = t("原来由人确认的关联不再作数，两条记录回到确认以前的样子；双方都留下记录。")
        return forms.shape(t("撤销关联"), says, [_why()], t("撤销"), "unlink", True, decision=given.number("decision"))
    says = t("两条记录不再算一件，以后也不再自动关联；随时可以再撤销这个决定。")
    return forms.shape(t("撤销关联"), says, [_why()], t("撤销"), "unlink", True, pair=given.number("pair"))


def split(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    """Choose the records that make a matter of their own."""
    scope.require("steward_links")
    agencies = services.feeds.agencies()
    options = [(str(r.id), _named(r, words.agency(agencies, r.agency))) for r in sorted(file.records, key=lambda r: (first_day(r) is None, first_day(r), r.id))]
    picks = forms.field("records", t("拆出哪些记录"), "picks", must=True, value=given.text("record"), options=options)
    says = t("选中的记录自成一件，带走属于它们的办理步骤；编号的来历保留，旧编号仍能打开。")
    return forms.shape(t("拆分"), says, [picks, _why()], t("拆分"), "split", True, seen=",".join(str(r.id) for r in file.records))


def _named(record: RecordLine, agency: str) -> str:
    day = first_day(record)
    return f"{day.isoformat() if day else words.DASH} {agency} {words.word(KINDS, record.kind)} {record.number}"


def merge(services: Any, scope: Scope, file: MatterFile, given: Given) -> el.Node:
    """Name the other matter."""
    scope.require("steward_links")
    other = forms.field("other", t("另一件的编号"), "text", must=True, hint="26-7K4QM2X", most=20)
    says = t("两件并为一件，全部记录和办理步骤都在；编号取最早的一件，另一个编号仍能打开。")
    return forms.shape(t("与另一件合并"), says, [other, _why()], t("合并"), "merge", True)
