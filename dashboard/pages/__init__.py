"""The table of contents: one line a page.

A page is a folder `pages/<key>/` with
- `page.py`: `layout(params) -> Component` (no queries: ids and skeletons only) and `title(services, scope, params) -> str`
  (may raise KeyError for "no such thing" and Forbidden: the frame shows the designed 404 or 403),
- `callbacks.py`: `register(app, services)`; `app` is guard.GuardedApp, whose `callback` hands the scope as first argument.
  None where another page answers: the city's for counties and townships.
  Callbacks listen to `Input("here", "data")` (guard.here(data) reads it) and, for new data, `Input("live", "data")`,
- `figures.py`: data → figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dashboard.i18n import N_
from matters.access import Scope


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path with <names>, its folder, its name; `tab` is its icon among the phone's tabs, '' = not in the navigation.

    `act` is the permission without which it is not in the navigation either.
    """

    path: str
    key: str
    name: str
    tab: str = ""
    act: str = ""

    def shown_to(self, scope: Scope) -> bool:
        """Whether the page is for this reader at all: a department sees single matters only."""
        return self.key in SINGLE or scope.may("see_area")

    def match(self, pathname: str) -> dict[str, str] | None:
        """The named parts of a path that is this page's, else None."""
        found = re.fullmatch(re.sub(r"<(\w+)>", r"(?P<\1>[^/]{1,64})", self.path), pathname)
        return found.groupdict() if found else None


# Pages of single matters: all that a department sees.
SINGLE = ("matters", "matter", "supervision")

PAGES: tuple[Page, ...] = (
    Page("/", "city", N_("总览"), "chart"),
    Page("/county/<code>", "county", N_("县")),
    Page("/township/<code>", "township", N_("乡镇")),
    Page("/matters", "matters", N_("事项"), "list"),
    Page("/matter/<code>", "matter", N_("事项")),
    Page("/groups", "groups", N_("群体"), "group"),
    Page("/group/<id>", "group", N_("群体")),
    Page("/centres", "centres", N_("中心"), "house"),
    Page("/centre/<code>", "centre", N_("中心")),
    Page("/changed", "changed", N_("变化构成")),
    Page("/compare", "compare", N_("两段并排")),
    Page("/signals", "signals", N_("预警信号"), "signal"),
    Page("/letters", "letters", N_("提示函"), "mail"),
    Page("/letter/<id>", "letter", N_("提示函")),
    Page("/listings", "listings", N_("挂牌整治"), "flag"),
    Page("/listing/<id>", "listing", N_("挂牌整治")),
    Page("/listings/notice", "notice", N_("挂牌整治名单")),
    Page("/trade/<category>", "trade", N_("行业")),
    Page("/meeting", "meetings", N_("会议"), "meeting", act="hold_meeting"),
    Page("/meeting/<id>", "meeting", N_("会议")),
    Page("/supervision", "supervision", N_("督办"), "alert"),
    Page("/assessment", "assessment", N_("考核"), "medal"),
    Page("/linking", "linking", N_("关联"), "link", act="steward_links"),
    Page("/feeds", "feeds", N_("数据源"), "feeds"),
    Page("/wall/operator", "wall", N_("大屏"), "screen", act="operate_wall"),
)

# Those of the navigation that stand in the bar, in this order; on a phone the first of TABS. All others are behind "more".
BAR = ("city", "matters", "signals", "letters", "listings", "meetings", "assessment", "feeds")
TABS = ("city", "matters", "signals", "listings")

# Which navigation entry a page without one belongs to.
UNDER = {
    "county": "city", "township": "city", "changed": "city", "compare": "city", "matter": "matters", "group": "groups", "centre": "centres",
    "letter": "letters", "listing": "listings", "notice": "listings", "trade": "listings", "meeting": "meetings",
}  # fmt: skip


def find(pathname: str) -> tuple[Page, dict[str, str]] | None:
    """The page of a path with its named parts; None for no page."""
    for page in PAGES:
        params = page.match(pathname or "/")
        if params is not None:
            return page, params
    return None
