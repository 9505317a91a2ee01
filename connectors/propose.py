"""A sample → the feed.toml that it asks for: a rule a field, each with how sure it is and why. Pure: rows in, proposal out."""

from __future__ import annotations

from connectors import (
    propose_dates_of,
    propose_keys,
    propose_parties,
    propose_places,
    propose_rows,
    propose_tables,
    propose_texts,
)
from connectors.propose_columns import columns_of
from connectors.propose_made import Known, Proposal
from connectors.propose_sample import Sample


def propose(sample: Sample, known: Known | None = None, hint: str = "") -> Proposal:
    """The proposal for a sample; `hint` is a name or title of it (of the file, of the table), read for what kind of paper it is."""
    known = known or Known()
    columns = columns_of(sample.columns, sample.rows)
    made = Proposal(dict(sample.door), list(sample.notes))
    # In this order: who is a person is settled first, so that no name, ID or phone number becomes a field; then what is surest.
    people = propose_parties.find(made, columns)
    rest = [c for c in columns if c.name not in people]
    for part in (propose_keys, propose_dates_of, propose_places, propose_tables, propose_texts):
        part.find(made, rest, known, hint)
    propose_rows.find(made, rest, columns)
    used = made.used() | set(made.private)
    made.unused = [c.name for c in columns if c.name not in used]
    return made
