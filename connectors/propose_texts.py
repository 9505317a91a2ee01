"""Title, summary, owner, people, amount, and the kind of paper that the rows are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from connectors import propose_words as w
from connectors.propose_columns import Column
from connectors.propose_made import Known, Proposal, Question, percent
from matters.vocabulary import KINDS

_FIRST_SENTENCE = "^[^。；;！!]{1,60}"
_KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("petition", "信访|xfj|petition"), ("filing", "案号|立案|审判|法院|filing|court"), ("medical", "医疗|医患|患者|facility|medical|patient"),
    ("incident", "起火|火灾|消防|hazard|fire"), ("call", "警情|接警|处警|报警|110|119|911|jjbh|call"), ("intake", "矛调|调解|受理编号|纠纷|争议|slbh|mediat"),
    ("message", "留言|答复|问政|工单|热线|12345|message|hotline"),
)  # fmt: skip


def find(made: Proposal, columns: Sequence[Column], known: Known, hint: str) -> None:
    """Set title, summary, owner, people, amount, kind."""
    rest = [c for c in columns if c.texts and c.dated is None and c.degrees < 0.5]
    _long(made, rest)
    _count(made, rest)
    _money(made, rest)
    _owner(made, rest)
    _kind(made, columns, hint)


def _free(made: Proposal, columns: Sequence[Column]) -> list[Column]:
    used = made.spoken_for()
    return [c for c in columns if c.name not in used]


def _long(made: Proposal, columns: Sequence[Column]) -> None:
    """The longest text that is called so is the summary; a shorter one the title, or the summary's first sentence is."""
    free = [c for c in _free(made, columns) if c.amounts < 0.5]
    texts = [c for c in free if c.head(w.SUMMARY) and c.length > 8]
    summary = max(
        texts,
        key=lambda c: (
            (c.head(w.SUMMARY) >= 0.8) * 1_000
            + min(c.length, 400)
            - (200 if re.search("答复|回复|意见|备注", c.name) else 0)
        ),
        default=None,
    )
    if summary is None:
        long = [c for c in free if c.length > 25 and c.unique > 0.6]
        summary = max(long, key=lambda c: c.length, default=None)
    if summary is not None:
        sure = 0.6 + 0.35 * summary.head(w.SUMMARY)
        made.add("summary", {"from": summary.name}, sure, f"free text of {summary.length:.0f} characters on average")
    titles = [
        c
        for c in free
        if c is not summary and c.head(w.TITLE) >= 0.8 and 2 <= c.length <= 80 and c.share(str.isdigit) < 0.5
    ]
    title = max(titles, key=lambda c: (c.unique > 0.5, c.head(w.TITLE), -c.position), default=None)
    if title is not None:
        made.add(
            "title",
            {"from": title.name},
            0.6 + 0.3 * title.head(w.TITLE),
            f"called a title; {title.length:.0f} characters on average",
        )
        return
    if summary is not None:
        made.add(
            "title",
            {"from": summary.name, "extract": _FIRST_SENTENCE},
            0.75,
            "there is no title: the first sentence of the summary",
        )
        return
    rule = made.fields["category"].rule if "category" in made.fields else None
    if rule is not None and "from" in rule:
        made.add(
            "title", {"from": rule["from"]}, 0.65, "there is no title: the name of the kind of dispute stands for it"
        )
        return
    other = [
        c
        for c in free
        if (c.length > 4 and not c.share(str.isdigit) and c.unique > 0.02 and c.few is False) or c.length > 12
    ]
    if other:
        best = max(other, key=lambda c: c.length * (c.position < len(columns) - 1 or 0.5))
        made.add(
            "title",
            {"from": best.name},
            0.5,
            f"the longest text that nothing else reads, {best.length:.0f} characters on average",
        )


def _count(made: Proposal, columns: Sequence[Column]) -> None:
    able = [
        c
        for c in _free(made, columns)
        if c.head(w.COUNT) >= 0.8 and c.counts > 0.6 and not re.search("死|伤|亡", c.name)
    ]
    if able:
        best = max(able, key=lambda c: (c.head(w.COUNT), c.counts))
        made.add(
            "people",
            {"from": best.name},
            0.5 * best.head(w.COUNT) + 0.5 * best.counts,
            f"{percent(best.counts)} of its values are small whole numbers",
        )


def _money(made: Proposal, columns: Sequence[Column]) -> None:
    """An amount, with its unit in the cell, in the column's name, or in the column beside it."""
    for column in _free(made, columns):
        called = column.head(w.MONEY)
        if called < 0.8 and not (called and column.name.rsplit(".", 1)[-1].lower() in ("value", "amount")):
            continue
        if column.amounts < 0.5:
            continue
        rule: dict[str, Any] = {"from": column.name}
        unit = next(
            (
                c
                for c in columns
                if c.position == column.position + 1 and c.texts and c.share(w.UNITS.__contains__) > 0.9
            ),
            None,
        )
        why = f"{percent(column.amounts)} of its values are amounts"
        factor = next(
            (f for word, f in (("亿元", 100_000_000), ("万元", 10_000), ("千元", 1_000)) if word in column.name), 1
        )
        if unit is not None:
            rule, why = {"join": [column.name, unit.name], "with": ""}, f"{why}, their unit stands in {unit.name}"
        elif factor > 1:
            rule, why = {**rule, "number": {"times": factor}}, f"{why}, and its name has the unit"
        made.add("amount", rule, 0.5 * max(called, 0.8) + 0.5 * column.amounts, why)


def _owner(made: Proposal, columns: Sequence[Column]) -> None:
    able = [
        c
        for c in _free(made, columns)
        if c.head(w.OWNER) and c.share(lambda t: re.fullmatch(r"[\u4e00-\u9fff（）()A-Za-z .、&-]{2,40}", t)) > 0.7
    ]
    if able:
        best = max(
            able,
            key=lambda c: (c.head(w.OWNER), c.share(lambda t: re.search(r"局|委|办|政府|所|院|中心|庭|队|会|公司", t))),
        )
        made.add(
            "owner",
            {"from": best.name},
            0.5 + 0.45 * best.head(w.OWNER),
            "called so, and its values are names of units",
        )


def _kind(made: Proposal, columns: Sequence[Column], hint: str) -> None:
    if "kind" in made.fields:
        made.kind = "incident"
        return
    said = " ".join([hint, *(c.name for c in columns)]).lower()
    numbers = [p for p in ("external_id", "number") if p in made.fields]
    scores = {kind: len(re.findall(pattern, said)) for kind, pattern in _KIND_WORDS}
    made.kind = max(scores, key=lambda k: scores[k]) if any(scores.values()) and numbers else "other"
    sure = 0.8 if scores.get(made.kind, 0) > 1 else 0.6 if made.kind != "other" else 0.3
    made.add(
        "kind",
        {"const": made.kind},
        sure,
        "by the words in the names of the columns"
        if made.kind != "other"
        else "nothing says what kind of paper a row is",
    )
    made.questions.append(Question("kind", "What kind of paper is a row (it gives the time limit)", made.kind, tuple(KINDS)))
