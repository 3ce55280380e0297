"""A whole day with tracing on: what lanes did and whom they called, and not a word of an order or a buyer."""

import io
import json
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, format_span_id, format_trace_id

from day import START, Day
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.logs import configure_logging
from dockseal.pii_security.redaction import FIELDS
from dockseal.pii_security.traces import Traces
from faults.canaried import MARK, leaks, place, recipient
from parcel_numbers import ups_of
from spapi_simulator import Line

AMAZON_ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
ORDERS = 12


class Watched:
    """A day that was traced and logged: with a refusal, a crash and a warehouse that was down in it."""

    def __init__(self, folder: Path, api: OrdersApi) -> None:
        self.kept = InMemorySpanExporter()
        self.log = folder / "dockseal.log"
        self.day = Day(
            folder=folder,
            api=api,
            trace=lambda clock: Traces(self.kept, clock, process=SimpleSpanProcessor),
            choices={"log_level": "debug"},
        )
        configure_logging(self.day.settings, self.log, in_use=self.day.app.vault.in_use)
        self.orders = place(self.day, ORDERS)

    def play(self) -> None:
        """Lets the orders be released and shipped, with everything going wrong once."""
        day = self.day
        day.warehouse.answers.append(httpx.Response(422, json={"error": "not stocked"}))
        day.warehouse.loses_answers = 1
        day.run(minutes=30)
        day.warehouse.crashes = True
        day.amazon.place_order(day.account, lines=[Line(sku="MUG-9")], recipient=recipient(0))
        day.run(minutes=10)
        day.warehouse.crashes = False
        day.run(minutes=10)
        for order_id in self.orders:
            if day.order(order_id).state is OrderState.RELEASED:
                day.ship(order_id, tracking_number=ups_of(order_id))
        day.run(hours=2)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """Every span that left."""
        return self.kept.get_finished_spans()

    def lines(self) -> list[dict[str, object]]:
        """Every line of the log."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    watched = Watched(tmp_path_factory.mktemp("traced"), request.param)
    watched.play()
    yield watched
    watched.day.close()
    logging.getLogger().handlers.clear()


def _all_text(spans: Sequence[ReadableSpan]) -> str:
    """Everything a span carries, as its own exporters would write it, and the raw of what they leave out."""
    out = io.StringIO()
    for span in spans:
        out.write(span.to_json())
        out.write(repr((span.name, span.attributes, span.events, span.links, span.resource.attributes)))
        out.write(repr((span.status.description, span.instrumentation_scope)))
    return out.getvalue()


def _named(spans: Sequence[ReadableSpan], name: str, value: str) -> list[ReadableSpan]:
    return [span for span in spans if (span.attributes or {}).get(f"dockseal.{name}") == value]


def test_no_canary_and_no_order_id_stands_in_any_span(watched: Watched) -> None:
    told = repr(watched.day.warehouse.taken)
    assert told.count(MARK) > ORDERS * 5, "the canaries did not flow: this test proves nothing"
    text = _all_text(watched.spans)
    assert len(watched.spans) > 200
    assert leaks(text.encode()) == set()
    assert AMAZON_ORDER_ID.findall(text) == []
    assert not any(order_id in text for order_id in watched.orders)
    references = [each["reference"] for each in watched.day.warehouse.taken]
    assert references
    assert not any(reference in text for reference in references)


def test_a_span_says_nothing_but_what_is_listed(watched: Watched) -> None:
    allowed = {f"dockseal.{name}" for name in FIELDS}
    for span in watched.spans:
        assert set(span.attributes or {}) <= allowed
        assert span.events == ()
        assert span.status.description is None
    resources = {tuple(sorted(span.resource.attributes)) for span in watched.spans}
    assert resources == {("service.name", "service.version")}


def test_calls_lie_below_the_run_of_the_lane_that_made_them(watched: Watched) -> None:
    runs = {span.context.span_id: span for span in watched.spans if span.context and span.parent is None}
    by_operation = {"confirmShipment": "confirm", "submit": "release"}
    for operation, lane in by_operation.items():
        calls = _named(watched.spans, "operation", operation)
        assert calls, f"nobody called {operation}: this test proves nothing"
        for call in calls:
            assert call.parent is not None
            run = runs[call.parent.span_id]
            assert run.attributes is not None
            assert run.attributes["dockseal.lane"] == lane
            assert run.start_time <= call.start_time <= call.end_time <= run.end_time  # type: ignore[operator]  # all ended


def test_a_call_to_amazon_says_who_called_what_and_what_came_of_it(watched: Watched) -> None:
    (call, *_) = _named(watched.spans, "operation", "confirmShipment")
    assert call.attributes is not None
    about = dict(call.attributes)
    request_id = about.pop("dockseal.request_id")
    assert about == {
        "dockseal.seller": "acme-us",
        "dockseal.operation": "confirmShipment",
        "dockseal.status": 204,
    }
    assert request_id
    assert call.name == "confirmShipment"
    assert call.status.status_code is StatusCode.UNSET


def test_a_refusal_and_a_warehouse_that_is_down_show_as_failed_calls(watched: Watched) -> None:
    results = {
        str((call.attributes or {})["dockseal.result"]): call.status.status_code
        for call in _named(watched.spans, "operation", "submit")
    }
    assert results == {
        "done": StatusCode.UNSET,
        "refused": StatusCode.ERROR,
        "unavailable": StatusCode.ERROR,
        "broken": StatusCode.ERROR,
    }


def test_a_crash_shows_its_class_and_its_place_alone(watched: Watched) -> None:
    crashed = [
        span
        for span in _named(watched.spans, "lane", "release")
        if (span.attributes or {}).get("dockseal.error") == "RuntimeError"
    ]
    assert crashed
    for span in crashed:
        assert span.attributes is not None
        assert re.fullmatch(r"[\w.]+:\d+( < [\w.]+:\d+)*", str(span.attributes["dockseal.place"]))
        assert span.status.status_code is StatusCode.ERROR


def test_every_line_of_the_log_is_json_and_says_its_level_time_and_logger(watched: Watched) -> None:
    lines = watched.lines()
    assert len(lines) > 50
    for line in lines:
        assert {"event", "level", "timestamp", "logger"} <= line.keys(), line
    calls = json.dumps([line for line in lines if line["event"] == "amazon.call"])
    assert AMAZON_ORDER_ID.search(calls) is None


def test_a_line_that_a_lane_wrote_says_which_and_leads_to_its_span(watched: Watched) -> None:
    traces = {
        format_trace_id(span.context.trace_id): span
        for span in watched.spans
        if span.context is not None and span.parent is None
    }
    lines = [line for line in watched.lines() if line["event"] in {"amazon.call", "lane.broken"}]
    assert {line["event"] for line in lines} == {"amazon.call", "lane.broken"}
    for line in lines:
        run = traces[str(line["trace_id"])]
        assert run.attributes is not None
        assert line["lane"] == run.attributes["dockseal.lane"]
        assert line["key"] == run.attributes["dockseal.key"]


def test_spans_are_of_the_times_of_the_day(watched: Watched) -> None:
    first = min(span.start_time or 0 for span in watched.spans)
    assert first >= START.timestamp() * 1e9
    ids = [format_span_id(span.context.span_id) for span in watched.spans if span.context is not None]
    assert len(set(ids)) == len(ids)
