"""Stands before the exporters of OpenTelemetry: what is not listed does not leave (extra `otel`).

Dockseal's own traces (`traces`) leave through it. Whoever adds more wraps the exporters that are used:
`BatchSpanProcessor(ListedSpans(exporter))`, `PeriodicExportingMetricReader(ListedMetrics(exporter))`; and
gives the handler that takes logs the filter of every handler, `handler.addFilter(Redaction())`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

from dockseal.pii_security.telemetry import span_attributes

_NAMES = (
    "http.request.method",
    "http.method",
    "http.route",
    "db.system.name",
    "db.system",
    "messaging.operation.name",
    "dockseal.lane",
    "dockseal.warehouse",
    "dockseal.operation",
)


class ListedSpans(SpanExporter):
    """Exports spans with their kinds, times and listed attributes.

    Descriptions and the texts and traces of exceptions are left out. Whoever makes a span may call it
    anything: it leaves under what its listed attributes say.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports spans without what is not listed."""
        return self._exporter.export([_span(each) for each in spans])

    def shutdown(self) -> None:
        """Ends the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Has the exporter send what it holds, within so many milliseconds."""
        return self._exporter.force_flush(timeout_millis)


class ListedMetrics(MetricExporter):
    """Exports metrics with their listed attributes, and without single measurements as examples."""

    def __init__(self, exporter: MetricExporter) -> None:
        super().__init__(exporter._preferred_temporality, exporter._preferred_aggregation)
        self._exporter = exporter

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        """Exports metrics without what is not listed."""
        listed = [
            replace(
                each,
                resource=_resource(each.resource),
                scope_metrics=[
                    replace(scope, metrics=[_metric(one) for one in scope.metrics])
                    for scope in each.scope_metrics
                ],
            )
            for each in metrics_data.resource_metrics
        ]
        return self._exporter.export(MetricsData(resource_metrics=listed), timeout_millis, **kwargs)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Has the exporter send what it holds, within so many milliseconds."""
        return self._exporter.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Ends the exporter."""
        self._exporter.shutdown(timeout_millis, **kwargs)


def _span(span: ReadableSpan) -> ReadableSpan:
    attributes = span_attributes(span.attributes or {})
    return ReadableSpan(
        name=" ".join(str(attributes[name]) for name in _NAMES if name in attributes)
        or span.kind.name.lower(),
        context=span.context,
        parent=span.parent,
        resource=_resource(span.resource),
        attributes=attributes,
        events=[
            Event(name="event", attributes=span_attributes(each.attributes or {}), timestamp=each.timestamp)
            for each in span.events
        ],
        links=[Link(each.context, span_attributes(each.attributes or {})) for each in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _metric(metric: Any) -> Any:
    points = [
        replace(each, attributes=span_attributes(each.attributes or {}), exemplars=[])
        for each in metric.data.data_points
    ]
    return replace(metric, data=replace(metric.data, data_points=points))


def _resource(resource: Resource) -> Resource:
    return Resource(span_attributes(resource.attributes))
