"""What every figure on a screen is made of: formula, denominator, the feeds it rests on, which days it is of, what to mind. One table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matters.indicators import INDICATORS

# What a figure is of: matters accepted in the window, filings of the window, or today's stock whatever the window is.
BASES: dict[str, tuple[str, str]] = {
    "accepted": ("时段内受理的事项", "matters accepted in the window"),
    "filed": ("时段内立案的案件", "cases filed in the window"),
    "today": ("今天的存量，不随时段变", "today's stock, whatever the window"),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One figure. `rests_on` is the canonical field that a feed must give for the figure to rest on it, `agency` the only one that counts.

    `denominator` and `caveats` are (Chinese, English); no denominator: a count. `apart` says how a change of it can be taken apart:
    count, rate, or '' with the reason in `whole`.
    """

    key: str
    formula: tuple[str, str]
    denominator: tuple[str, str] | None
    rests_on: str
    basis: str
    caveats: tuple[tuple[str, str], ...]
    agency: str = ""
    apart: str = "rate"
    whole: tuple[str, str] = ("", "")


def _of(key: str, denominator: tuple[str, str] | None, rests_on: str, basis: str, *caveats: tuple[str, str], **more: str) -> Explained:
    indicator = INDICATORS[key]
    return Explained(key, (indicator.formula_zh, indicator.formula_en), denominator, rests_on, basis, caveats, **more)  # type: ignore[arg-type]


_LATE = ("源晚到时数字偏低，同比暂不显示", "too low while a feed is late; the comparison is then withheld")
_SETTLED = ("时段内受理且已办结的，加已过时限仍在办的", "matters accepted in the window that are closed, plus those open past their limit")
_ACCEPTED = ("时段内受理的全部事项", "all matters accepted in the window")
_YOUNG = ("近期受理的多数还在期内，不进分母：越近的时段分母越小",
          "most recent matters are still within their limit and not counted: small denominators for recent windows")  # fmt: skip

EXPLAINED: dict[str, Explained] = {
    e.key: e
    for e in (
        _of("accepted", None, "accepted_on", "accepted",
            ("一件事由几个机构报来只计一件；关联认错会多计或少计", "a dispute told by several agencies counts once; a wrong link would miscount it"),
            _LATE, apart="count"),
        _of("per_10k", ("常住人口（最近一次普查）", "resident population of the latest census"), "accepted_on", "accepted",
            ("普查以后的人口变动没有计入；外来人员的事项计在发生地", "migration since the census is not in it; matters of visitors count where they happen"),
            ("人口太少的地方不排名，只给件数", "places with too few people are not ranked; their counts are shown"), _LATE, apart="count"),
        _of("resolved_rate", _SETTLED, "accepted_on", "accepted", _YOUNG,
            ("按受理日归属，不按办结日：以前的时段还会变", "by day of acceptance, not of closing: earlier windows still change")),
        _of("on_time_rate", _SETTLED, "accepted_on", "accepted", _YOUNG,
            ("没有时限的事项办结即算按期", "a matter without a limit counts as on time once closed")),
        _of("satisfaction", ("时段内受理、已有评价的事项", "matters accepted in the window that were rated"), "satisfied", "accepted",
            ("只有愿意评价的人；评价率低时不宜比较高低", "only those who chose to answer; with a low response rate do not rank by it"),
            ("评价来自各机构自己的回访", "ratings come from each agency's own follow-up")),
        _of("response_rate", ("时段内受理、已办结的事项", "matters accepted in the window that are closed"), "satisfied", "accepted",
            ("刚办结的还没有回访", "matters just closed have not been followed up yet")),
        _of("escalation_rate", _ACCEPTED, "accepted_on", "accepted",
            ("新受理的还来不及提级：近期偏低", "new matters had no time to escalate: low for recent windows")),
        _of("litigation_rate", _ACCEPTED, "accepted_on", "accepted",
            ("由关联到的法院立案认定；没有关联上的认不出", "told from a court filing linked to it; one that is not linked is not seen"),
            ("新受理的还来不及起诉：近期偏低", "new matters had no time to go to court: low for recent windows")),
        _of("pre_success_rate", ("诉前调解已有结果的：成功与失败之和", "pre-litigation mediations with an outcome: success plus failure"),
            "mediation", "accepted", ("正在调解和转出的不计", "mediations under way or passed on are not counted")),
        _of("civil_filings", None, "number", "filed",
            ("只计民初案号，不含诉前调", "only 民初 case numbers, without 诉前调"),
            ("按案件落到的乡镇计，不按法院", "counted where the dispute is, not where the court is"), agency="courts", apart="count"),
        Explained("open", ("今天还没有办结的事项", "matters not closed today"), None, "accepted_on", "today",
                  (("含没有受理的", "with matters that nobody has accepted yet"),), apart="",
                  whole=("今天的存量没有比较的一段，变化看办理进度", "today's stock has no window to compare with")),
        Explained("overdue", ("过时限在办 + 久未受理 + 久未处置，以今天为准", "open past the limit + unaccepted too long + unhandled too long, as of today"),
                  None, "accepted_on", "today",
                  (("三种互不重复", "the three exclude each other"),
                   ("时限按各类事项的规定推算，暂停期间不计", "limits follow the rules of each kind; suspended days do not count")), apart="",
                  whole=("今天的存量没有比较的一段，变化看办理进度", "today's stock has no window to compare with")),
    )
}  # fmt: skip


def resting(key: str, feeds: Iterable[tuple[str, str]], gives: Mapping[str, frozenset[str]]) -> list[str]:
    """Of (feed, agency): the feeds that a figure rests on, by the fields that each gives. KeyError for an unknown figure."""
    e = EXPLAINED[key]
    return [feed for feed, agency in feeds if e.rests_on in gives.get(feed, ()) and e.agency in ("", agency)]
