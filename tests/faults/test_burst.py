"""Ten times as many rows as ever in one go: the memory of the process that takes them in hardly grows."""

from __future__ import annotations

from pathlib import Path

from tests.faults.children import declare, file_no, ingest, services_of, start
from tests.faults.stage import STEWARD

# Rows, and KB. Batches of 300 take 2,500 to 6,500 KB more for the burst than for the usual, on either database and on a busy machine
# alike; the burst as one batch takes 37,000 to 45,000 more.
USUAL, SPARE = 600, 16_000


def _taken(url: str, folder: Path, number: int, rows: int) -> tuple[int, int]:
    """Rows that came in and the KB that the run took above what the process had before it."""
    (folder / "in" / f"{number}.csv").write_bytes(file_no(number, rows))
    child, told = start(ingest, url, folder)
    assert told.poll(120)
    error, received, memory = told.recv()
    child.join(10)
    assert error == ""
    return received, memory


def test_a_burst_of_ten_times(store_url: str, tmp_path: Path) -> None:
    declare(tmp_path, batch=300)
    services = services_of(store_url, tmp_path)
    services.ingest.declare(services.specs)
    received, usual = _taken(store_url, tmp_path, 0, USUAL)
    burst_received, burst = _taken(store_url, tmp_path, 1, USUAL * 10)
    assert burst_received > 9 * received
    assert burst < usual + SPARE, f"{usual} KB for {received} rows, {burst} KB for {burst_received}"
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))
    services.close()
