"""How the queue is written: states, verdicts, fields, signals, refusals."""

from __future__ import annotations

from dashboard.components import fmt
from dashboard.i18n import N_, pick, t
from matters.linking import LEVELS, SIGNALS
from services.link_shapes import DecisionLine, Pair, Refused

STATES = {"queued": N_("待定"), "skipped": N_("跳过的"), "linked": N_("自动关联"), "accepted": N_("已接受"), "split": N_("已拆开"), "joined": N_("已是一件")}
BANDS = {"": N_("全部分值"), "high": N_("0.8 以上"), "middle": N_("0.5–0.8"), "low": N_("0.5 以下")}
VERDICTS = {"accept": N_("接受：是一件"), "split": N_("拆开：是两件"), "skip": N_("跳过"), "merge": N_("合并"), "part": N_("拆分")}
FIELDS = {"number": N_("编号"), "day": N_("最早日期"), "accepted_on": N_("受理"), "closed_on": N_("办结"), "category": N_("类别"), "county": N_("县"),
          "town": N_("乡镇"), "village": N_("村（社区）"), "place": N_("地点"), "title": N_("事由"), "summary": N_("内容"),
          "people": N_("人数"), "amount": N_("金额（元）"), "owner": N_("主责"), "parties": N_("当事人"), "code": N_("所在事项")}  # fmt: skip


def signal(key: str) -> str:
    """Name of a signal."""
    return pick(*SIGNALS[key]) if key in SIGNALS else key


def level(key: str, found: str) -> str:
    """How far two records agree in a signal."""
    words = LEVELS.get(key, {}).get(found)
    return pick(*words) if words else found


def bits(weight: float) -> str:
    """A weight with its sign."""
    return fmt.signed(weight, 1)


def score(value: float) -> str:
    """A score, never rounded up: 0.9996 in doubt is not 1."""
    return f"{int(value * 1000) / 1000:.3f}"


def verdict(pair: Pair) -> str:
    """What the score means, in a sentence that names both thresholds."""
    line = pair.line
    said = {"w": bits(line.weight), "p": score(line.score), "a": score(pair.doubt), "b": score(pair.sure)}
    if line.score >= pair.sure:
        return t("权重合计 {w}，折算 {p}，不低于 {b}：自动关联。", **said)
    return t("权重合计 {w}，折算 {p}，在 {a} 与 {b} 之间，须人工判断。", **said)


def decided(d: DecisionLine) -> str:
    """Who decided what, when and why."""
    line = f"{fmt.moment(d.at)} {d.by} {t(VERDICTS[d.verdict])}"
    line += f"：{d.why}" if d.why else ""
    return line + (t("（{by} {at} 撤销）", by=d.undone_by, at=fmt.moment(d.undone_at)) if d.undone_by else "")


def refused(error: Refused) -> str:
    """Why a decision was not taken."""
    if error.reason == "apart":
        return t("没有合到一起：先前的拆开决定（第 {n} 号）要求它们分开。先撤销那个决定，再来接受。", n=error.what)
    return {"why": t("请写明理由。"), "one_matter": t("它们已经是一件。")}.get(error.reason, t("这一步现在不能做。"))
