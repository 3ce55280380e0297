"""A day of crashes in a process that a service for errors or traces watches, with its worst settings.

Run as a script with the path of a JSON file; see `test_watched.py`. What leaves for the service lies in the
file `sent` afterwards, in the form in which its own client sends it.
"""

import contextlib
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

import httpx
import sentry_sdk
from opentelemetry import trace
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.httpx import RequestInfo, SyncOpenTelemetryTransport
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import ConsoleLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import AlwaysOnExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import StatusCode
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import Transport

from day import Day, TestWarehouse
from dockseal.console.pages import opening
from dockseal.console.wsgi import application
from dockseal.domain.clock import ManualClock
from dockseal.domain.recipient import Recipient
from dockseal.logs import configure_logging
from dockseal.pii_security import vault
from dockseal.pii_security.exporters import ListedMetrics, ListedSpans
from dockseal.pii_security.redaction import Redaction
from dockseal.pii_security.telemetry import SENTRY
from faults.canaried import place
from unit.console.person import BASE, Person

ORDERS = 2


class Service(Protocol):
    """What watches."""

    def carry(self, inner: httpx.BaseTransport) -> httpx.BaseTransport:
        """Watches what a transport carries."""

    def fault(self, error: Exception, values: dict[str, str]) -> None:
        """Tells it of a fault as careless code would, with what was being worked on."""

    def serve(self) -> None:
        """Watches the console too, now that Django is set up."""

    def end(self) -> None:
        """Sends what it still holds."""


class Kept(Transport):
    """Writes envelopes to a file instead of sending them."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._file = place.open("wb")

    def capture_envelope(self, envelope: Envelope) -> None:
        self._file.write(envelope.serialize() + b"\n")
        self._file.flush()


class Sentry:
    """Sentry's client, told to send all it can find."""

    def __init__(self, sent: Path, *, ours: bool) -> None:
        sentry_sdk.init(
            dsn="https://key@errors.example/1",
            transport=Kept(sent),
            send_default_pii=True,
            include_local_variables=True,
            include_source_context=True,
            attach_stacktrace=True,
            max_request_body_size="always",
            max_breadcrumbs=100,
            traces_sample_rate=1.0,
            profiles_sample_rate=1.0,
            enable_logs=True,
            integrations=[
                DjangoIntegration(cache_spans=True, signals_spans=True),
                HttpxIntegration(),
                LoggingIntegration(level=logging.DEBUG, sentry_logs_level=logging.DEBUG),
            ],
            **(SENTRY if ours else {}),
        )

    def carry(self, inner: httpx.BaseTransport) -> httpx.BaseTransport:
        return inner

    def fault(self, error: Exception, values: dict[str, str]) -> None:
        with sentry_sdk.new_scope() as scope:
            scope.set_user({"username": values["name"]})
            scope.set_tag("buyer", values["name"])
            scope.set_context("parcel", {**values})
            scope.add_attachment(bytes=json.dumps(values).encode(), filename="parcel.json")
            with sentry_sdk.start_transaction(name=values["name"], op="parcel") as transaction:
                transaction.set_data("parcel", values)
                with sentry_sdk.start_span(op="label", name=f"label for {values['name']}"):
                    sentry_sdk.logger.warning("no label for {buyer}", buyer=values["name"])
                    sentry_sdk.metrics.count("parcels", 1, attributes={"buyer": values["name"]})
                    sentry_sdk.capture_exception(error)

    def serve(self) -> None:
        """Does nothing: it watches already."""

    def end(self) -> None:
        sentry_sdk.flush()
        sentry_sdk.get_client().close()


class OpenTelemetry:
    """OpenTelemetry's SDK with its own exporters, told to take all it can find."""

    def __init__(self, sent: Path, *, ours: bool) -> None:
        self._file = sent.open("w")
        spans, metrics = ConsoleSpanExporter(out=self._file), ConsoleMetricExporter(out=self._file)
        self._traces = TracerProvider()
        self._traces.add_span_processor(SimpleSpanProcessor(ListedSpans(spans) if ours else spans))
        reader = PeriodicExportingMetricReader(ListedMetrics(metrics) if ours else metrics)
        self._meters = MeterProvider([reader], exemplar_filter=AlwaysOnExemplarFilter())
        self._logs = LoggerProvider()
        self._logs.add_log_record_processor(
            SimpleLogRecordProcessor(ConsoleLogRecordExporter(out=self._file))
        )
        handler = LoggingHandler(logger_provider=self._logs, log_code_attributes=True)
        if ours:
            handler.addFilter(Redaction())
        logging.getLogger().addHandler(handler)
        providers: dict[str, Any] = {"tracer_provider": self._traces, "meter_provider": self._meters}
        SQLite3Instrumentor().instrument(**providers)
        self._providers = providers
        self._tracer = trace.get_tracer("careless", tracer_provider=self._traces)
        self._counter = self._meters.get_meter("careless").create_counter("parcels")

    def carry(self, inner: httpx.BaseTransport) -> httpx.BaseTransport:
        return SyncOpenTelemetryTransport(
            inner, tracer_provider=self._traces, meter_provider=self._meters, request_hook=_whole_request
        )

    def fault(self, error: Exception, values: dict[str, str]) -> None:
        with self._tracer.start_as_current_span(f"label for {values['name']}") as span:
            span.set_attributes(values)
            span.add_event(f"no label for {values['name']}", values)
            span.record_exception(error)
            span.set_status(StatusCode.ERROR, str(error))
            self._counter.add(1, {"buyer": values["name"]})

    def serve(self) -> None:
        DjangoInstrumentor().instrument(request_hook=_whole_form, **self._providers)

    def end(self) -> None:
        for each in (self._traces, self._meters, self._logs):
            each.shutdown()
        self._file.close()


class Carried(httpx.BaseTransport):
    """A warehouse, as the transport it was made as."""

    def __init__(self, warehouse: TestWarehouse) -> None:
        self.handle_request = warehouse.handle_request  # type: ignore[method-assign]  # bound before it is watched


def _whole_request(span: trace.Span, request: RequestInfo) -> None:
    body = b"".join(request.stream) if isinstance(request.stream, httpx.ByteStream) else b""
    span.set_attributes({"http.request.body": body, "http.request.headers": repr(request.headers)})


def _whole_form(span: trace.Span, request: Any) -> None:
    span.set_attribute("http.request", str(request.META))


def crashing(service: Service, token: str, inner: Callable[..., Any]) -> Callable[..., Any]:
    """Returns what crashes over a recipient, with its values and a token among the locals and in the text."""

    def crash(*given: Any, **named: Any) -> Any:
        found = inner(*given, **named)
        values = {**(found.disclose() if isinstance(found, Recipient) else found), "token": token}
        try:
            return float(f"no label for {values}")
        except ValueError as error:
            service.fault(error, values)
            logging.getLogger("library").exception("no label for %s", values, extra={"buyer": values["name"]})
            raise

    return crash


def hand_over(day: Day, service: Service) -> None:
    """Lets sealing, opening and handing over crash, one after the other, and ends well."""
    token = day.refresh_token
    place(day, ORDERS)
    with mock.patch.object(vault, "seal", crashing(service, token, lambda recipient, **_: recipient)):
        day.run(minutes=2)
    with mock.patch.object(vault, "unseal", crashing(service, token, vault.unseal)):
        day.run(minutes=5)
    day.warehouse.crashes = True
    day.run(minutes=5)
    day.warehouse.crashes = False
    day.run(minutes=20)
    assert len(day.warehouse.taken) == ORDERS, "the day did not end well: the crashes were others than meant"


def open_at_the_console(day: Day, service: Service) -> None:
    """Lets the page crash that shows an address."""
    order_id, *_ = place(day, 1)
    day.run(minutes=5)
    person = Person(day.app, ManualClock(start=day.clock.now()))
    person.sign_in()
    person.client = httpx.Client(
        transport=httpx.WSGITransport(application(day.app, people=person.people), raise_app_exceptions=False),
        base_url=BASE,
        cookies=person.client.cookies,
    )
    page = f"/orders/{day.order(order_id).ref}"
    with mock.patch.object(opening, "_slip", crashing(service, day.refresh_token, lambda values: values)):
        answer = person.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
    assert answer.status_code == 500
    assert person.send(f"{page}/open", {"purpose": "shipping_label"}, page=page).status_code == 200


def main(plan: Path) -> None:
    """Runs the day, and notes what the scanner is to look for."""
    given = json.loads(plan.read_text())
    folder = Path(given["folder"])
    services = {"sentry": Sentry, "opentelemetry": OpenTelemetry}
    with contextlib.ExitStack() as stack:
        day = Day(folder=folder / "handed", choices={"log_level": "debug"})
        stack.callback(day.close)
        configure_logging(day.settings, folder / "dockseal.log")
        service: Service = services[given["service"]](folder / "sent", ours=given["ours"])
        day.line = service.carry(day.line)
        day.warehouse.handle_request = service.carry(Carried(day.warehouse)).handle_request  # type: ignore[method-assign]  # watched
        day.restart()
        hand_over(day, service)
        by_hand = Day(folder=folder / "packed", adapter="by_hand")
        stack.callback(by_hand.close)
        service.serve()
        open_at_the_console(by_hand, service)
        service.end()
    (folder / "tokens").write_text(json.dumps([day.refresh_token, by_hand.refresh_token]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
