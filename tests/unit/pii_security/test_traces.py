"""Traces on their way: to a collector over HTTP, past one that is down, and nowhere by default."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from dockseal.bootstrap import tracer_of
from dockseal.domain.clock import ManualClock
from dockseal.domain.tracing import Call, NoTracer
from dockseal.errors import SettingsFault
from dockseal.pii_security.traces import Traces
from dockseal.settings import settings_from

NAME = "Testperson Alpha"
SECRET = "Atza|Example"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Collector:
    """Takes traces as an OpenTelemetry collector does, on a port of loopback."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.taken: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") != "gzip":
                    collector.taken.append(ExportTraceServiceRequest.FromString(body))
                collector.paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spans(self) -> list[tuple[str, dict[str, str]]]:
        """The name of each span that came, and its attributes as text."""
        return [
            (span.name, {each.key: each.value.string_value for each in span.attributes})
            for request in self.taken
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def _traces(url: str) -> Traces:
    tracer = tracer_of(settings_from({"otlp_endpoint": url}), ManualClock(start=START))
    assert isinstance(tracer, Traces)
    return tracer


def _worked(traces: Traces) -> None:
    with traces.working("confirm", "acme-us") as work:
        traces.called(Call(to="amazon", about={"operation": "confirmShipment"}, at=START, seconds=0.5))
        work.result = "done"


def test_a_collector_gets_each_run_and_its_calls_when_the_app_closes(collector: Collector) -> None:
    traces = _traces(collector.url)
    _worked(traces)
    traces.close()
    assert collector.paths == ["/v1/traces"]
    assert sorted(collector.spans()) == [
        ("confirm", {"dockseal.lane": "confirm", "dockseal.key": "acme-us", "dockseal.result": "done",
                     "dockseal.count": ""}),
        ("confirmShipment", {"dockseal.operation": "confirmShipment"}),
    ]  # fmt: skip


def test_what_is_not_listed_is_left_out_whoever_puts_it_there(collector: Collector) -> None:
    traces = _traces(collector.url)
    about = {"operation": f"getOrder {SECRET}", "buyer": NAME, "path": f"/orders?name={NAME}"}
    with traces.working("release", "reno") as work:
        traces.called(Call(to="warehouse", about=about, at=START, seconds=0, error=ValueError(NAME)))
        work.result, work.error = "failed", RuntimeError(NAME)
    traces.close()
    whole = b"".join(request.SerializeToString() for request in collector.taken)
    assert b"RuntimeError" in whole
    assert b"ValueError" in whole
    assert NAME.encode() not in whole
    assert SECRET.encode() not in whole


def test_a_failure_of_the_work_itself_goes_on_and_is_not_quoted(collector: Collector) -> None:
    traces = _traces(collector.url)
    with pytest.raises(RuntimeError, match=NAME), traces.working("release", ""):
        raise RuntimeError(NAME)
    traces.close()
    ((_, about),) = collector.spans()
    assert "dockseal.key" not in about
    assert NAME.encode() not in b"".join(request.SerializeToString() for request in collector.taken)


def test_a_collector_that_is_down_stops_no_lane_and_no_end(collector: Collector) -> None:
    collector.close()
    traces = _traces(collector.url)
    began = time.monotonic()
    for _ in range(5_000):
        _worked(traces)
    worked = time.monotonic() - began
    traces.close()
    assert worked < 20, "each run waits for a collector that is not there"
    assert time.monotonic() - began - worked < 30


def test_without_a_place_nobody_is_told_and_nothing_of_opentelemetry_is_loaded() -> None:
    assert isinstance(tracer_of(settings_from({})), NoTracer)
    code = (
        "import sys\n"
        "from dockseal.cli.main import app\n"
        "from dockseal.bootstrap import tracer_of\n"
        "from dockseal.settings import settings_from\n"
        "tracer_of(settings_from({}))\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_place_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dockseal.pii_security.traces", None)
    with pytest.raises(SettingsFault, match=r"install dockseal\[otel\]"):
        tracer_of(settings_from({"otlp_endpoint": "https://collector.example"}))


@pytest.mark.parametrize(
    "url",
    ["http://collector.example:4318", "ftp://127.0.0.1", "collector.example", "https://", "http://[bad"],
)
def test_traces_go_encrypted_or_stay_on_this_machine(url: str) -> None:
    with pytest.raises(SettingsFault, match="DOCKSEAL_OTLP_ENDPOINT must begin with https"):
        settings_from({"otlp_endpoint": url})


@pytest.mark.parametrize("url", ["https://user:word@collector.example", "https://collector.example/?key=1"])
def test_no_login_is_part_of_the_place(url: str) -> None:
    with pytest.raises(SettingsFault, match="no setting is a secret"):
        settings_from({"otlp_endpoint": url})


@pytest.mark.parametrize(
    "url",
    ["https://collector.example", "http://127.0.0.1:4318", "http://localhost:4318", "http://[::1]:4318/x"],
)
def test_a_collector_elsewhere_by_tls_or_here_without_is_a_place(url: str) -> None:
    assert settings_from({"otlp_endpoint": url}).otlp_endpoint == url


def test_a_call_begins_as_long_before_its_end_as_it_took(collector: Collector) -> None:
    traces = _traces(collector.url)
    traces.called(Call(to="amazon", at=START + timedelta(seconds=2), seconds=1.5))
    traces.close()
    (span,) = collector.taken[0].resource_spans[0].scope_spans[0].spans
    assert span.start_time_unix_nano == int(START.timestamp()) * 1_000_000_000 + 500_000_000
    assert span.end_time_unix_nano == int(START.timestamp()) * 1_000_000_000 + 2_000_000_000
