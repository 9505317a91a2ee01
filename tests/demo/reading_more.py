"""The eight further sources read row by row from their published shapes: nothing of the demo's own code."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from matters.numbers import find, normal
from tests.demo.row import COUNTIES, Row, county_in, day_of, pick, table_rows

JUSTICE_KINDS = {"婚姻家庭", "邻里", "房屋宅基地", "合同", "生产经营", "损害赔偿", "山林土地", "征地拆迁", "环境污染", "劳动争议", "旅游", "消费", "医疗",
                 "道路交通事故", "物业", "知识产权", "互联网", "金融借贷", "校园", "其他"}  # fmt: skip
TRADES = set("建筑施工 道路运输 水上作业 烟花爆竹 非煤矿山 工贸企业 仓储物流 危险化学品 尾矿库 自然灾害 其他".split())
SCHOOL = set("校园安全 学生欺凌 培训退费 收费争议 师生关系 入学学籍".split())
TOPICS = set("小区物业 讨薪 消费维权 环境扰民 教育 征地拆迁 房产 网络平台 交通 医疗 其他".split())
ENDS = {"已解决": "resolved", "未解决": "unresolved", "已转办": "transferred", "已化解": "resolved", "未化解": "unresolved", "已移送": "transferred",
        "调解中": "", "处置中": ""}  # fmt: skip
HAPPY = {"满意": True, "基本满意": True, "较满意": True, "不满意": False}


def _seconds(value: int | None) -> date | None:
    """A day of seconds since 1970 in Shanghai, within the demo's time."""
    return None if value is None else day_of((datetime(1970, 1, 1) + timedelta(seconds=value, hours=8)).date().isoformat())


class More:
    """Mixed into the reader, which has `folder` and `town_in`."""

    folder: Path

    def town_in(self, county: str, text: str) -> str:
        """The township named in a text."""
        raise NotImplementedError

    def _documents(self, feed: str) -> Iterator[dict[str, Any]]:
        return (json.loads(r["body"]) for r in table_rows(self.folder / f"{feed}.sqlite3", "SELECT body FROM documents"))

    def _hotline(self) -> Iterator[dict[str, Any]]:
        return self._documents("hotline")

    def _hotline_row(self, r: dict[str, Any]) -> Row:
        pick(r["办理状态"], {"待受理": "-", "办理中": "-", "已办结": "-"})
        int(r["涉及人数"])
        opened = day_of(r["来电时间"], "%Y-%m-%d %H:%M:%S")
        assert opened is not None
        return Row("hotline", r["工单编号"], r["工单编号"], COUNTIES.get(r["区县"], ""), r["街道乡镇"], "hotline", opened, day_of(r["受理日期"]),
                   day_of(r["派单日期"]), day_of(r["办结日期"]), pick(r["办理结果"], ENDS), HAPPY.get(r["满意度"]), find(r["诉求内容"]), r["更新时间"],
                   context=r["是否纠纷"] == "否", withdrawn=r["作废"] == "1", due=day_of(r["办理时限"]))  # fmt: skip

    def _market(self) -> Iterator[dict[str, Any]]:
        return self._documents("market")

    def _market_row(self, r: dict[str, Any]) -> Row:
        if r["problem_code"] == "7777":
            raise ValueError("code")
        int(r["complainants"])
        opened, accepted = _seconds(r["received_at"]), _seconds(r["accepted_at"])
        assert opened is not None
        outcome = pick(r["result_code"], {"1": "resolved", "2": "unresolved", "3": "withdrawn", "4": "transferred", "5": "transferred"})
        happy = {1: False, 2: False, 4: True, 5: True}.get(r["stars"])
        county = r["region"][:6]
        return Row("market", r["complaint_no"], r["complaint_no"], county, self.town_in(county, r["address"]), "market", opened, accepted, accepted,
                   _seconds(r["ended_at"]), outcome, happy, find(r["source_no"]) or find(r["detail"]), r["changed_at"], withdrawn=r["is_void"])  # fmt: skip

    def _cyberspace(self) -> Iterator[dict[str, Any]]:
        return self._documents("cyberspace")

    def _cyberspace_row(self, r: dict[str, Any]) -> Row:
        if r["topic"] not in TOPICS:
            raise ValueError(r["topic"])
        int(r["participants"])
        opened, accepted, closed = (day_of(v[:10]) if v else None for v in (r["publishedAt"], r["acceptedAt"], r["repliedAt"]))
        assert opened is not None
        return Row("cyberspace", r["msgId"], r["msgId"], COUNTIES.get(r["region"]["county"], ""), r["region"]["street"], "cyberspace", opened,
                   accepted, accepted, closed, pick(r["result"], ENDS), None, find(r["content"]), r["updatedAt"],
                   context=not r["isDispute"], withdrawn=r["removed"])  # fmt: skip

    def _online(self) -> Iterator[dict[str, Any]]:
        return self._documents("online")

    def _online_row(self, r: dict[str, Any]) -> Row:
        apply = r["apply"] or {"caseType": "", "people": 0, "content": "", "confirmNo": ""}
        if apply["caseType"] == "ZZZZ":
            raise ValueError("type")
        int(apply["people"])
        opened = day_of(r["submitTime"], "%Y%m%d%H%M%S")
        assert opened is not None
        accepted = day_of(r["acceptDate"], "%Y%m%d")
        outcome = pick(r["result"], {"SUCCESS": "resolved", "FAIL": "unresolved", "CANCEL": "withdrawn", "TURN": "transferred"})
        kind = {"APPLY": "online", "CONFIRM": "confirmation", "SESSION": "session", "TERMINAL": "terminal"}[r["bizType"]]
        return Row("online", r["bizNo"], r["bizNo"], COUNTIES.get(r["org"]["county"], ""), r["org"]["town"], kind, opened, accepted, accepted,
                   day_of(r["endDate"], "%Y%m%d"), outcome, HAPPY.get(r["score"]), find(apply["content"] + "；" + apply["confirmNo"]), r["updated"],
                   context=kind in ("session", "terminal"), withdrawn=r["void"] == 1)  # fmt: skip

    def _procuratorate(self) -> Iterator[dict[str, Any]]:
        return table_rows(self.folder / "procuratorate.sqlite3", "SELECT * FROM v_jc_ms")

    def _procuratorate_row(self, r: dict[str, Any]) -> Row:
        if r["AJLB"] not in ("10", "20", "30", "40"):
            raise ValueError(r["AJLB"])
        int(r["SARS"])
        opened, accepted, closed = (day_of(r[n], "%Y/%m/%d") for n in ("SARQ", "SLRQ", "BJRQ"))
        assert opened is not None
        outcome = pick(r["CLJG"], {"1": "resolved", "2": "unresolved", "3": "withdrawn", "4": "transferred"})
        return Row("procuratorate", r["TYSAH"], normal(r["BMSAH"]), r["DWBM"], self.town_in(r["DWBM"], r["FAD"]), "procuratorate", opened, accepted,
                   accepted, closed, outcome, None, find(r["AQZY"]), r["XGSJ"], withdrawn=r["SFYX"] == "N")  # fmt: skip

    def _justice(self) -> Iterator[dict[str, Any]]:
        for path in sorted((self.folder / "justice").glob("*.xlsx")):
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("登记表").to_python(skip_empty_area=False)
            yield from (dict(zip(sheet[2], values, strict=True)) for values in sheet[3:])

    def _justice_row(self, r: dict[str, Any]) -> Row:
        if isinstance(r["申请人证件号"], float) or r["纠纷类型"].removesuffix("纠纷") not in JUSTICE_KINDS:
            raise ValueError(r["纠纷类型"])
        int(r["涉及人数"].removesuffix("人"))
        opened, accepted, closed = (day_of(r[n], "%Y年%m月%d日") for n in ("登记日期", "受理日期", "协议或终止日期"))
        assert opened is not None
        outcome = pick(r["调解结果"], {**ENDS, "达成协议": "resolved", "未达成协议": "unresolved", "撤回申请": "withdrawn", "移送": "transferred"})
        county = county_in(r["发生地"])
        return Row("justice", r["案件编号"], normal(r["卷宗号"]), county, self.town_in(county, r["发生地"]), "justice", opened, accepted, accepted, closed,
                   outcome, HAPPY.get(r["当事人评价"]), find(r["纠纷简要情况"]))  # fmt: skip

    def _emergency(self) -> Iterator[list[Any]]:
        for path in sorted((self.folder / "emergency").glob("*.txt")):
            rows = list(csv.reader(path.read_bytes().decode("gb18030").splitlines(), delimiter="|"))
            yield from ([len(rows[0]), *row] for row in rows[1:])

    def _emergency_row(self, raw: list[Any]) -> Row:
        columns, *values = raw
        if len(values) != columns:
            raise ValueError("columns")
        (key, trade, when, taken, county, town, _, _, _, _, people, _, dispute, note, state, ended, _, _, _) = values
        if trade not in TRADES:
            raise ValueError(trade)
        int(people)
        opened, accepted = day_of(when, "%Y.%m.%d %H:%M"), day_of(taken, "%Y.%m.%d")
        assert opened is not None
        return Row("emergency", key, key, COUNTIES.get(county, ""), town, "emergency", opened, accepted, accepted, day_of(ended, "%Y.%m.%d"),
                   pick(state, ENDS), None, find(note), context=dispute == "否")  # fmt: skip

    def _education(self) -> Iterator[list[Any]]:
        for path in sorted((self.folder / "education").glob("*.csv")):
            rows = list(csv.reader(path.read_bytes().decode("utf-8-sig").splitlines()))
            yield from ([len(rows[2]), *row] for row in rows[3:])

    def _education_row(self, raw: list[Any]) -> Row:
        columns, *values = raw
        if len(values) != columns:
            raise ValueError("columns")
        (_, key, _, _, kind, begun, taken, pupils, _, _, _, _, county, town, _, note, state, ended, rating) = values
        if kind not in SCHOOL:
            raise ValueError(kind)
        int(pupils)
        opened, accepted = day_of(begun, "%Y/%m/%d"), day_of(taken, "%Y/%m/%d")
        assert opened is not None
        return Row("education", key, key, COUNTIES.get(county, ""), town, "education", opened, accepted, accepted, day_of(ended, "%Y/%m/%d"),
                   pick(state, ENDS), HAPPY.get(rating), find(note))  # fmt: skip
