"""Records of several agencies as one matter: whose clock runs, and who has it."""

from __future__ import annotations

from datetime import date
from itertools import permutations

from matters.derive import derive
from matters.model import Agency
from tests.matters import test_alone
from tests.matters.test_clocks import a_record

AGENCIES = {**test_alone.AGENCIES, "petitions": Agency("petitions", "信访", "Petitions", "信", 5, 30)}
PETITION = {"id": 1, "feed": "petitions", "agency": "petitions", "external_id": "p", "code": "26-P", "accepted_on": date(2026, 11, 21), "due_on": date(2027, 1, 20),
            "owner": "县住建局"}  # fmt: skip
PRETRIAL = {"id": 2, "feed": "courts", "agency": "courts", "external_id": "c", "code": "26-C", "kind": "pretrial", "accepted_on": date(2026, 11, 24),
            "due_on": date(2026, 12, 24), "owner": "人民法院"}  # fmt: skip
DONE = {"closed_on": date(2026, 11, 30), "outcome": "resolved"}


def test_the_clock_is_of_whoever_took_it_last_and_has_not_done_with_it() -> None:
    """The court took it last and has done with it: owner, stage and limit are the petition's, which is still open."""
    for records, due, owner, source in (
        ((PETITION, PRETRIAL), date(2026, 12, 24), "人民法院", 2),
        ((PETITION, PRETRIAL | DONE), date(2027, 1, 20), "县住建局", 1),
        ((PETITION | DONE, PRETRIAL | DONE), date(2026, 12, 24), "人民法院", 2),  # whether it ended in time is asked of the last
        ((PETITION | {"accepted_on": None, "due_on": None}, PRETRIAL | DONE), date(2026, 12, 24), "县住建局", 2),  # no other clock has begun
    ):  # fmt: skip
        for said in permutations(records):
            found = derive([a_record(**r) for r in said], AGENCIES)
            assert (found.matter.due_on, found.matter.owner, found.sources["due_on"]) == (due, owner, source)
