"""Small sources of the five agencies and the centre, each in its own shape, with what must become of every row written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from tests.connectors.loopback import Asked, Told, source
from tests.connectors.samples_base import (
    BD,
    CLEAR,
    GCJ,
    LI,
    LI_ID,
    LI_PHONE,
    REFS,
    STORY,
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
from tests.connectors.samples_more import MORE

__all__ = ["CLEAR", "SAMPLES", "WANG_ID", "Sample"]

def _case(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "ajbs": f"36090000001234567{number}", "ah": f"（2026）赣0923民初{number}号", "aymc": "相邻关系纠纷", "larq": "2026-01-05", "cxlx": "4",
        "fydm": "0923", "fymc": "上高县人民法院", "jafs": None, "jarq": None, "bdje": "38000.00", "dz": "上高县泗溪镇曾家村", "jj": STORY,
        "dsr": [{"sf": "原告", "xm": WANG, "zjhm": WANG_ID, "lxdh": WANG_PHONE}, {"sf": "被告", "xm": LI, "zjhm": LI_ID, "lxdh": LI_PHONE}],
        "wtdw": None, "zt": "0", "gxsj": f"2026-01-05 10:11:1{number}",
    }  # fmt: skip
    return {**row, **changes}


@contextmanager
def courts(folder: Path) -> Iterator[Sample]:
    """Paged JSON with a token."""
    rows = [
        _case(1),
        _case(2, ah="(2026)赣0923诉前调12号", cxlx="1", jafs="05", jarq="2026-01-09", wtdw="上高县矛盾纠纷多元化解中心", zt="1", aymc="民间借贷纠纷"),
        _case(3, zt="9", larq=None, aymc=None),
        _case(4, ajbs=None),
        _case(5, larq="2026-02-30"),
        _case(6, cxlx="8"),
        _case(7, bdje="三万来块"),
        _case(8, larq="2099-01-01"),
        _case(9, cxlx="2", ah="(2026)赣0923诉前调确3号", jafs="04", jarq="2026-01-20", zt="1"),
    ]
    page = paged(rows, "gxsj")

    def answer(asked: Asked) -> Told:
        if asked.headers.get("authorization") != "Bearer t0ken":
            return Told({"code": 401, "msg": "未授权"}, 401)
        size, number = int(asked.query["size"]), int(asked.query["page"])
        since = asked.query["since"].replace("T", " ")
        total = len(page(since, 0, 10**6))
        records = page(since, (number - 1) * size, size)
        return Told({"code": 0, "msg": "ok", "data": {"total": total, "pages": -(-total // size), "page": number, "records": records}})

    with source(answer) as running:
        yield Sample(
            "courts", {"YIZHAN_COURTS_URL": running.url, "YIZHAN_COURTS_TOKEN": "t0ken"}, len(rows),
            {
                "360900000012345671": {
                    "kind": "filing", "number": "(2026)赣0923民初1号", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 5),
                    "handled_on": date(2026, 1, 5), "closed_on": None, "outcome": None, "stage": "litigation", "category": "02", "channel": None,
                    "title": "相邻关系纠纷", "amount": 38000.0, "area_code": "360923", "place": "上高县泗溪镇曾家村", "refs": REFS,
                    "mediation": None, "revised_at": datetime(2026, 1, 5, 10, 11, 11), "owner": "上高县人民法院",
                },
                "360900000012345672": {
                    "kind": "pretrial", "number": "(2026)赣0923诉前调12号", "closed_on": date(2026, 1, 9), "outcome": "resolved", "mediation": "success",
                    "stage": "closed", "channel": "entrusted", "category": "18", "owner": "上高县矛盾纠纷多元化解中心",
                },
                "360900000012345673": {},
                "360900000012345679": {"kind": "confirmation", "outcome": "resolved", "mediation": None, "stage": "closed"},
            },
            {"360900000012345673"}, Counter(missing_required=1, bad_date=2, unknown_value=1, bad_number=1), source=running,
        )  # fmt: skip


_PETITION = ("信访件编号", "信访形式", "登记日期", "受理日期", "办结日期", "初重件", "信访人", "身份证号", "联系电话", "人数", "问题属地", "内容分类",
             "诉求概述", "办理结果", "满意评价", "责任单位")  # fmt: skip


def petition_book(path: Path, rows: list[list[Any]], title: str = "宜春市信访事项登记台账（2026年第5周）") -> None:
    """A workbook as the petitions office drops it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    sheet.append([title])
    sheet.merge_cells("A1:P1")
    sheet.append(list(_PETITION))
    for row in rows:
        sheet.append(row)
    book.create_sheet("说明").append(["本台账每周汇总，请勿外传。"])
    book.save(path)


def _petition(number: int, **changes: Any) -> list[Any]:
    row = dict.fromkeys(_PETITION)
    row |= {
        "信访件编号": f"XF360923-2026010500{number}", "信访形式": "来访", "登记日期": "2026-1-5", "受理日期": "2026-1-7", "初重件": "初次", "信访人": WANG,
        "身份证号": WANG_ID, "联系电话": WANG_PHONE, "人数": "3人", "问题属地": "上高县泗溪镇曾家村", "内容分类": "劳动社保-拖欠工资",
        "诉求概述": f"{WANG}等反映加工厂拖欠计件工资。详见 JJ20260105000123 及本件 XF360923-2026010500{number}。", "责任单位": "上高县人社局",
    }  # fmt: skip
    return list((row | changes).values())


@contextmanager
def petitions(folder: Path) -> Iterator[Sample]:
    """Two weekly workbooks; the second closes a petition of the first."""
    folder.mkdir()
    first = [
        _petition(1),
        _petition(2, 登记日期=date(2026, 1, 6), 受理日期=None, 责任单位=None, 人数=5, 内容分类="城乡建设-征地拆迁", 信访形式="网上"),
        _petition(3, 信访件编号=None),
        _petition(4, 登记日期="1900-1-1"),
        _petition(5, 内容分类="航天-空间站"),
        _petition(6, 人数="三五来人"),
        _petition(7, 身份证号=360923198001011234),
    ]
    second = [_petition(1, 办结日期="2026-1-30", 办理结果="已化解", 满意评价="基本满意")]
    petition_book(folder / "信访台账_2026年第02周.xlsx", first)
    petition_book(folder / "信访台账_2026年第05周.xlsx", second)
    (folder / "信访台账_2026年第06周.xlsx.part").write_bytes(b"PK half")
    (folder / "~$信访台账_2026年第05周.xlsx").write_bytes(b"lock")
    age(folder)
    yield Sample(
        "petitions", {"YIZHAN_PETITIONS_DIR": str(folder)}, len(first) + len(second),
        {
            "XF360923-20260105001": {
                "kind": "petition", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 7), "handled_on": date(2026, 1, 7),
                "closed_on": date(2026, 1, 30), "outcome": "resolved", "satisfied": True, "people": 3, "category": "10", "subcategory": "1001",
                "channel": "visit", "place": "上高县泗溪镇曾家村", "owner": "上高县人社局", "refs": ["JJ20260105000123"],
            },
            "XF360923-20260105002": {
                "registered_on": date(2026, 1, 6), "accepted_on": None, "handled_on": None, "people": 5, "category": "08", "subcategory": None,
                "satisfied": None, "outcome": None,
            },
        },
        set(), Counter(missing_required=1, bad_date=1, unknown_value=1, bad_number=1, rounded_number=1),
    )  # fmt: skip


def _call(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "JJBH": f"JJ2026010500000{number}", "JJSJ": "20260105194211", "BJLB": "30", "BJXL": "3002", "SFDZ": "上高县泗溪镇曾家村", "JD": GCJ[0],
        "WD": GCJ[1], "XZQH": "360923", "GXDW": "泗溪派出所", "CJJG": None, "CJSJ": None, "BJRXM": WANG, "BJDH": WANG_PHONE,
        "BJNR": f"{WANG}报警称与邻居争执。曾信访 XF360923-20260104001。", "GXSJ": f"2026010520150{number}", "SC": "0",
    }  # fmt: skip
    return {**row, **changes}


@contextmanager
def police(folder: Path) -> Iterator[Sample]:
    """A view in GCJ-02 with every kind of call."""
    rows = [
        _call(1, CJJG="1", CJSJ="20260105201011"),
        _call(2, BJLB="20", BJXL="", JD="0", WD=""),
        _call(3, CJJG="2", CJSJ="20260105201011", BJXL="3004"),
        _call(4, SC="1", JJSJ="", BJLB=""),
        _call(5, JJBH=""),
        _call(6, BJXL="3998"),
        _call(7, JJSJ="20260230194211"),
        _call(8, JD=GCJ[1], WD=GCJ[0]),
    ]
    yield Sample(
        "police", {"YIZHAN_POLICE_URL": table(folder / "police.sqlite3", "v_jq_110", rows)}, len(rows),
        {
            "JJ20260105000001": {
                "kind": "call", "happened_at": datetime(2026, 1, 5, 19, 42, 11), "accepted_on": date(2026, 1, 5), "handled_on": date(2026, 1, 5),
                "closed_on": date(2026, 1, 5), "outcome": "resolved", "category": "02", "context": False, "area_code": "360923",
                "owner": "泗溪派出所", "refs": ["XF360923-20260104001"], "number": "JJ20260105000001",
            },
            "JJ20260105000002": {"context": True, "category": None, "lon": None, "lat": None, "closed_on": None},
            "JJ20260105000003": {"outcome": "transferred", "closed_on": date(2026, 1, 5), "category": "10"},
            "JJ20260105000004": {},
            "JJ20260105000008": {"lon": None, "lat": None, "context": False},
        },
        {"JJ20260105000004"}, Counter(missing_required=1, unknown_value=1, bad_date=1), {"JJ20260105000001": TRUE},
    )  # fmt: skip


_FIRE = ("序号", "编号", "类型", "接警时间", "区县", "乡镇街道", "详细地址", "场所类型", "起火原因", "死亡人数", "重伤人数", "直接损失万元", "经度", "纬度",
         "处置状态", "办结日期", "联系人", "电话", "涉纠纷", "备注")  # fmt: skip


def fire_row(number: int, **changes: str) -> str:
    """One line of the fire brigade's file."""
    row = dict.fromkeys(_FIRE, "")
    row |= {
        "序号": str(number), "编号": f"HZ20260105-012{number}", "类型": "火灾", "接警时间": "2026/1/5 15:04", "区县": "上高县", "乡镇街道": "泗溪镇",
        "详细地址": "曾家村12号", "场所类型": "自建房", "起火原因": "电气线路", "死亡人数": "0", "重伤人数": "0", "直接损失万元": "1.25", "经度": BD[0],
        "纬度": BD[1], "处置状态": "处理中", "联系人": WANG, "电话": WANG_PHONE, "涉纠纷": "是", "备注": f"{WANG}称邻户起火烧毁其房，见 MT-0923-26-000123",
    }  # fmt: skip
    return ",".join((row | changes).values())


def fire_file(path: Path, lines: list[str], bom: bool = False) -> None:
    """A weekly file in GB18030, CRLF."""
    text = "\r\n".join([",".join(_FIRE), *lines, ""])
    path.write_bytes((b"\x84\x31\x95\x33" if bom else b"") + text.encode("gb18030"))


@contextmanager
def fire(folder: Path) -> Iterator[Sample]:
    """Two weekly files, one of them with a byte order mark."""
    folder.mkdir()
    fire_file(folder / "消防警情_20260105-20260111.csv", [
        fire_row(1),
        fire_row(2, 类型="隐患", 场所类型="住宅小区", 处置状态="已办结", 办结日期="2026/1/9", 起火原因="", 直接损失万元=""),
        fire_row(3, 涉纠纷="否"),
        fire_row(4) + ",多一列",
        fire_row(5, 编号=""),
    ])  # fmt: skip
    fire_file(folder / "消防警情_20260112-20260118.csv", [
        fire_row(6, 直接损失万元="一万多"), fire_row(7, 接警时间="2026/2/30 15:04"), fire_row(8, 类型="演习"), fire_row(9, 类型="隐患", 场所类型="厂房"),
    ], bom=True)  # fmt: skip
    age(folder)
    yield Sample(
        "fire", {"YIZHAN_FIRE_DIR": str(folder)}, 9,
        {
            "HZ20260105-0121": {
                "kind": "incident", "happened_at": datetime(2026, 1, 5, 15, 4), "category": "06", "context": False, "amount": 12500.0,
                "county_name": "上高县", "town_name": "泗溪镇", "place": "曾家村12号", "closed_on": None, "outcome": None,
                "refs": ["MT-0923-26-000123"], "title": "自建房火灾引发的纠纷（电气线路）",
            },
            "HZ20260105-0122": {
                "kind": "hazard", "category": "15", "closed_on": date(2026, 1, 9), "outcome": "resolved", "amount": None,
                "title": "住宅小区隐患引发的纠纷",
            },
            "HZ20260105-0123": {"context": True},
            "HZ20260105-0129": {"kind": "hazard", "category": "09"},
        },
        set(), Counter(wrong_columns=1, missing_required=1, bad_number=1, bad_date=1, unknown_value=1), {"HZ20260105-0121": TRUE},
    )  # fmt: skip


def _dispute(number: int, **changes: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "caseNo": f"YJ202601-0001{number}",
        "facility": {"name": "上高县人民医院", "level": "二级", "region": {"county": "上高县", "street": "敖阳街道"}, "gps": {"lng": TRUE[0], "lat": TRUE[1]}},
        "dispute": {
            "type": "SURGERY", "registeredAt": ms(2026, 1, 5, 0, 30), "acceptedAt": ms(2026, 1, 6, 9), "claim": {"value": 12.5, "unit": "万元"},
            "appraisal": False, "mediation": {"state": "WAITING", "closedAt": None},
        },
        "persons": [
            {"role": "PATIENT", "name": WANG, "idNo": WANG_ID, "mobile": WANG_PHONE},
            {"role": "HOSPITAL", "name": "上高县人民医院", "idNo": "", "mobile": ""},
        ],
        "headcount": 3, "summary": f"{WANG}对手术结果有异议，见 MT-0923-26-000123。", "feedback": "NONE", "modified": ms(2026, 1, 6, 9, 0, number),
        "deleted": False,
    }  # fmt: skip
    item["dispute"] = {**item["dispute"], **changes.pop("dispute", {})}
    return {**item, **changes}


@contextmanager
def health(folder: Path) -> Iterator[Sample]:
    """Nested JSON with offsets and a key."""
    rows = [
        _dispute(1),
        _dispute(2, feedback="GOOD", dispute={"type": "FEE", "claim": None, "mediation": {"state": "SUCCESS", "closedAt": ms(2026, 1, 20, 16)}}),
        _dispute(3, deleted=True),
        _dispute(4, caseNo=None),
        _dispute(5, dispute={"type": "PARKING"}),
        _dispute(6, dispute={"registeredAt": ms(1900, 1, 1)}),
        _dispute(7, headcount="三五来人"),
        _dispute(8, dispute={"mediation": {"state": "LITIGATION", "closedAt": None}}),
    ]
    page = paged(rows, "modified")

    def answer(asked: Asked) -> Told:
        if asked.headers.get("x-api-key") != "k3y":
            return Told({"status": "UNAUTHORIZED", "result": None}, 401)
        since, offset, limit = (asked.query[n] for n in ("modifiedFrom", "offset", "limit"))
        since = since.rjust(13, "0")
        total, items = len(page(since, 0, 10**6)), page(since, int(offset), int(limit))
        after = int(offset) + len(items)
        result = {"items": items, "offset": int(offset), "nextOffset": after if after < total else None, "count": total}
        return Told({"status": "SUCCESS", "result": result})

    with source(answer) as running:
        yield Sample(
            "health", {"YIZHAN_HEALTH_URL": running.url, "YIZHAN_HEALTH_KEY": "k3y"}, len(rows),
            {
                "YJ202601-00011": {
                    "kind": "medical", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 6), "handled_on": None, "category": "13",
                    "amount": 125000.0, "people": 3, "satisfied": None, "county_name": "上高县", "town_name": "敖阳街道", "stage": None,
                    "refs": ["MT-0923-26-000123"], "title": "上高县人民医院手术争议", "revised_at": datetime(2026, 1, 6, 9, 0, 1),
                },
                "YJ202601-00012": {
                    "closed_on": date(2026, 1, 20), "outcome": "resolved", "satisfied": True, "amount": None, "handled_on": date(2026, 1, 6),
                    "stage": "closed", "title": "上高县人民医院收费争议",
                },
                "YJ202601-00013": {},
                "YJ202601-00018": {"stage": "litigation", "outcome": None},
            },
            {"YJ202601-00013"}, Counter(missing_required=1, unknown_value=1, bad_date=1, bad_number=1), {"YJ202601-00011": TRUE},
            running,
        )  # fmt: skip


def _intake(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "SLBH": f"MT-0923-26-00012{number}", "QD": 1, "DJSJ": "2026-01-05 09:41:00", "SLRQ": "2026-01-06", "FLRQ": None, "ZBDW": "泗溪镇人民政府",
        "JD_DM": 20, "TJ": "0", "BJRQ": None, "BJJG": None, "HF": None, "RS": 4, "JE": 12000.5, "LX": "2", "SY": f"{WANG}与{LI}共用山墙渗水及重建纠纷",
        "NR": STORY, "XZDM": "360923103", "DZ": "泗溪镇曾家村", "SQR": WANG, "SQRSFZ": WANG_ID, "SQRDH": WANG_PHONE, "BSQR": LI, "BSQRSFZ": LI_ID,
        "BSQRDH": LI_PHONE, "GXSJ": f"2026-01-06 10:00:0{number}", "ZF": "0",
    }  # fmt: skip
    return {**row, **changes}


@contextmanager
def centre(folder: Path) -> Iterator[Sample]:
    """The centre's view; some columns are numbers."""
    rows = [
        _intake(1),
        _intake(2, QD=3, JD_DM=90, TJ="1", FLRQ="2026-01-07", BJRQ="2026-01-20", BJJG="化解", HF=1, JE=None, LX="20"),
        _intake(3, ZF="1"),
        _intake(4, SLBH=None),
        _intake(5, LX="77"),
        _intake(6, DJSJ="1900-01-01 00:00:00"),
        _intake(7, JE="约一万"),
        _intake(8, SLRQ=None, JD_DM=10, BJJG=None),
    ]
    yield Sample(
        "centre", {"YIZHAN_CENTRE_URL": table(folder / "centre.sqlite3", "v_mt_sl", rows)}, len(rows),
        {
            "MT-0923-26-000121": {
                "kind": "intake", "number": "MT-0923-26-000121", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 6),
                "handled_on": None, "stage": "accepted", "channel": "visit", "category": "02", "escalated": False, "people": 4, "amount": 12000.5,
                "area_code": "360923103", "owner": "泗溪镇人民政府", "refs": REFS, "satisfied": None, "title": "聂 **与漆 **共用山墙渗水及重建纠纷",
            },
            "MT-0923-26-000122": {
                "channel": "entrusted", "stage": "closed", "escalated": True, "handled_on": date(2026, 1, 7), "closed_on": date(2026, 1, 20),
                "outcome": "resolved", "satisfied": True, "category": "99", "amount": None,
            },
            "MT-0923-26-000123": {},
            "MT-0923-26-000128": {"accepted_on": None, "stage": "pending"},
        },
        {"MT-0923-26-000123"}, Counter(missing_required=1, unknown_value=1, bad_date=1, bad_number=1),
    )  # fmt: skip


SAMPLES = {"courts": courts, "petitions": petitions, "police": police, "fire": fire, "health": health, "centre": centre, **MORE}
