"""Sends traces by OpenTelemetry: a span for each run of a lane and each call within it (extra `otel`).

Loaded only where `DOCKSEAL_OTLP_ENDPOINT` is set. What a span may say is `FIELDS` of `redaction`; it leaves
through `ListedSpans`, which keeps by that list whatever else somebody put there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id, use_span

from dockseal import __version__
from dockseal.domain.clock import Clock
from dockseal.domain.tracing import Call, Work
from dockseal.pii_security.exporters import ListedSpans
from dockseal.pii_security.redaction import where

_PATIENCE_SECONDS = 5
"""So long one sending of spans may take."""
_FAILED = frozenset({"failed"})


class Traces:
    """A tracer whose spans an exporter sends.

    Times are those of the clock: a simulated day has a trace of that day.

    Args:
        exporter: Sends spans.
        clock: Tells the time.
        process: Decides when the exporter is called; by default in the background, and never waited for.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        clock: Clock,
        *,
        process: Callable[[SpanExporter], SpanProcessor] = BatchSpanProcessor,
    ) -> None:
        resource = Resource({"service.name": "dockseal", "service.version": __version__})
        # Of our own: what else in the process uses OpenTelemetry neither sees nor changes it.
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(process(ListedSpans(exporter)))
        self._tracer = self._provider.get_tracer("dockseal", __version__)
        self._clock = clock

    @contextmanager
    def working(self, lane: str, key: str) -> Iterator[Work]:
        """Makes a span of one run of a lane; what is called meanwhile, in this thread, lies below it."""
        about = {"dockseal.lane": lane, **({"dockseal.key": key} if key else {})}
        span = self._tracer.start_span("lane", attributes=about, start_time=_nanoseconds(self._clock.now()))
        work = Work(trace_id=format_trace_id(span.get_span_context().trace_id))
        try:
            with use_span(span, record_exception=False, set_status_on_exception=False):
                yield work
        finally:
            span.set_attributes({"dockseal.result": work.result, "dockseal.count": work.count})
            _end(span, self._clock.now(), failed=work.result in _FAILED, error=work.error)

    def called(self, call: Call) -> None:
        """Makes a span of a call that is over."""
        ended = _nanoseconds(call.at)
        span = self._tracer.start_span(
            call.to,
            kind=SpanKind.CLIENT,
            attributes={f"dockseal.{name}": value for name, value in call.about.items()},
            start_time=ended - int(call.seconds * 1e9),
        )
        _end(span, call.at, failed=call.failed, error=call.error)

    def close(self) -> None:
        """Sends what is still to be sent, for a few seconds at most."""
        self._provider.shutdown()


def to_collector(endpoint: str, clock: Clock) -> Traces:
    """Returns a tracer that sends to a collector by OTLP over HTTP.

    Args:
        endpoint: The collector's base URL; `/v1/traces` is put behind it.
        clock: Tells the time.
    """
    url = f"{endpoint.rstrip('/')}/v1/traces"
    return Traces(OTLPSpanExporter(endpoint=url, timeout=_PATIENCE_SECONDS), clock)


def _end(span: Span, at: datetime, *, failed: bool, error: BaseException | None) -> None:
    if error is not None:
        # Its text may quote what was being worked on.
        kind, _, place = where(error).partition(" at ")
        span.set_attributes({"dockseal.error": kind, "dockseal.place": place})
    if failed or error is not None:
        span.set_status(StatusCode.ERROR)
    span.end(end_time=_nanoseconds(at))


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1_000
