"""What the proposer knows of words: column names and values in Chinese, English and the initials of Chinese words."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Head(NamedTuple):
    """How a field's column may be called: Chinese words in it, English words of it, initials that it is."""

    zh: str
    en: str
    initials: str


# Dates: what the day is of. A column that has only 日期 or date in its name is placed by the order of its values.
DATES: dict[str, Head] = {
    "revised_at": Head("更新|修改|变更时间|最后操作|同步时间", "updated|modified|changed|revised", "(zh)?gx(sj|rq)|xg(sj|rq)"),
    "due_on": Head("截止|期限|时限|限办|应办结|应结|到期|限期", "due|deadline|expires?", "(jz|dq|xb|sx)(rq|sj)"),
    "closed_on": Head(
        "办结|结案|完结|答复|回复|关闭|终结|结束|归档|销号|完成|审结|调结|整改到位", "closed|finished|resolved|completed|ended|replied|answered",
        "(bj|ja|wj|js|df|hf|gd|wc)(rq|sj)",
    ),
    "handled_on": Head(
        "分流|交办|派单|派发|转办|处警|出警|首次|开始调解|调解开始|签收|指派|调度", "handled|dispatched|assigned|responded|arrived|started",
        "(fl|cj|zb|pd|jb|zp|qs)(rq|sj)",
    ),
    "accepted_on": Head("受理", "accepted|admitted", "sl(rq|sj)"),
    "happened_at": Head(
        "发生|接警|报警|事发|案发|起火|接报|发案|呼叫|来电|检查", "happened|occurred|incident|event|call|called|alarm",
        "(jj|fs|fa|sf|bj|jc)(sj|rq)",
    ),
    "registered_on": Head(
        "登记|立案|来信|来访|留言|创建|录入|上报|提交|填报|收件|收案|投诉|信访|诉求|申请|举报|反映|工单|报送",
        "registered|created|filed|submitted|received|reported|opened|logged|posted", "(dj|la|lx|ly|lr|sb|tj|ts|xf|sq|cj|sj)(rq|sj)",
    ),
}  # fmt: skip
DATE_LIKE = Head("日期|时间|年月日|日$", "date|time|at|on|day|timestamp", ".*(rq|sj)")

KEY = Head(
    "编号|案号|单号|文号|序列|标识|流水|编码|主键|号$", "id|no|number|key|code|uuid|guid", ".*(bh|ah|bs|lsh|xh|dh)|id"
)
RUNNING = Head("序号|行号|^序$", "index|seq|row|serial", "xh")
COUNT = Head("人数|人次|涉及人|涉事人", "people|persons|headcount|participants", "(sj|sa)?r[sc]")
MONEY = Head(
    "金额|标的|损失|价款|赔偿额|欠薪|工资款|费用|诉求额",
    "amount|claim|loss|value|sum|money|damage",
    "(bd|sj|sa|ss|pc)?je|bde|zjss|bdje",
)
LON = Head("经度|东经", "lon|lng|longitude|x", "jd|zbx|x(zb)?")
LAT = Head("纬度|北纬", "lat|latitude|y", "wd|zby|y(zb)?")
COUNTY = Head("区县|县区|县市|所属县|所在县|辖区|区划名|^县$", "county|district", "(ss)?q?x(q|s)?mc|qx|xq|xsq")
TOWN = Head("乡镇|街道|镇街|乡街", "town|township|street|subdistrict", "xz(jd)?|xzmc|jdmc|zj|ssxz")
VILLAGE = Head("村居|社区|村名|村组|^村$|村（", "village|community", "sq|cj|cmc|sqmc")
PLACE = Head(
    "地址|地点|属地|位置|住所|发生地|事发地|所在地|住址", "address|place|location|site", "(sf|fs|xx|sj)?(dz|dd)|zz|ssd"
)
CODE = Head(
    "区划|地区代码|行政代码|辖区代码|区域代码|编码|法院代码",
    "area|region|adcode|division|court",
    "xz(qh)?(dm|bm)?|xzqh|qh(dm|bm)?|.*dm",
)
OWNER = Head(
    "责任|主办|承办|办理单位|管辖|负责|处理单位|办理部门|调委会|受理单位|牵头|主责|派出所|经办单位|法院|医疗机构",
    "owner|department|dept|agency|office|unit|responsible|facility|organisation|organization", "(zb|cb|zr|gx|bl|sl|cl)(dw|bm)|fymc|dwmc",
)  # fmt: skip
TITLE = Head("标题|主题|事由|案由|题目|名称|事项", "title|subject|topic|cause|headline", "bt|zt|sy|ay(mc)?|sx|tm|mc")
SUMMARY = Head(
    "内容|概述|详情|简况|描述|简介|情况|备注|经过|诉求$|说明|摘要",
    "summary|content|description|details?|text|body|remarks?|note|desc",
    "nr|ms|jj|jk|bz|.*nr|gk",
)
CATEGORY = Head(
    "类别|类型|分类|种类|案由|性质|纠纷类",
    "category|type|kind|class|cause|sort",
    "l[xb]|.*l[xb]|ay(mc)?|.*fl|.*xl|.*dl|xz",
)
OUTCOME = Head(
    "结果|结案方式|办理情况|状态|处置|调解结果|是否办结|是否化解|进度",
    "outcome|result|status|state|disposition",
    "bjjg|jafs|cjjg|zt|.*jg|blzt|czzt",
)
STAGE = Head("阶段|环节|流程|节点", "stage|phase|step", "jd(_?dm)?|hj|jdmc")
CHANNEL = Head("渠道|来源|形式|途径|方式|受理方式", "channel|source|via|origin", "qd|ly|xs|.*(qd|ly|xs)")
SATISFIED = Head("满意|评价|回访|测评", "satisfied|satisfaction|feedback|rating|rated", "hf|my(d)?|pj")
ESCALATED = Head("提级|升级", "escalated", "tj|sj")
DELETED = Head("作废|删除|撤销|有效|注销", "deleted|removed|void|cancelled|valid|active", "zf|sc(bz)?|yx(bz)?|.*scbz")
DISPUTE = Head("涉纠纷|是否纠纷|纠纷标志", "dispute|isdispute", "sjf|jf(bz)?")
PERSON = Head(
    "姓名|申请人|信访人|联系人|报警人|报案人|原告|被告|当事人|投诉人|举报人|来访人|反映人|诉求人|患者|业主|申诉人|代表人|来电人|户主",
    "name|applicant|person|contact|caller|complainant|plaintiff|defendant|patient", "xm|.*xm|b?sqr|xfr|lxr|bjr|dsr|yg|bg|tsr|hz",
)  # fmt: skip
STAFF = Head(
    "承办人|经办人|接待人|登记人|录入人|调解员|处警员|民警|法官|操作人|负责人|审核人|用户",
    "operator|officer|judge|mediator|clerk|staff|user",
    "cbr|jbr|lrr|djr|tjy|czr",
)
NUMBER_OF_ID = Head("身份证|证件号|信用代码|证号", "idno|idcard|idnumber|identity|ssn", ".*(sfz|zjhm|sfzh)|sfzhm|zjh")
PHONE = Head("电话|手机|联系方式", "phone|mobile|tel|telephone|cell", ".*(dh|sj|lxdh|sjhm|lxfs)")

ROLES: tuple[tuple[str, str], ...] = (
    ("respondent", "被申请|被告|被投诉|被反映|被诉|被举报|对方|乙方|bsqr|^bg|btsr|respondent|defendant"),
    (
        "applicant",
        "申请|原告|投诉|信访|来访|反映|报警|报案|诉求|举报|来电|甲方|患者|sqr|^yg|^xfr|^bjr|tsr|applicant|plaintiff|caller|complainant|patient",
    ),
)
ROLE_VALUES: tuple[tuple[str, str], ...] = (
    ("respondent", "被|对方|乙方|respondent|defendant|hospital|employer"),
    ("applicant", "原告|申请|投诉|信访|甲方|患者|applicant|plaintiff|patient|claimant|complainant"),
)

# Values → the domain's codes; the first word that fits decides, so negations and particulars stand first.
OUTCOMES: tuple[tuple[str, str], ...] = (
    ("", "处理中|办理中|未办结|在办|调解中|待|进行|受理中|跟踪|整改中|processing|pending|^open|waiting|mediating|progress"),
    ("unresolved", "未化解|未解决|未达成|失败|不成功|不成|未成|终止|拒绝|fail|unresolved|rejected"),
    ("withdrawn", "撤回|撤诉|撤销|撤案|放弃|withdrawn|cancel"),
    ("transferred", "转|移送|不予受理|不予立案|移交|诉讼|transfer|litigation|referred"),
    ("resolved", "化解|解决|达成|成功|调撤|履行|办结|结案|完结|完成|已整改|判决|裁定|调解|答复|已处理|success|resolved|settled|closed|done|complete"),
)  # fmt: skip
STAGES: tuple[tuple[str, str], ...] = (
    ("pending", "待受理|未受理|pending|new"),
    ("accepted", "待分流|已受理|受理|accepted"),
    ("pretrial", "诉前|pretrial"),
    ("confirming", "确认|confirm"),
    ("litigation", "诉讼|litigation"),
    ("escalated", "提级|escalat"),
    ("mediating", "调解|mediat"),
    ("dispatched", "分流|交办|派单|dispatch|assigned"),
    ("closed", "办结|结案|完结|归档|closed|done"),
)
CHANNELS: tuple[tuple[str, str], ...] = (
    ("entrusted", "法院|委托|委派|诉前|court|entrust"),
    ("assigned", "领导|交办|批示|督办|上级|leader|assigned"),
    ("reported", "乡镇|部门|报送|网格|排查|上报|街道|移送|report"),
    (
        "visit",
        "来信|来访|网上|网络|电话|来电|走访|小程序|微信|上门|群众|窗口|自行|热线|app|visit|letter|phone|online|web|wechat|hotline",
    ),
)
RATINGS: tuple[tuple[str, str], ...] = (
    ("", "未评|未回访|无|弃权|none|unrated|n/a"),
    ("false", "不满意|差|bad|dissatisfied|unsatisfied|poor"),
    ("true", "满意|好评|good|satisfied|great"),
)
KINDS: tuple[tuple[str, str], ...] = (("hazard", "隐患|hazard"), ("incident", "火灾|消防|救援|fire|incident"))
# 110 calls: what is a dispute becomes a matter, the rest is context on the map.
CALLS: tuple[tuple[str, str], ...] = (
    ("false", "纠纷|矛盾|dispute|quarrel"),
    (
        "true",
        "违法犯罪|刑事|治安|交通|消防|火警|求助|咨询|举报|骚扰|重复|无效|其他|crime|traffic|help|repeat|invalid|ems|other",
    ),
)
TRUE = frozenset({"1", "true", "是", "y", "yes", "有", "t", "已删除", "作废", "已作废", "已撤销", "删除"})
FALSE = frozenset({"0", "false", "否", "n", "no", "无", "f", "正常", "有效"})
UNITS = frozenset({"元", "万元", "亿元", "万", "亿"})

CATEGORIES: tuple[tuple[str, str], ...] = (
    ("劳务者受害", "06"), ("医", "13"), ("卫生", "13"), ("患者", "13"), ("手术", "13"), ("medical", "13"), ("surgery", "13"), ("diagnos", "13"),
    ("medication", "13"), ("交通事故", "14"), ("道路交通", "14"), ("交通运输", "14"), ("机动车", "14"), ("交通", "14"), ("traffic", "14"),
    ("vehicle", "14"), ("婚", "01"), ("抚养", "01"), ("扶养", "01"), ("赡养", "01"), ("继承", "01"), ("遗嘱", "01"), ("遗赠", "01"), ("收养", "01"),
    ("监护", "01"), ("同居", "01"), ("析产", "01"), ("探望", "01"), ("家庭", "01"), ("彩礼", "01"), ("marriage", "01"), ("divorce", "01"),
    ("family", "01"), ("物业", "15"), ("业主", "15"), ("区分所有权", "15"), ("property management", "15"), ("相邻", "02"), ("邻里", "02"),
    ("邻居", "02"), ("neighbo", "02"), ("拖欠", "10"), ("欠薪", "10"), ("讨薪", "10"), ("工资", "10"), ("工伤", "10"), ("劳动", "10"), ("劳务", "10"),
    ("劳资", "10"), ("社会保险", "10"), ("社保", "10"), ("人事", "10"), ("用工", "10"), ("labo", "10"), ("wage", "10"), ("employ", "10"),
    ("网络", "17"), ("网购", "17"), ("电子商务", "17"), ("互联网", "17"), ("internet", "17"), ("online shop", "17"), ("著作权", "16"), ("专利", "16"),
    ("商标", "16"), ("知识产权", "16"), ("不正当竞争", "16"), ("商业秘密", "16"), ("intellectual", "16"), ("copyright", "16"), ("旅游", "11"),
    ("景区", "11"), ("旅行", "11"), ("touris", "11"), ("travel", "11"), ("拆迁", "08"), ("征收", "08"), ("征用", "08"), ("征地", "08"),
    ("安置", "08"), ("demolition", "08"), ("expropriat", "08"), ("承包地", "07"), ("土地承包", "07"), ("林业", "07"), ("林木", "07"), ("林地", "07"),
    ("山林", "07"), ("土地经营", "07"), ("水利", "07"), ("forest", "07"), ("宅基地", "03"), ("房屋", "03"), ("商品房", "03"), ("房地产", "03"),
    ("房产", "03"), ("住房", "03"), ("城乡建设", "03"), ("建设用地", "03"), ("居住权", "03"), ("housing", "03"), ("homestead", "03"), ("土地", "07"),
    ("land", "07"), ("教育", "19"), ("学校", "19"), ("校园", "19"), ("培训", "19"), ("涉校", "19"), ("涉教", "19"), ("school", "19"), ("educat", "19"),
    ("环境", "09"), ("环保", "09"), ("污染", "09"), ("噪声", "09"), ("噪音", "09"), ("pollut", "09"), ("environment", "09"), ("noise", "09"),
    ("借贷", "18"), ("借款", "18"), ("信用卡", "18"), ("金融", "18"), ("保险", "18"), ("保证合同", "18"), ("追偿", "18"), ("抵押", "18"), ("质押", "18"),
    ("票据", "18"), ("储蓄", "18"), ("典当", "18"), ("保理", "18"), ("融资", "18"), ("集资", "18"), ("贷款", "18"), ("债务", "18"), ("债权", "18"),
    ("loan", "18"), ("financ", "18"), ("debt", "18"), ("消费", "12"), ("产品责任", "12"), ("餐饮", "12"), ("食品", "12"), ("预付", "12"), ("市场监管", "12"),
    ("商贸", "12"), ("consum", "12"), ("公司", "05"), ("股东", "05"), ("股权", "05"), ("合伙", "05"), ("联营", "05"), ("企业", "05"), ("经营", "05"),
    ("破产", "05"), ("生产", "05"), ("business", "05"), ("损害", "06"), ("侵权", "06"), ("健康权", "06"), ("生命权", "06"), ("饲养", "06"),
    ("人身", "06"), ("赔偿", "06"), ("伤害", "06"), ("injur", "06"), ("damage", "06"), ("合同", "04"), ("经济", "04"), ("买卖", "04"), ("租赁", "04"),
    ("工程", "04"), ("contract", "04"), ("其他", "99"), ("其它", "99"), ("other", "99"),
)  # fmt: skip

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_BRACKETS = re.compile(r"[（(\[【].*?[）)\]】]")


def plain(name: str) -> str:
    """A column name without widths, spaces, brackets and what they hold."""
    text = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s:：*]+", "", _BRACKETS.sub("", text)) or text


def called(head: Head, name: str) -> float:
    """How well a column's name fits: 1 its last part is such a word, 0.7 it holds one, 0 not at all."""
    whole = plain(name)
    last = whole.rsplit(".", 1)[-1]
    if re.search(r"[\u4e00-\u9fff]", last):
        found = list(re.finditer(head.zh, last))
        return 0.0 if not found else 1.0 if found[-1].end() >= len(last) - 2 or found[0].start() == 0 else 0.8
    words = [w.lower() for w in _CAMEL.findall(last)]
    if re.fullmatch(head.initials, last.lower().replace("_", "")) or re.fullmatch(head.initials, last.lower()):
        return 0.9
    english = [w for w in words if re.fullmatch(head.en, w)] or re.fullmatch(head.en, "".join(words))
    if english:
        return 1.0
    above = [w.lower() for w in _CAMEL.findall(whole)]
    return 0.6 if any(re.fullmatch(head.en, w) for w in above) else 0.0


def meaning(table: tuple[tuple[str, str], ...], value: str) -> str | None:
    """The code of the first pattern that a value holds; None when none does."""
    low = value.strip().lower()
    return next((code for code, pattern in table if re.search(pattern, low)), None)


def category_of(value: str) -> str | None:
    """The category that a name of a kind of dispute points to; None when no known word is in it."""
    low = value.strip().lower()
    return next((code for word, code in CATEGORIES if word in low), None)
