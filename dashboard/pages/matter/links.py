"""Why these records are one matter: each link with its evidence, who accepted it, and the way to take it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.components.lanes import first_day
from dashboard.i18n import pick, t
from dashboard.pages.matter.parts import heading, opener
from dashboard.pages.matter.reading import Reading
from matters.linking import LEVELS, SIGNALS
from services.link_shapes import LinkOf, Pair, Weight
from services.shapes import RecordLine


def section(now: Reading) -> list[Any]:
    """Doubtful links first: they are the ones to look at."""
    head = heading(t("关联依据"), t("{n} 条关联", n=len(now.links)))
    if not now.links:
        return [head, el.P(t("只有一个机构的记录，没有关联。") if len(now.file.records) < 2 else t("没有可见的关联。"), "s")]
    ordered = sorted(now.links, key=lambda k: (k.method == "reference", k.score or 1.0, k.record, k.other))
    return [head, el.Ul([_link(k, now) for k in ordered], "lkl")]


def sure(link: LinkOf) -> tuple[str, str]:
    """How sure a link is, in a word, and by what."""
    if link.method == "reference":
        return t("编号确定"), t("引用 {number}", number=link.number)
    if link.method == "steward":
        return t("人工确认"), words.moment(link.at)
    return _score(link.score) if link.score is not None else t("比对关联"), t("比对关联")


def _score(score: float) -> str:
    """Two digits, and never a certainty that no comparison gives."""
    return "> 0.99" if score > 0.995 else f"{score:.2f}"


def _link(link: LinkOf, now: Reading) -> el.Node:
    by_id = {r.id: r for r in now.file.records}
    ends = sorted((link.other, link.record), key=lambda i: _since(by_id.get(i)))
    name, why = sure(link)
    told = [el.B(name), el.Small(why, "num")]
    if link.by:
        told.append(el.Small(t("{who} {at}", who=now.who(link.by), at=words.moment(link.at)), "num"))
    elif link.method != "steward":
        told.append(el.Small(words.moment(link.at), "num at"))
    dash = "ln-key" if link.method == "reference" else "ln-key hand"
    parts: list[Any] = [
        el.Div([_end(by_id.get(ends[0]), now), el.I(className=dash, aria_hidden="true"), _end(by_id.get(ends[1]), now), *_undo(link, now)], "two"),
        el.Div(told, "why"),
    ]
    if link.why:
        parts.append(el.P(link.why, "s"))
    if (pair := now.pairs.get(link.pair)) is not None:
        parts.append(_evidence(pair))
    return el.Li(parts)


def _since(record: RecordLine | None) -> tuple[date, int]:
    return ((first_day(record) if record else None) or date.max, record.id if record else 0)


def _end(record: RecordLine | None, now: Reading) -> Any:
    if record is None:
        return el.Span(t("范围以外的记录"), className="m")
    day = words.near_day(first_day(record), now.today)
    return el.A(f"{words.agency(now.agencies, record.agency)} {day}", href=f"#record-{record.id}", className="n")


def _undo(link: LinkOf, now: Reading) -> list[Any]:
    """What takes this link away: the decision that made it, the pair that was scored, or the record that quotes the number."""
    if not now.may_link:
        return []
    decided = next((d for d in now.decisions if d.id == link.decision), None)
    if decided is not None and decided.may_undo:
        button = opener(t("撤销"), "unlink", t("撤销这条关联"), decision=decided.id)
    elif link.pair:
        button = opener(t("撤销"), "unlink", t("撤销这条关联"), pair=link.pair)
    else:
        button = opener(t("拆出"), "split", t("把这条记录拆出去"), record=link.record)
    return [el.Div(None, "sp"), button]


def _evidence(pair: Pair) -> el.Node:
    """The score on its rule with the two thresholds, and the weights in a column that adds up."""
    score, doubt, sure_from = (_score(x) for x in (pair.line.score, pair.doubt, pair.sure))
    label = t("{score}，存疑自 {doubt}，自动关联自 {sure}", score=score, doubt=doubt, sure=sure_from)
    marks = {"--doubt": f"{100 * pair.doubt:.0f}%", "--sure": f"{100 * pair.sure:.0f}%"}
    gauge = el.Span(el.I(None, style={"left": f"{100 * pair.line.score:.1f}%"}), "gz", style=marks, role="img", aria_label=label)
    rule = el.P([el.Span(t("0 各自独立")), el.Span(t("{x} 存疑", x=doubt)), el.Span(t("{x} 自动关联", x=sure_from))], "s gzl")
    rows = [_weight(w) for w in pair.waterfall]
    total = el.Li([el.Span(t("合计，折算 {score}", score=score)), el.B(_bits(pair.line.weight))], "sum")
    head = el.Summary([el.B(score), gauge], "sc", aria_label=t("比对的依据"))
    return el.Details([head, rule, el.Ul([*rows, total], "wf"), el.P(t("权重以 2 为底的对数计；模型 {name}", name=pair.model), "s m")], "evi")


def _weight(w: Weight) -> el.Node:
    """One signal: at which level the two agree in it, and what that says."""
    level = pick(*LEVELS.get(w.signal, {}).get(w.level, (w.level, w.level)))
    return el.Li([el.Span(level, title=pick(*SIGNALS.get(w.signal, (w.signal, w.signal)))), el.B(_bits(w.weight))])


def _bits(weight: float) -> str:
    return fmt.signed(weight, 1)


def menu(now: Reading) -> list[Any]:
    """Splitting and merging, for those who may."""
    if not now.may_link:
        return []
    items = [opener(t("拆分"), "split", className="mi")] if len(now.file.records) > 1 else []
    items.append(opener(t("并入另一件"), "merge", className="mi"))
    head = el.Summary([el.Span(t("拆分 / 合并")), el.icon("down", 12)], "sel")
    return [el.Details([head, el.Div(items, "menu")], "drop end acts-of", data_group="links")]
