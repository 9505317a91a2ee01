"""Words of warning letters: states, steps, colours, hints, refusals, the measured change."""

from __future__ import annotations

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import N_, pick, t
from matters.letters import ANSWERING, COLOURS, DRAFTS, KINDS, STATES, STEPS
from services.letter_shapes import LetterEffect, LetterLine

TABS: dict[str, tuple[str, ...]] = {
    "drafts": DRAFTS, "answer": ANSWERING, "judge": ("replied", "accepted"), "ended": ("closed", "replaced", "discarded"), "all": tuple(STATES),
}  # fmt: skip
TAB_NAMES = {"drafts": N_("在拟"), "answer": N_("待回复"), "judge": N_("待审核"), "ended": N_("已结"), "all": N_("全部")}
HINTS = {
    "edit": N_("每行一条；证据数字不能改，改的是文字"), "submit": N_("送给有权批准的人"), "rework": N_("说明要改什么"), "approve": N_("批准后即可发函"),
    "issue": N_("自动编号；发出后不能再改，只能另发一函替代"), "discard": N_("说明为何不发；草稿留档"), "receipt": N_("收件单位确认收到"),
    "reply": N_("写明采取的措施和结果"), "accept": N_("措施可行；此后办结，并比对件数"), "send_back": N_("说明哪里不够，并给新的期限"),
    "remind": N_("一天只催一次，记入经过"), "close": N_("写下结论；件数变化继续比对"), "replace": N_("另起一稿；新函发出之前，旧函仍然有效"),
    "undo": N_("撤销最近一步，说明原因"), "new": N_("系统按现有数据起草并冻结证据，由人修改、批准"),
}  # fmt: skip
REFUSED = {
    "state": N_("它的状态已经变了，这一步现在不能做。"), "note": N_("请写明理由。"), "measures": N_("请写明措施。"),
    "due_on": N_("期限不能早于今天，也不超过一年。"),
    "title": N_("标题不能空，最多 100 字。"), "addressee": N_("收件单位不能空，最多 100 字。"), "opening": N_("开头不能空，最多 500 字。"),
    "closing": N_("结尾不能空，最多 500 字。"), "laws": N_("依据不能空，最多 1000 字。"), "findings": N_("发现的情况要有 1 至 12 条，每条最多 600 字。"),
    "requests": N_("要求要有 1 至 12 条，每条最多 600 字。"), "category": N_("请选纠纷类别。"), "area": N_("请选地区。"), "kind": N_("请选按部门或按地区。"),
    "colour": N_("请选颜色。"), "first": N_("起始日期不对；一年以内。"), "last": N_("截止日期不对，不能晚于今天。"),
    "replaces": N_("已有一份替代稿，或旧函已不在有效状态。"), "today": N_("今天已经催过。"), "undo": N_("这一步不能撤销。"),
}  # fmt: skip
TONES = {"submitted": "w", "approved": "w", "issued": "w", "received": "w", "sent_back": "a", "replied": "w", "accepted": "d", "closed": "d"}
MORE_STEPS = {"undo": N_("撤销"), "replaced": N_("被替代")}


def state(key: str) -> str:
    """Name of a state."""
    return pick(*STATES[key]) if key in STATES else key


def step(key: str) -> str:
    """Name of a step."""
    return pick(STEPS[key].zh, STEPS[key].en) if key in STEPS else t(MORE_STEPS.get(key, key))


def tag(line: LetterLine) -> el.Node:
    """The state as a plate."""
    return el.Span(state(line.state), f"tag {TONES.get(line.state, '')}".strip())


def colour(key: str) -> el.Node:
    """The colour as a dot and a word."""
    return el.Span([el.I(None, f"lc {key}", aria_hidden="true"), pick(*COLOURS[key])], "nw")


def kind(key: str) -> str:
    """By department or by area."""
    return pick(*KINDS[key])


def title(line: LetterLine) -> str:
    """The title in one line."""
    return line.title.replace("\n", "")


def left(line: LetterLine) -> el.Node:
    """The reply's last day, with what is left of it."""
    if line.due_on is None:
        return el.Span(fmt.NONE, "m")
    day = fmt.day(line.due_on, year=True)
    if line.days_left is None:
        return el.Span(day, "m")
    if line.days_left < 0:
        return el.Span([day, " ", el.B(t("超 {n} 天", n=-line.days_left), "act")], "nw")
    if line.days_left == 0:
        return el.Span([day, " ", el.B(t("今天到期"), "wait")], "nw")
    return el.Span([day, " ", t("剩 {n} 天", n=line.days_left)], "nw")


def verdict(e: LetterEffect) -> tuple[str, str]:
    """The measured change in a sentence, and its tone."""
    if e.verdict == "early":
        return t("发函未满 4 周，还看不出变化"), "m"
    if e.verdict == "none":
        return t("没有足够的其他地区可比，只列件数"), "m"
    if e.verdict == "few" or e.ratio is None or e.expected is None:
        return t("件数太少，不下结论"), "m"
    change, low, high = (fmt.num((x - 1) * 100) if x is not None else "?" for x in (e.ratio, e.low, e.high))
    base = t("发函后 {n} 周共 {a} 件；照本地以往和其他地区的走势，不发函约 {x} 件", n=e.weeks_after, a=fmt.num(e.after), x=fmt.num(e.expected))
    words = {"fell": t("在降"), "rose": t("在升"), "unchanged": t("看不出升降")}[e.verdict]
    range_ = t("（相差 {c}%，95% 区间 {lo}% 至 {hi}%）", c=change, lo=low, hi=high)
    return f"{words} · {base}{range_}", {"fell": "done", "rose": "act"}.get(e.verdict, "m")
