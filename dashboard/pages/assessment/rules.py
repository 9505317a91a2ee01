"""The rules in force for a period, and their versions."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import t
from dashboard.pages.assessment import words
from dashboard.pages.assessment.state import AssessState
from matters.assessment import LEVELS, Part, Rules
from services.assessment_rules import RuleBook, Version


def view(book: RuleBook, version: Version, asked: AssessState, steward: bool) -> list[Any]:
    """Parts with their weights by level; the versions beside them; for stewards also where the file lies and what is wrong with it."""
    rules = version.rules
    head = el.Div([el.H2(rules.name), el.Small(t("{period}按第 {n} 版", period=words.period(asked.period), n=version.number))], "ph")
    left = [head, _parts(rules), el.Div(el.H2(t("怎么算")), "ph gap"), el.Ul([el.Li(x) for x in _how(rules)], "how")]
    right = [el.Div([el.H2(t("版本")), el.Small(t("时段结束时有效的那一版，一直算到底"))], "ph"), _versions(book, version)]
    if steward:
        right.append(el.P(t("文件：{path}。改了文件就成新的一版；结束了的时段仍用旧的一版。", path=str(book.file)), "s gap"))
        if book.problem:
            right.append(el.P(t("文件现在看不懂：{why}", why=book.problem), "act"))
    return [el.Div([el.Section(left, "p scroll"), el.Section(right, "p")], "sheet as2")]


def _parts(rules: Rules) -> el.Node:
    heads = [el.Th(t("项目"), "t", scope="col"), el.Th(t("0 分"), scope="col"), el.Th(t("满分"), scope="col"), el.Th(t("至少件数"), scope="col")]
    heads += [el.Th(t(words.LEVELS[k]), scope="col") for k in LEVELS]
    rows = [el.Tr([el.Th(words.part(p.key), "t", scope="row"), el.Td(words.bound(p, p.none)), el.Td(words.bound(p, p.full)),
                   el.Td(fmt.num(p.least) if p.least else fmt.NONE), *(_weight(rules, p, k) for k in LEVELS)]) for p in rules.parts]  # fmt: skip
    total = el.Tr([el.Th(t("合计"), "t", scope="row"), el.Td(""), el.Td(""), el.Td(""), *(el.Td("100" if rules.of(k) else fmt.NONE) for k in LEVELS)], "sum")
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody([*rows, total])], "asr")


def _weight(rules: Rules, p: Part, level: str) -> el.Node:
    return el.Td(fmt.num(p.weight / rules.weight(level) * 100, 1) if level in p.levels else fmt.NONE)


def _how(rules: Rules) -> list[str]:
    return [
        t("每项在 0 分线和满分线之间按比例得分，乘以它的权重；各项相加是百分制得分。"),
        t("一项的件数少于“至少件数”就不评，它的权重由别的项分担。"),
        t("办结或超期少于 {n} 件的单位不排名，看漏斗图；评到的权重不足 {p} 的也不排名。", n=fmt.num(rules.rank_least),
          p=f"{fmt.share(rules.judged_least, 0)}%"),
        t("加分最多 {a} 分，扣分最多 {b} 分；每一条都写明何人、何时、为何，可以撤销。", a=fmt.num(rules.merit_most, 1), b=fmt.num(rules.demerit_most, 1)),
        t("外部指数取时段结束前一年内最近的一次，写明来源。"),
        t("部门按有它的记录的事项计；县只看本县的事项。"),
    ]


def _versions(book: RuleBook, shown: Version) -> el.Node:
    heads = [el.Th(h, "t" if i else "", scope="col") for i, h in enumerate((t("版"), t("起用"), t("记下"), t("摘要"), t("项目")))]
    rows = [el.Tr(_version(v), "on" if v.number == shown.number else "") for v in reversed(book.versions())]
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "asv")


def _version(v: Version) -> list[el.Node]:
    parts = fmt.join([f"{words.part(p.key)} {p.weight:g}" for p in v.rules.parts])
    return [el.Td(el.B(str(v.number))), el.Td(t("最早") if v.number == 1 else fmt.day(v.since, True), "t"),
            el.Td(v.taken_at.strftime("%Y-%m-%d %H:%M"), "t m"), el.Td(el.Code(v.digest[:8]), "t"), el.Td(parts, "t wrap")]  # fmt: skip
