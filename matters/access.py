"""Who may see and do what. A Scope goes into every query; there is no way to build one without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["city", "county", "township"]

ROLES: dict[str, tuple[str, str]] = {
    "city_leader": ("市级领导", "City leader"),
    "county_leader": ("县级领导", "County leader"),
    "township_clerk": ("乡镇专干", "Township clerk"),
    "department": ("部门经办", "Department officer"),
    "analyst": ("分析员", "Analyst"),
    "admin": ("管理员", "Administrator"),
    "display": ("大屏", "Wall display"),
    "system": ("系统", "System"),
}

NOBODY = ("display", "system")  # roles that no account has

# Acts beyond looking. Looking is bounded by the area; for a department by what is dispatched to it, besides.
PERMISSIONS: dict[str, frozenset[str]] = {
    "see_area": frozenset({"city_leader", "county_leader", "township_clerk", "analyst", "admin", "display"}),  # figures, and whatever is no single matter
    "propose_listing": frozenset({"city_leader", "county_leader", "township_clerk", "analyst", "admin"}),
    "consider_listing": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "approve_listing": frozenset({"city_leader", "admin"}),
    "list_listing": frozenset({"city_leader", "admin"}),
    "report_progress": frozenset({"county_leader", "township_clerk", "admin"}),
    "inspect_listing": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "close_listing": frozenset({"city_leader", "admin"}),
    "export": frozenset({"city_leader", "county_leader", "township_clerk", "department", "analyst", "admin"}),
    "run_feeds": frozenset({"analyst", "admin"}),  # run now, pause, resume, backfill, cancel
    "steward_feeds": frozenset({"analyst", "admin"}),  # mend or discard quarantined rows, decide on short lists, note drift
    # Seeing a masked field of a party, with a reason, in the audit. Those who must find and call people, and nobody who only counts.
    "unmask_name": frozenset({"city_leader", "county_leader", "township_clerk", "department"}),
    "unmask_phone": frozenset({"county_leader", "township_clerk", "department"}),
    "unmask_id": frozenset({"county_leader"}),
    # The path of a matter (matters/path.py names which act takes which).
    "handle_matter": frozenset({"county_leader", "township_clerk", "department", "admin"}),  # mediate, agree, close, answer
    "accept_matter": frozenset({"county_leader", "township_clerk", "admin"}),
    "call_back": frozenset({"county_leader", "township_clerk", "admin"}),  # not those whose work is rated
    "dispatch_matter": frozenset({"city_leader", "county_leader", "township_clerk", "admin"}),
    "escalate_matter": frozenset({"city_leader", "county_leader", "township_clerk", "department", "admin"}),
    "extend_matter": frozenset({"city_leader", "county_leader", "admin"}),
    "reopen_matter": frozenset({"city_leader", "county_leader", "admin"}),
    "urge_matter": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "card_matter": frozenset({"city_leader", "county_leader", "admin"}),
    "black_card": frozenset({"city_leader", "admin"}),
    "lead_matter": frozenset({"city_leader", "county_leader", "admin"}),
    "consult_matter": frozenset({"city_leader", "county_leader", "township_clerk", "department", "analyst", "admin"}),
    "joint_matter": frozenset({"city_leader", "county_leader", "admin"}),
    "undo_any_act": frozenset({"city_leader", "county_leader", "admin"}),  # others undo what they did themselves
    # The directory of centres, each inside their own area; groups of matters about one object.
    "edit_centre": frozenset({"city_leader", "county_leader", "township_clerk", "admin"}),
    "decide_group": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "see_group_reach": frozenset({"city_leader", "county_leader", "analyst", "admin"}),  # how many more there are elsewhere: a count, nothing else
    "dispose_signal": frozenset({"city_leader", "county_leader", "analyst", "admin"}),  # note, letter, meeting, dismiss, snooze
    "hold_meeting": frozenset({"city_leader", "county_leader", "analyst", "admin"}),  # freeze, arrange, decide, inside their own area
    # Warning letters: each in the writer's own area; the addressee answers, who wrote judges (matters/letters.py).
    "write_letter": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "approve_letter": frozenset({"city_leader", "county_leader", "admin"}),
    "issue_letter": frozenset({"city_leader", "county_leader", "admin"}),
    "answer_letter": frozenset({"county_leader", "township_clerk", "analyst", "admin"}),
    "judge_letter": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "steward_links": frozenset({"county_leader", "analyst", "admin"}),  # decide which records are one matter, inside their own area
    # The wall. A display looks and does nothing else; people choose its scenes, send it a line, and take note of alarms, inside their own area.
    "see_wall": frozenset({"city_leader", "county_leader", "analyst", "admin", "display"}),
    "operate_wall": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    # Assessment: merits and demerits of units below one's own (services/assessment_marks.py); figures from outside.
    "mark_assessment": frozenset({"city_leader", "county_leader", "analyst", "admin"}),
    "import_indices": frozenset({"analyst", "admin"}),
    "administer": frozenset({"admin"}),
}


class Forbidden(Exception):
    """The user may not see this area or do this act; the message says which."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is asking, for which area: the whole city, one county, or one township.

    `county` and `town` are area codes and are empty at the levels above them. Rows that are not located to an area
    inside the scope are outside it: a county does not see the city's unlocated matters.

    `owners` makes it a department's: the names under which matters are dispatched to it. It sees those matters and nothing else of
    the area, so it covers no area; a query has to ask for its matters by `reaches` and `owners` (store.scoped, store.conditions).
    """

    user: str
    role: str
    level: Level
    county: str = ""
    town: str = ""
    permissions: frozenset[str] = field(default=frozenset())
    owners: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"unknown role {self.role!r}")
        wanted = {"city": (False, False), "county": (True, False), "township": (True, True)}[self.level]
        if (bool(self.county), bool(self.town)) != wanted:
            raise ValueError(f"a {self.level} scope takes county={wanted[0]}, town={wanted[1]}")
        if bool(self.owners) != (self.role == "department"):
            raise ValueError("a department has names under which matters are dispatched to it, and nobody else has")

    @classmethod
    def of(cls, user: str, role: str, level: Level, county: str = "", town: str = "", owners: tuple[str, ...] = ()) -> Scope:
        """Scope with the permissions of its role."""
        acts = frozenset(act for act, roles in PERMISSIONS.items() if role in roles)
        return cls(user, role, level, county, town, acts, owners)

    @classmethod
    def system(cls) -> Scope:
        """The scope of the worker and the command line: the whole city, every act."""
        return cls("system", "system", "city", permissions=frozenset(PERMISSIONS))

    @property
    def key(self) -> str:
        """What distinguishes this scope's figures from another's; part of every cache key."""
        return "|".join((self.town or self.county or "*", *self.owners))

    def covers(self, county: str, town: str = "") -> bool:
        """Whether all rows of that county (and township) are inside: for a department none are."""
        return not self.owners and self.reaches(county, town)

    def sees(self, county: str, town: str, owner: str) -> bool:
        """Whether a matter of that place and owner is inside."""
        return self.reaches(county, town) and (not self.owners or owner in self.owners)

    def reaches(self, county: str, town: str = "") -> bool:
        """Whether a place lies within the scope's area, whoever owns what lies there."""
        if self.level == "city":
            return True
        if self.level == "county":
            return county == self.county
        return county == self.county and town == self.town

    def require_area(self, county: str, town: str = "") -> None:
        """Raise Forbidden unless the area is inside."""
        if not self.covers(county, town):
            raise Forbidden(f"area {town or county or 'city'} is outside the scope of {self.user}")

    def may(self, act: str) -> bool:
        """Whether the role carries the permission."""
        return act in self.permissions

    def require(self, act: str) -> None:
        """Raise Forbidden unless the role carries the permission."""
        if not self.may(act):
            raise Forbidden(f"{self.user} ({self.role}) may not {act}")
