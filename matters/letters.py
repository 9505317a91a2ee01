"""The life of a warning letter (矛盾风险预警提示函): states, steps, who takes them. DOMAIN.md §6; a machine only drafts and reminds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

Side = Literal["office", "addressee"]


class Step(NamedTuple):
    """One step: the states it may be taken in, the state it leads to ('' = stays), the permission, and whose step it is.

    The office's steps are taken at the office's own level: a county neither approves nor judges a letter of the city. `needs` are fields
    that must be given. `undo`: it can be taken back while nothing has followed.
    """

    key: str
    zh: str
    en: str
    sources: tuple[str, ...]
    target: str
    act: str
    side: Side = "office"
    needs: tuple[str, ...] = ()
    undo: bool = False


STATES: dict[str, tuple[str, str]] = {
    "draft": ("拟稿", "Draft"),
    "submitted": ("送审", "For approval"),
    "approved": ("已批准", "Approved"),
    "issued": ("已发出", "Issued"),
    "received": ("已签收", "Received"),
    "replied": ("已回复", "Replied"),
    "sent_back": ("退回重办", "Sent back"),
    "accepted": ("已认可", "Accepted"),
    "closed": ("办结", "Closed"),
    "replaced": ("已被替代", "Replaced"),
    "discarded": ("作废草稿", "Draft dropped"),
}

DRAFTS = ("draft", "submitted", "approved")
ANSWERING = ("issued", "received", "sent_back")  # the clock of the reply runs
ISSUED = (*ANSWERING, "replied", "accepted", "closed", "replaced")  # fixed for ever
IN_FORCE = (*ANSWERING, "replied", "accepted", "closed")

STEPS: dict[str, Step] = {
    s.key: s
    for s in (
        Step("draft", "拟稿", "Draft", (), "draft", "write_letter"),
        Step("edit", "改稿", "Edit", ("draft",), "draft", "write_letter"),
        Step("submit", "送审", "Submit", ("draft",), "submitted", "write_letter", undo=True),
        Step("rework", "退回修改", "Back to the writer", ("submitted", "approved"), "draft", "approve_letter", needs=("note",), undo=True),
        Step("approve", "批准", "Approve", ("submitted",), "approved", "approve_letter", undo=True),
        Step("issue", "发函", "Issue", ("approved",), "issued", "issue_letter"),
        Step("discard", "作废草稿", "Drop the draft", DRAFTS, "discarded", "write_letter", needs=("note",), undo=True),
        Step("receipt", "签收", "Receipt", ("issued",), "received", "answer_letter", "addressee", undo=True),
        Step("reply", "回复", "Reply", ANSWERING, "replied", "answer_letter", "addressee", ("measures",), undo=True),
        Step("accept", "认可", "Accept", ("replied",), "accepted", "judge_letter", undo=True),
        Step("send_back", "退回重办", "Send back", ("replied",), "sent_back", "judge_letter", needs=("note", "due_on"), undo=True),
        Step("remind", "催复", "Remind", ANSWERING, "", "judge_letter"),
        Step("close", "办结", "Close", ("accepted",), "closed", "judge_letter", needs=("note",), undo=True),
        Step("replace", "发函替代", "Replace", IN_FORCE, "", "write_letter", needs=("note",)),
    )
}

# Colours, the gravest first; how many days each gives is a setting.
COLOURS: dict[str, tuple[str, str]] = {"red": ("红色", "Red"), "yellow": ("黄色", "Yellow"), "blue": ("蓝色", "Blue")}
KINDS: dict[str, tuple[str, str]] = {"department": ("部门", "Department"), "area": ("地区", "Area")}


class WrongStep(ValueError):
    """The step cannot be taken: `reason` is state, or the name of a field that is missing or impossible."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def next_state(state: str, key: str) -> str:
    """State after the step; WrongStep('state') if it may not be taken now."""
    if key not in STEPS or state not in STEPS[key].sources:
        raise WrongStep("state")
    return STEPS[key].target or state


def steps_from(state: str) -> list[Step]:
    """The steps that can be taken in a state, in their usual order."""
    return [s for s in STEPS.values() if state in s.sources]


def due(day: date, colour: str, days: dict[str, int]) -> date:
    """The last day for the reply to a letter issued on a day: red the same day, yellow and blue so many days later [one county's rule]."""
    return day + timedelta(days=days[colour])


def number(word: str, year: int, serial: int) -> str:
    """宜平安办函〔2026〕31号."""
    return f"{word}〔{year}〕{serial}号"


# What a letter of a category usually rests on. A draft starts with it; the writer answers for it.
EVERY_LAW = ("《信访工作条例》", "《中华人民共和国人民调解法》")
LAWS: dict[str, tuple[str, ...]] = {
    "01": ("《中华人民共和国反家庭暴力法》", "《中华人民共和国家庭教育促进法》"), "03": ("《中华人民共和国民法典》",), "06": ("《中华人民共和国民法典》",),
    "02": ("《中华人民共和国民法典》",), "04": ("《中华人民共和国民法典》",),
    "07": ("《中华人民共和国农村土地承包经营纠纷调解仲裁法》", "《中华人民共和国森林法》"),
    "08": ("《国有土地上房屋征收与补偿条例》", "《中华人民共和国土地管理法》"), "09": ("《中华人民共和国环境保护法》",),
    "10": ("《保障农民工工资支付条例》", "《中华人民共和国劳动争议调解仲裁法》"), "11": ("《中华人民共和国旅游法》",),
    "12": ("《中华人民共和国消费者权益保护法》",), "13": ("《医疗纠纷预防和处理条例》",), "14": ("《中华人民共和国道路交通安全法》",),
    "15": ("《物业管理条例》", "《中华人民共和国民法典》"), "16": ("《中华人民共和国专利法》", "《中华人民共和国商标法》"),
    "17": ("《中华人民共和国电子商务法》", "《中华人民共和国网络安全法》"), "18": ("《防范和处置非法集资条例》",),
    "19": ("《中华人民共和国未成年人保护法》", "《中华人民共和国教育法》"),
}  # fmt: skip

# The department that usually answers for a category, as the end of its name.
DEPARTMENTS: dict[str, str] = {
    "01": "妇女联合会", "02": "司法局", "03": "自然资源局", "04": "司法局", "05": "工业和信息化局", "06": "司法局", "07": "林业局", "08": "自然资源局",
    "09": "生态环境局", "10": "人力资源和社会保障局", "11": "文化广电旅游局", "12": "市场监督管理局", "13": "卫生健康委员会", "14": "公安局",
    "15": "住房和城乡建设局", "16": "市场监督管理局", "17": "市场监督管理局", "18": "金融工作服务中心", "19": "教育体育局", "99": "司法局",
}  # fmt: skip

REQUESTS: dict[str, tuple[str, ...]] = {
    "10": ("会同公安、住建部门核清欠薪人数、金额和工程款拨付情况，逐案明确责任人。", "督促总承包单位先行清偿，依法动用工资保证金。",
           "对在建工程农民工工资专用账户开展一次全面检查。"),
    "13": ("指导医疗机构逐件核查诊疗过程，引导当事人申请鉴定和人民调解。", "对投诉集中的科室开展一次质量和沟通检查。"),
    "14": ("对事故多发路段开展一次隐患排查。", "督促保险公司按时理赔，推动损害赔偿先行调解。"),
    "15": ("对投诉集中的小区逐一核查收费、维修资金和合同履行情况。", "指导业主委员会和物业企业协商，公开整改时限。"),
    "08": ("逐户核对补偿标准和安置进度，公开结果。", "对久拖未签的户由包案领导上门办理。"),
    "12": ("对投诉集中的经营者开展约谈和执法检查。", "推动预付费经营者公示资金存管情况。"),
}  # fmt: skip
EVERY_REQUEST = ("对所列事项逐件核实，明确办理单位和责任人。", "对同类隐患开展一次排查，防止问题扩大。")
