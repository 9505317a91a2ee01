"""What a monitoring system scrapes: requests, latencies, the data version, the age of each feed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from matters.access import Scope
from services.store_health import WORDS

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


@dataclass(frozen=True, slots=True)
class Measured:
    """The counters of this server."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram

    def text(self) -> bytes:
        """The exposition, over all processes of the server when there are several."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together) + generate_latest(self.registry)


class _Data:
    """Asked at each scrape: what the store and the feeds say."""

    def __init__(self, services: Any) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """What ails the store; if it can be read, data version, and for each feed the age of its data and whether it is late."""
        problem = GaugeMetricFamily("yizhan_store_problem", "1 while this keeps the store from taking data", labels=["code"])
        found = {p.code for p in self._services.health.problems()}
        for code in WORDS:
            problem.add_metric([code], float(code in found))
        yield problem
        if self._services.health.reachable():
            yield from self._stored()

    def _stored(self) -> Iterator[Metric]:
        now = self._services.now()
        yield GaugeMetricFamily("yizhan_data_version", "Version of the data", value=self._services.figures.data_version())
        age = GaugeMetricFamily("yizhan_feed_age_seconds", "Age of the newest data of a feed", labels=["feed"])
        late = GaugeMetricFamily("yizhan_feed_late", "1 while a feed is late", labels=["feed"])
        for state in self._services.feeds.states(Scope.system()):
            late.add_metric([state.feed], float(state.late))
            if state.data_at is not None:
                age.add_metric([state.feed], (now - state.data_at).total_seconds())
        yield age
        yield late
        yield from _operation(self._services.feeds.operation())


def _operation(o: Any) -> Iterator[Metric]:
    """The way in: services.feed_shapes.Operation."""
    tables = (
        ("yizhan_feed_rows", "Rows ever, by what became of them", ["feed", "outcome"], o.rows),
        ("yizhan_feed_runs", "Runs ever, by how they ended", ["feed", "status"], o.runs),
        ("yizhan_feed_run_seconds", "Duration of the latest finished run", ["feed"], o.run_seconds),
        ("yizhan_feed_circuit_open", "1 while a source is left alone because it failed too often", ["feed"], o.circuit_open),
        ("yizhan_feed_paused", "1 while a feed is paused", ["feed"], o.paused),
        ("yizhan_quarantine_open", "Rows that wait in quarantine", ["feed"], o.quarantine_open),
    )
    for name, text, labels, values in tables:
        family = GaugeMetricFamily(name, text, labels=labels)
        for key, value in values.items():
            family.add_metric(list(key) if isinstance(key, tuple) else [key], float(value))
        yield family
    if o.lease_age is not None:
        yield GaugeMetricFamily("yizhan_worker_lease_age_seconds", "Seconds since the worker last renewed its lease", value=o.lease_age)
    yield GaugeMetricFamily("yizhan_notices_unsent", "Messages to the operator that wait to be sent", value=o.notices_unsent)


def watch(server: Flask, services: Any) -> Measured:
    """Count and time every request of the server by its rule (not its path: there are as many as matters)."""
    registry = CollectorRegistry()
    own = None if "PROMETHEUS_MULTIPROC_DIR" in os.environ else registry
    measured = Measured(
        registry,
        Counter("yizhan_requests", "Requests answered", ["method", "rule", "status"], registry=own),
        Histogram("yizhan_request_seconds", "Time to answer", ["rule"], buckets=BUCKETS, registry=own),
    )
    registry.register(_Data(services))  # type: ignore[arg-type]

    @server.before_request
    def started() -> None:
        g.yizhan_started = time.perf_counter()

    @server.after_request
    def ended(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "none"
        measured.requests.labels(request.method, rule, str(response.status_code)).inc()
        if "yizhan_started" in g:
            measured.seconds.labels(rule).observe(time.perf_counter() - g.yizhan_started)
        return response

    return measured
