"""Small sources of the further agencies, each in its own shape, with what must become of every row written by hand."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from tests.connectors.loopback import Asked, Told, source
from tests.connectors.samples_base import (
    GCJ,
    LI,
    LI_ID,
    LI_PHONE,
    TRUE,
    WANG,
    WANG_ID,
    WANG_PHONE,
    Sample,
    age,
    ms,
    paged,
    table,
)

Rows = list[dict[str, Any]]
Page = Callable[[str, int, int], Rows]


@contextmanager
def procuratorate(folder: Path) -> Iterator[Sample]:
    """A view, days with slashes."""

    def case(number: int, **changes: Any) -> dict[str, Any]:
        row = {
            "TYSAH": f"JC360902202600000{number}", "BMSAH": f"赣袁检民支〔2026〕{number}号", "AJLB": "10", "AYDM": "3001", "AJMC": "拖欠工资支持起诉",
            "AQZY": f"{WANG}申请支持起诉。立案案号：(2026)赣0902民初7号，已沟通。", "CBDW": "袁州区人民检察院", "CBR": LI, "DWBM": "360902",
            "FAD": "袁州区彬江镇", "SQR": WANG, "SQRZJ": WANG_ID, "SQRDH": WANG_PHONE, "BSQR": "宜春鑫某劳务有限公司", "BSQRZJ": "", "SARS": "3",
            "SARQ": "2026/01/05", "SLRQ": "2026/01/08", "BJRQ": None, "CLJG": None, "SFYX": "Y", "XGSJ": f"2026/01/08 10:00:0{number}",
        }  # fmt: skip
        return {**row, **changes}

    rows = [case(1), case(2, BJRQ="2026/01/20", CLJG="1", AYDM="3005"), case(3, SFYX="N"), case(4, TYSAH=None), case(5, SARQ="2026/02/30"),
            case(6, AJLB="77"), case(7, SARS="十来人"), case(8, SLRQ=None), case(9, AYDM="3999")]  # fmt: skip
    yield Sample(
        "procuratorate", {"YIZHAN_PROCURATORATE_URL": table(folder / "jc.sqlite3", "v_jc_ms", rows)}, len(rows),
        {
            "JC3609022026000001": {
                "kind": "procuratorial", "number": "赣袁检民支(2026)1号", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 8),
                "handled_on": date(2026, 1, 8), "category": "10", "people": 3, "area_code": "360902", "refs": ["(2026)赣0902民初7号"],
                "revised_at": datetime(2026, 1, 8, 10, 0, 1), "owner": "袁州区人民检察院", "closed_on": None,
            },
            "JC3609022026000002": {"closed_on": date(2026, 1, 20), "outcome": "resolved", "category": "09"},
            "JC3609022026000003": {},
            "JC3609022026000008": {"accepted_on": None},
        },
        {"JC3609022026000003"}, Counter(missing_required=1, bad_date=1, unknown_value=2, bad_number=1),
    )  # fmt: skip


_JUSTICE = ("序号", "案件编号", "卷宗号", "调委会", "登记日期", "受理日期", "案件来源", "纠纷类型", "纠纷简要情况", "申请人", "申请人证件号", "申请人电话",
            "被申请人", "涉及人数", "涉及金额（万元）", "发生地", "调解结果", "协议或终止日期", "当事人评价")  # fmt: skip


def _mediation(number: int, **changes: Any) -> list[Any]:
    row = dict.fromkeys(_JUSTICE, "") | {
        "序号": number, "案件编号": f"RM360923202600000{number}", "卷宗号": f"〔2026〕上人调{number}号", "调委会": "泗溪镇人民调解委员会",
        "登记日期": "2026年1月5日", "受理日期": "2026年1月6日", "案件来源": "公安移送", "纠纷类型": "邻里纠纷",
        "纠纷简要情况": f"{WANG}与{LI}因排水沟发生纠纷，要求清理。警情编号JJ20260105000123号，双方愿意调解。", "申请人": WANG, "申请人证件号": WANG_ID,
        "申请人电话": WANG_PHONE, "被申请人": LI, "涉及人数": "3人", "涉及金额（万元）": "1.25", "发生地": "上高县泗溪镇曾家村", "调解结果": "调解中",
    }  # fmt: skip
    return list((row | changes).values())


@contextmanager
def justice(folder: Path) -> Iterator[Sample]:
    """Two monthly workbooks; the second ends a mediation of the first."""
    folder.mkdir()
    first = [_mediation(1), _mediation(2, 纠纷类型="其他纠纷", 受理日期="", 涉及人数=5), _mediation(3, 案件编号=""), _mediation(4, 登记日期="2026年2月30日"),
             _mediation(5, 纠纷类型="太空纠纷"), _mediation(6, 涉及人数="三五来人"), _mediation(7, 申请人证件号=999000197001010000.0)]  # fmt: skip
    second = [_mediation(1, 调解结果="达成协议", 协议或终止日期="2026年1月30日", 当事人评价="较满意")]
    for month, rows in ((1, first), (2, second)):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "登记表"
        sheet.append([f"人民调解案件登记表（2026年{month}月）"])
        sheet.merge_cells("A1:S1")
        sheet.append(["填报单位：市司法局"])
        for row in (list(_JUSTICE), *rows):
            sheet.append(row)
        book.save(folder / f"人民调解案件登记表_2026年{month:02d}月.xlsx")
    age(folder)
    yield Sample(
        "justice", {"YIZHAN_JUSTICE_DIR": str(folder)}, len(first) + len(second),
        {
            "RM3609232026000001": {
                "kind": "mediation", "number": "(2026)上人调1号", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 6),
                "closed_on": date(2026, 1, 30), "outcome": "resolved", "satisfied": True, "category": "02", "people": 3, "amount": 12500.0,
                "refs": ["JJ20260105000123"], "owner": "泗溪镇人民调解委员会",
            },
            "RM3609232026000002": {"accepted_on": None, "category": "99", "people": 5, "stage": None, "outcome": None},
        },
        set(), Counter(missing_required=1, bad_date=1, unknown_value=1, bad_number=1, rounded_number=1),
    )  # fmt: skip


@contextmanager
def cyberspace(folder: Path) -> Iterator[Sample]:
    """Pages counted from 0, the last one not full."""

    def message(number: int, **changes: Any) -> dict[str, Any]:
        row = {
            "msgId": f"WM20260105-001{number}", "platform": "微博", "sort": "舆情", "topic": "小区物业", "title": "小区停车费上涨",
            "content": f"网友{WANG}发帖：小区停车费上涨。12345工单GD20260105-00012，未回复。", "isDispute": True,
            "author": {"name": WANG, "mobile": WANG_PHONE}, "participants": 6, "heat": 900, "region": {"county": "上高县", "street": "泗溪镇"},
            "address": "上高县泗溪镇曾家村", "dept": "上高县住建局", "publishedAt": "2026-01-05T08:09:10+08:00", "acceptedAt": "2026-01-06T09:00:00+08:00",
            "repliedAt": None, "result": None, "updatedAt": f"2026-01-06T09:00:1{number}+08:00", "removed": False,
        }  # fmt: skip
        return {**row, **changes}

    rows = [message(1), message(2, isDispute=False, topic="其他"), message(3, removed=True), message(4, msgId=None), message(5, topic="外星"),
            message(6, publishedAt="2026-02-30T08:00:00+08:00"), message(7, participants="上百人"),
            message(8, repliedAt="2026-01-09T10:00:00+08:00", result="已解决", publishedAt="2026-01-05T17:30:00Z")]  # fmt: skip

    def answer(asked: Asked) -> Told:
        if asked.headers.get("authorization") != "Bearer t0ken":
            return Told({"status": "denied"}, 401)
        page, size = int(asked.query["pageNo"]), int(asked.query["pageSize"])
        since = asked.query["updatedAfter"].replace(" ", "T")
        return Told({"status": "ok", "payload": {"list": paged(rows, "updatedAt")(since, page * size, size)}})

    with source(answer) as running:
        yield Sample(
            "cyberspace", {"YIZHAN_CYBERSPACE_URL": running.url, "YIZHAN_CYBERSPACE_TOKEN": "t0ken"}, len(rows),
            {
                "WM20260105-0011": {
                    "kind": "message", "happened_at": datetime(2026, 1, 5, 8, 9, 10), "accepted_on": date(2026, 1, 6), "category": "15", "context": False,
                    "people": 6, "county_name": "上高县", "town_name": "泗溪镇", "refs": ["GD20260105-00012"], "closed_on": None,
                },
                "WM20260105-0012": {"context": True, "category": "99"},
                "WM20260105-0013": {},
                "WM20260105-0018": {"closed_on": date(2026, 1, 9), "outcome": "resolved", "happened_at": datetime(2026, 1, 6, 1, 30)},
            },
            {"WM20260105-0013"}, Counter(missing_required=1, unknown_value=1, bad_date=1, bad_number=1), source=running,
        )  # fmt: skip


_EMERGENCY = ("编号", "行业", "发生时间", "受理日期", "县市区", "乡镇街道", "地点", "经度", "纬度", "伤亡人数", "涉及人数", "损失元", "是否引发争议", "简况",
              "处置进展", "办结日期", "联系人", "联系电话", "责任单位")  # fmt: skip


def _accident(number: int, **changes: str) -> str:
    row = dict.fromkeys(_EMERGENCY, "") | {
        "编号": f"AQ20260105-000{number}", "行业": "建筑施工", "发生时间": "2026.01.05 15:04", "受理日期": "2026.01.06", "县市区": "上高县",
        "乡镇街道": "泗溪镇", "地点": "曾家村工地", "经度": str(TRUE[0]), "纬度": str(TRUE[1]), "伤亡人数": "1", "涉及人数": "6", "损失元": "12,500",
        "是否引发争议": "是", "简况": f"{WANG}受伤待遇协商。见 MT-0923-26-000123", "处置进展": "处置中", "联系人": WANG, "联系电话": WANG_PHONE,
        "责任单位": "上高县应急管理局",
    }  # fmt: skip
    return "|".join((row | changes).values())


@contextmanager
def emergency(folder: Path) -> Iterator[Sample]:
    """Two weekly files parted by bars."""
    folder.mkdir()
    for name, lines in {
        "20260105": [_accident(1), _accident(2, 是否引发争议="否", 行业="自然灾害", 经度="", 纬度=""), _accident(3) + "|多一列", _accident(4, 编号="")],
        "20260112": [_accident(1, 处置进展="已化解", 办结日期="2026.01.14"), _accident(5, 行业="航天发射"), _accident(6, 发生时间="2026.02.30 10:00"),
                     _accident(7, 涉及人数="十来人")],
    }.items():  # fmt: skip
        (folder / f"应急事项_{name}.txt").write_bytes("\r\n".join(["|".join(_EMERGENCY), *lines, ""]).encode("gb18030"))
    age(folder)
    yield Sample(
        "emergency", {"YIZHAN_EMERGENCY_DIR": str(folder)}, 8,
        {
            "AQ20260105-0001": {
                "kind": "accident", "happened_at": datetime(2026, 1, 5, 15, 4), "accepted_on": date(2026, 1, 6), "closed_on": date(2026, 1, 14),
                "outcome": "resolved", "category": "06", "people": 6, "amount": 12500.0, "context": False, "title": "建筑施工事故引发的纠纷",
                "refs": ["MT-0923-26-000123"],
            },
            "AQ20260105-0002": {"context": True, "category": "99", "lon": None, "title": "自然灾害事项"},
        },
        set(), Counter(wrong_columns=1, missing_required=1, unknown_value=1, bad_date=1, bad_number=1), {"AQ20260105-0001": TRUE},
    )  # fmt: skip


_EDUCATION = ("序号", "编号", "学校", "学段", "纠纷类别", "登记日期", "受理日期", "涉及学生数", "诉求金额", "家长姓名", "家长证件号", "家长电话", "县区", "乡镇",
              "地点", "情况说明", "进展", "办结日期", "家长评价")  # fmt: skip


def _school(number: int, **changes: str) -> str:
    row = dict.fromkeys(_EDUCATION, "") | {
        "序号": str(number), "编号": f"JY20260105-000{number}", "学校": "上高县第一学校", "学段": "小学", "纠纷类别": "校园安全", "登记日期": "2026/1/5",
        "受理日期": "2026/1/7", "涉及学生数": "2", "诉求金额": "3000元", "家长姓名": WANG, "家长证件号": WANG_ID, "家长电话": WANG_PHONE, "县区": "上高县",
        "乡镇": "泗溪镇", "地点": "操场", "情况说明": f"课间受伤赔偿，家长{WANG}要求赔偿。12345工单GD20260105-00012，", "进展": "调解中", "家长评价": "未评价",
    }  # fmt: skip
    return ",".join((row | changes).values())


@contextmanager
def education(folder: Path) -> Iterator[Sample]:
    """A monthly file with two lines of title."""
    folder.mkdir()
    lines = [_school(1), _school(2, 进展="已化解", 办结日期="2026/1/20", 家长评价="满意", 纠纷类别="培训退费"), _school(3, 编号=""), _school(4, 登记日期="2026/2/30"),
             _school(5, 纠纷类别="星际教育"), _school(6, 涉及学生数="十来人"), _school(7) + ",多出的一列"]  # fmt: skip
    text = "\n".join(["全市涉校涉教矛盾纠纷月报（2026年1月）", "填报：各县（市、区）教育体育局", ",".join(_EDUCATION), *lines, ""])
    (folder / "涉校涉教纠纷月报_202601.csv").write_bytes(text.encode("utf-8-sig"))
    age(folder)
    yield Sample(
        "education", {"YIZHAN_EDUCATION_DIR": str(folder)}, len(lines),
        {
            "JY20260105-0001": {
                "kind": "school", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 7), "category": "19", "people": 2, "amount": 3000.0,
                "satisfied": None, "owner": "上高县第一学校", "refs": ["GD20260105-00012"], "title": "课间受伤赔偿", "county_name": "上高县",
            },
            "JY20260105-0002": {"closed_on": date(2026, 1, 20), "outcome": "resolved", "satisfied": True},
        },
        set(), Counter(missing_required=1, bad_date=1, unknown_value=1, bad_number=1, wrong_columns=1),
    )  # fmt: skip


@contextmanager
def market(folder: Path) -> Iterator[Sample]:
    """Offsets that nobody counts for us, seconds, and money in fen."""

    def complaint(number: int, **changes: Any) -> dict[str, Any]:
        row = {
            "complaint_no": f"TS360923-2026010500{number}", "business": "complaint", "problem_code": "2010", "problem": "预付卡", "subject": "健身房预付卡退费",
            "detail": f"消费者{WANG}投诉健身房。", "source": "12345转办", "source_no": "GD20260105-00012",
            "consumer": {"name": WANG, "id_card": WANG_ID, "mobile": WANG_PHONE}, "merchant": {"name": "上高某健身服务店"}, "complainants": 4,
            "claim_fen": 128050, "region": "360923103", "address": "上高县泗溪镇", "location": {"lng": GCJ[0], "lat": GCJ[1]},
            "handler": "上高县市场监督管理局", "received_at": ms(2026, 1, 5, 9) // 1000, "accepted_at": ms(2026, 1, 8, 9) // 1000, "ended_at": None,
            "result_code": "", "stars": 0, "changed_at": ms(2026, 1, 8, 9, 0, number) // 1000, "is_void": False,
        }  # fmt: skip
        return {**row, **changes}

    rows = [complaint(1), complaint(2, ended_at=ms(2026, 1, 20, 0, 30) // 1000, result_code="1", stars=5, problem_code="3010", location=None),
            complaint(3, is_void=True), complaint(4, complaint_no=None), complaint(5, problem_code="7777"),
            complaint(6, received_at=ms(1900, 1, 1) // 1000), complaint(7, complainants="十来人"), complaint(8, stars=2, accepted_at=None)]  # fmt: skip
    known = "Basic " + base64.b64encode(b"us3r:p4ss").decode()

    def answer(asked: Asked) -> Told:
        if asked.headers.get("authorization") != known:
            return Told({"ret": 401}, 401)
        found = sorted((r for r in rows if r["changed_at"] >= int(asked.query["changed_since"])), key=lambda r: r["changed_at"])
        start, count = int(asked.query["start"]), int(asked.query["count"])
        return Told({"ret": 0, "total": len(found), "complaints": found[start : start + count]})

    with source(answer) as running:
        yield Sample(
            "market", {"YIZHAN_MARKET_URL": running.url, "YIZHAN_MARKET_USER": "us3r", "YIZHAN_MARKET_PASSWORD": "p4ss"}, len(rows),
            {
                "TS360923-20260105001": {
                    "kind": "complaint", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 8), "category": "12", "people": 4,
                    "amount": 1280.5, "satisfied": None, "refs": ["GD20260105-00012"], "area_code": "360923103", "subcategory": None,
                },
                "TS360923-20260105002": {
                    "closed_on": date(2026, 1, 20), "outcome": "resolved", "satisfied": True, "category": "17", "subcategory": "1701", "lon": None,
                },
                "TS360923-20260105003": {},
                "TS360923-20260105008": {"accepted_on": None, "satisfied": False},
            },
            {"TS360923-20260105003"}, Counter(missing_required=1, unknown_value=1, bad_date=1, bad_number=1), {"TS360923-20260105001": TRUE}, running,
        )  # fmt: skip


@contextmanager
def hotline(folder: Path) -> Iterator[Sample]:
    """Chinese keys, an application code, and tickets with a limit of their own."""

    def ticket(number: int, **changes: Any) -> dict[str, Any]:
        row = {
            "工单编号": f"GD20260105-0001{number}", "来电时间": "2026-01-05 19:42:11", "诉求类型": "投诉", "是否纠纷": "是", "事项分类": "住房保障>小区管理",
            "诉求标题": "小区停车费上涨争议", "诉求内容": f"{WANG}来电反映停车费。110警情JJ20260105000123，请核实。", "诉求人": WANG, "联系电话": WANG_PHONE,
            "涉及人数": 3, "区县": "上高县", "街道乡镇": "泗溪镇", "诉求地址": "上高县泗溪镇曾家村", "经度": GCJ[0], "纬度": GCJ[1], "承办单位": "上高县住建局",
            "受理日期": "2026-01-05", "派单日期": "2026-01-06", "办理时限": "2026-01-27", "办结日期": None, "办理状态": "办理中", "办理结果": None,
            "满意度": "未评价", "更新时间": f"2026-01-06 10:00:0{number}", "作废": "0",
        }  # fmt: skip
        return {**row, **changes}

    rows = [ticket(1), ticket(2, 是否纠纷="否", 事项分类="其他>其他", 办理时限=None, 经度="", 纬度=""), ticket(3, 作废="1"), ticket(4, 工单编号=""),
            ticket(5, 来电时间="2026-02-30 10:00:00"), ticket(6, 办理状态="挂起"), ticket(7, 涉及人数="十来人"),
            ticket(8, 办理状态="已办结", 办结日期="2026-01-12", 办理结果="已解决", 满意度="基本满意"), ticket(9, 事项分类="航天>空间站")]  # fmt: skip

    def answer(asked: Asked) -> Told:
        if asked.headers.get("authorization") != "APPCODE c0de":
            return Told({"code": 401}, 401)
        size, number, since = int(asked.query["pageSize"]), int(asked.query["pageNum"]), asked.query["beginTime"]
        page: Page = paged(rows, "更新时间")
        total = len(page(since, 0, 10**6))
        return Told({"code": 200, "total": total, "pages": -(-total // size), "rows": page(since, (number - 1) * size, size)})

    with source(answer) as running:
        yield Sample(
            "hotline", {"YIZHAN_HOTLINE_URL": running.url, "YIZHAN_HOTLINE_CODE": "c0de"}, len(rows),
            {
                "GD20260105-00011": {
                    "kind": "hotline", "happened_at": datetime(2026, 1, 5, 19, 42, 11), "accepted_on": date(2026, 1, 5), "handled_on": date(2026, 1, 6),
                    "due_on": date(2026, 1, 27), "stage": "dispatched", "category": "15", "context": False, "refs": ["JJ20260105000123"], "people": 3,
                },
                "GD20260105-00012": {"context": True, "due_on": None, "lon": None, "category": "99"},
                "GD20260105-00013": {},
                "GD20260105-00018": {"closed_on": date(2026, 1, 12), "outcome": "resolved", "satisfied": True, "stage": "closed"},
            },
            {"GD20260105-00013"}, Counter(missing_required=1, bad_date=1, unknown_value=2, bad_number=1), {"GD20260105-00011": TRUE}, running,
        )  # fmt: skip


@contextmanager
def online(folder: Path) -> Iterator[Sample]:
    """One list of four sorts of events."""

    def event(number: int, sort: str = "APPLY", **changes: Any) -> dict[str, Any]:
        row: dict[str, Any] = {
            "bizNo": f"ODR20260105-0001{number}", "bizType": sort, "subject": "民间借贷本息争议", "org": {"county": "上高县", "town": "泗溪镇"},
            "gps": {"x": GCJ[0], "y": GCJ[1]}, "submitTime": "20260105101112", "acceptDate": "20260106", "endDate": "", "result": "", "score": "",
            "mediator": "上高县在线调解中心", "apply": None, "session": None, "terminal": None,
            "persons": [{"roleType": "A", "fullName": WANG, "certNo": WANG_ID, "tel": WANG_PHONE},
                        {"roleType": "B", "fullName": LI, "certNo": LI_ID, "tel": LI_PHONE}],
            "updated": f"2026010610000{number}", "void": 0,
        }  # fmt: skip
        if sort in ("APPLY", "CONFIRM"):
            row["apply"] = {"caseType": "JRJD", "content": f"{WANG}申请：要求归还本金。", "way": "小程序", "people": 2, "claim": "1.2500万元", "confirmNo": ""}
            row["apply"] |= changes.pop("apply", {})
        return {**row, **changes}

    rows = [event(1), event(2, "CONFIRM", bizNo="QR20260105-00002", apply={"confirmNo": "(2026)赣0923诉前调确3号"}, endDate="20260120", result="SUCCESS"),
            event(3, void=1), event(4, bizNo=""), event(5, submitTime="20260230101010"), event(6, apply={"caseType": "ZZZZ"}),
            event(7, apply={"people": "十来人"}), event(8, "SESSION", bizNo="CC20260105-00008", session={"room": "1", "minutes": 30, "mode": "视频"}),
            event(9, "TERMINAL", bizNo="ZD3609230001", terminal={"model": "ODR-2", "online": True, "place": "泗溪镇政府"}, persons=[], gps=None)]  # fmt: skip

    def answer(asked: Asked) -> Told:
        if asked.headers.get("x-app-key") != "k3y":
            return Told({"success": "N"}, 401)
        page: Page = paged(rows, "updated")
        at, limit, since = int(asked.query["from"]), int(asked.query["limit"]), asked.query["since"]
        items = page(since, at, limit)
        more = at + len(items) < len(page(since, 0, 10**6))
        return Told({"success": "Y", "data": {"events": items, "next": at + len(items) if more else None}})

    with source(answer) as running:
        yield Sample(
            "online", {"YIZHAN_ONLINE_URL": running.url, "YIZHAN_ONLINE_KEY": "k3y"}, len(rows),
            {
                "ODR20260105-00011": {
                    "kind": "online", "happened_at": datetime(2026, 1, 5, 10, 11, 12), "accepted_on": date(2026, 1, 6), "stage": "mediating",
                    "category": "18", "people": 2, "amount": 12500.0, "context": False, "refs": None,
                },
                "QR20260105-00002": {
                    "kind": "confirmation", "closed_on": date(2026, 1, 20), "outcome": "resolved", "refs": ["(2026)赣0923诉前调确3号"], "stage": "closed",
                },
                "ODR20260105-00013": {},
                "CC20260105-00008": {"kind": "session", "context": True, "category": None},
                "ZD3609230001": {"kind": "terminal", "context": True, "place": "泗溪镇政府", "lon": None},
            },
            {"ODR20260105-00013"}, Counter(missing_required=1, bad_date=1, unknown_value=1, bad_number=1), {"ODR20260105-00011": TRUE}, running,
        )  # fmt: skip


MORE = {"procuratorate": procuratorate, "justice": justice, "cyberspace": cyberspace, "emergency": emergency, "education": education, "market": market,
        "hotline": hotline, "online": online}  # fmt: skip
