"""The demo's list of targeted remediation (挂牌整治), in step with what was planted: 5 townships and 2 trades in force,
2 proposed, 4 delisted. People are invented and masked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from demo.plants import PLANTS
from demo.truth import Truth

_OFFICE, _GROUP, _CITY = "市委政法委", "平安建设领导小组", "360900"


class _Spec(NamedTuple):
    """One listing: the plant it stands on, what is written on it, and how far it has come."""

    plant: str
    state: str  # proposed | listed | delisted
    subject: str  # area | trade
    title: str
    owner: str
    leader: str
    reason: str
    plan: str
    steps: tuple[tuple[str, int, str], ...]  # step, days after the listing, what is noted
    monthly: float = 0.0  # target: cases a month at most
    first_span: int = 0  # days before an extension; 0: never extended


_SPECS = (
    _Spec("L1", "listed", "area", "泗溪镇邻里、宅基地纠纷", "泗溪镇", "陈 *", "连续 3 个月高于同类乡镇，邻里、房产宅基地纠纷多发频发。",
          "确权、测量、巡回调解等 6 项措施报备。", (
              ("inspect", 35, "两村测量滞后，限 15 日内补齐，已补齐。"), ("progress", 42, "巡回调解进村 11 次，当场化解 9 件。"),
              ("inspect", 56, "6 项措施完成 4 项；宅基地确权入户 212 / 260 户。")), 20),
    _Spec("L2", "listed", "area", "彬江镇征地拆迁纠纷", "区自然资源局", "刘 **", "园区扩建以来补偿异议反复发生，整治不彻底。",
          "补偿明细逐户公示，设专班一户一策。", (
              ("progress", 30, "补偿明细公示 3 批，涉及 146 户。"), ("inspect", 52, "公示到位，附属物复核仅完成 4 成。")), 10),
    _Spec("L3", "listed", "area", "八景镇劳动争议", "市人社局", "黄 *", "陶瓷企业停产后欠薪集中，群体性苗头明显。",
          "欠薪台账、工资保证金、企业包保三项措施。", (
              ("progress", 40, "清欠 31 家企业中 22 家，涉及 418 人。"), ("inspect", 70, "余下 9 家已逐户约谈。"),
              ("progress", 128, "月受理降到挂牌前一半。")), 15, 92),
    _Spec("L4", "listed", "area", "株潭镇生产经营纠纷", "株潭镇", "辛 *", "花炮企业联营、退股纠纷逐月增长。",
          "账目清理、联营合同示范文本、行业调委会进驻。", (
              ("inspect", 45, "行业调委会未按时进驻，限期整改。"), ("progress", 75, "清理联营账目 17 家。")), 11, 92),
    _Spec("L5", "listed", "area", "小港镇山林土地纠纷", "小港镇", "熊 **", "圩堤加固占地后界址争议反复。",
          "联合踏勘、界址立桩、调处协议入档。", (("progress", 28, "踏勘 14 处，立桩 9 处。"),), 6),
    _Spec("T1", "listed", "trade", "建筑工程拖欠工资", "市住建局", "袁 *", "全市建筑领域欠薪多发，年前风险高。",
          "实名制、专用账户、总包代发三到位。", (
              ("progress", 45, "在建项目专用账户开设 96%。"), ("inspect", 90, "抽查 40 个项目，7 个未公示维权牌。"),
              ("progress", 120, "7 个项目整改完毕。")), 200),
    _Spec("T2", "listed", "trade", "袁州区物业服务", "区住建局", "易 *", "停车收费、公共收益争议居高不下。",
          "收费公示、公共收益审计、物业信用评价。", (
              ("progress", 35, "收费公示小区 61 个。"), ("inspect", 70, "公共收益审计进度不足 3 成。")), 45),
    _Spec("G2", "proposed", "area", "淦阳街道预付费消费纠纷", "市市监局", "", "", "", ()),
    _Spec("B2", "proposed", "area", "剑南街道拖欠工资", "市人社局", "", "", "", ()),
    _Spec("D1", "delisted", "area", "白土镇征地拆迁纠纷", "白土镇", "邹 *", "高速连接线征地补偿争议集中。",
          "补偿复核、过渡费清欠、安置地块落实。", (("progress", 40, "过渡费清欠完毕，复核 88 户。"), ("inspect", 80, "各项措施完成。"))),
    _Spec("D2", "delisted", "area", "徐家渡镇山林土地纠纷", "徐家渡镇", "况 *", "林权界址争议反复、多年未决。",
          "联合踏勘、林权档案核对、村规民约。", (("progress", 38, "核对林权档案 73 宗。"), ("inspect", 74, "遗留 5 宗转诉讼。"))),
    _Spec("D3", "delisted", "area", "新昌镇消费纠纷", "县市监局", "漆 **", "预付卡闭店退费投诉多发。",
          "预付卡备案、先行赔付。", (("progress", 30, "备案商户 52 家。"), ("inspect", 70, "先行赔付制度已运行。"))),
    _Spec("D4", "delisted", "trade", "樟树市药材购销", "市市监局", "聂 *", "药材购销货款、质量争议集中。",
          "购销合同示范文本、行业调委会、质量检测点。", (("progress", 60, "示范文本推广 310 户。"), ("inspect", 120, "检测点投用。"))),
)  # fmt: skip


def _event(step: str, day: date, by: str, note: str, data: dict[str, Any] | None = None, hour: int = 10) -> dict[str, Any]:
    return {"step": step, "at": datetime.combine(day, time(hour)), "by": by, "role": "", "note": note, "data": data or {}}


def _targets(spec: _Spec) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"indicator": "resolved_rate", "op": ">=", "value": 0.96}, {"indicator": "satisfaction", "op": ">=", "value": 0.8}]
    return [*([{"indicator": "accepted", "op": "<=", "value": float(spec.monthly)}] if spec.monthly else []), *found]


def _months(plant: dict[str, Any], count: int) -> str:
    """The last full months of a plant in words: 7 至 10 月 12、17、23、31 件."""
    full = [*plant["monthly"].items()][:-1][-count:]
    return f"{int(full[0][0][5:])} 至 {int(full[-1][0][5:])} 月 {'、'.join(str(n) for _, n in full)} 件"


def _proposed(spec: _Spec, plant: dict[str, Any], today: date) -> dict[str, Any]:
    """A proposal that waits for the next meeting."""
    if spec.plant == "G2":
        by, day, reason = "机器", today - timedelta(days=6), f"{_months(plant, 4)}，逐月增长。"
    else:
        by, day, reason = "丰城市矛调中心", today - timedelta(days=9), f"近 4 周 {plant['count']} 件，多数指向同一劳务公司。"
    return {**_row(spec, plant, reason), "proposed_on": day, "listed_on": None, "deadline": None, "ended_on": None, "targets": [],
            "extensions": 0, "number": "", "leader": "", "events": [_event("propose", day, by, reason)]}  # fmt: skip


def _row(spec: _Spec, plant: dict[str, Any], reason: str) -> dict[str, Any]:
    area = plant["area"] or _CITY
    return {
        "subject": spec.subject, "state": spec.state, "title": spec.title, "area_code": area,
        "county_code": area[:6] if area != _CITY else "", "town_code": area if len(area) > 6 else "", "categories": plant["categories"],
        "owner": spec.owner, "reason": reason,
    }  # fmt: skip


def _listed(spec: _Spec, plant: dict[str, Any], today: date, ago: int, span: int) -> dict[str, Any]:
    """A listing in force or ended, with all its steps so far."""
    listed = today - timedelta(days=ago)
    proposed, deadline = listed - timedelta(days=26), listed + timedelta(days=spec.first_span or span)
    data = {"owner": spec.owner, "leader": spec.leader, "deadline": deadline.isoformat(), "targets": _targets(spec)}
    events = [
        _event("propose", proposed, "机器" if spec.subject == "area" else _OFFICE, spec.reason),
        _event("consider", listed - timedelta(days=18), "月度会商", "同意提请。"),
        _event("approve", listed - timedelta(days=10), _GROUP, "同意挂牌。"),
        _event("list", listed, _GROUP, f"{spec.leader} 包案。", data),
        _event("plan", listed + timedelta(days=7), spec.owner, spec.plan),
    ]
    for step, after, note in spec.steps:
        if after < min(ago, span):
            events.append(_event(step, listed + timedelta(days=after), spec.owner if step == "progress" else _OFFICE, note))
    if spec.first_span and ago > spec.first_span - 4:
        deadline = listed + timedelta(days=span)
        events.append(_event("extend", listed + timedelta(days=spec.first_span - 4), _GROUP, "成效尚不稳固，延期一次。",
                             {"deadline": deadline.isoformat()}))  # fmt: skip
    ended = listed + timedelta(days=span) if spec.state == "delisted" else None
    if ended:
        events += [_event("test", ended - timedelta(days=8), spec.owner, "各项指标达到，提请验收。"),
                   _event("delist", ended, _GROUP, "验收通过，摘牌。")]  # fmt: skip
    return {**_row(spec, plant, spec.reason), "leader": spec.leader, "proposed_on": proposed, "listed_on": listed, "deadline": deadline,
            "ended_on": ended, "targets": _targets(spec), "extensions": int(any(e["step"] == "extend" for e in events)), "number": "",
            "events": sorted(events, key=lambda e: e["at"])}  # fmt: skip


def rows(folder: Path, today: date) -> list[dict[str, Any]]:
    """Rows of the listing table, each with `events` (oldest first), for the city built in `folder`.

    The days count from the city's own first day, since that is what was planted; `today` only bounds what has happened.
    """
    truth = Truth.load(folder)
    built = min(date.fromisoformat(truth.fingerprint["today"]), today)
    planted = {p["name"]: p for p in truth.expected["planted"]}
    plans = {p.name: p for p in PLANTS}
    found = []
    for spec in _SPECS:
        plant, plan = planted[spec.plant], plans[spec.plant]
        found.append(_proposed(spec, plant, built) if spec.state == "proposed" else _listed(spec, plant, built, plan.ago, plan.span))
    return _numbered(found)


def _numbered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Numbers in the order of listing, from 1 in each year."""
    counts: dict[int, int] = {}
    for row in sorted((r for r in found if r["listed_on"]), key=lambda r: r["listed_on"]):
        year = row["listed_on"].year
        counts[year] = counts.get(year, 0) + 1
        row["number"] = f"宜挂〔{year}〕{counts[year]} 号"
    return found
