"""Has numbers and traces follow what the App does: the one place that says what is measured."""

from collections import Counter
from importlib import import_module
from typing import cast

from dockseal.amazon.wire import CallMade
from dockseal.bootstrap.app import App
from dockseal.domain.clock import Clock, SystemClock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.tracing import Call, NoTracer, Tracer
from dockseal.errors import SettingsFault, VaultError
from dockseal.lanes import Lane
from dockseal.monitoring_audit.gauges.data import DataGauges, KeyGauges
from dockseal.monitoring_audit.gauges.lanes import LaneGauges
from dockseal.monitoring_audit.gauges.opens import OpenCounters
from dockseal.monitoring_audit.gauges.orders import OrderGauges
from dockseal.monitoring_audit.gauges.outages import OutageGauges
from dockseal.monitoring_audit.gauges.sellers import SellerGauges
from dockseal.monitoring_audit.gauges.shipping import ShippingGauges
from dockseal.monitoring_audit.gauges.trail import TrailGauges
from dockseal.monitoring_audit.gauges.verdict import HealthGauges
from dockseal.monitoring_audit.gauges.waiting import WaitingGauges
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.settings import Settings
from dockseal.warehouses.calls import WarehouseCall


def watch(app: App) -> None:
    """Has the metrics show, at each scrape, what the tables, the keys, the lanes and health say."""
    storage, clock = app.storage, app.clock

    def spared() -> frozenset[WarehouseId]:
        return app.adapters.without_recipient(storage.warehouses.all())

    def canaries() -> Counter[tuple[SellerId, OrderState]]:
        try:
            return Counter((each.seller, each.state) for each in app.planting.living())
        except VaultError:  # the register is broken, as health tells: they are counted like any other
            return Counter()

    app.metrics.count(OpenCounters(storage))
    app.metrics.watch(
        OrderGauges(storage, clock, canaries),
        WaitingGauges(storage, clock, spared),
        ShippingGauges(app.outlook.counts, app.outlook.shares),
        SellerGauges(storage, clock),
        OutageGauges(app.amazon.circuits.outages),
        DataGauges(storage, clock),
        KeyGauges(app.key_ends, clock),
        TrailGauges(storage, [anchor.place for anchor in app.anchoring.anchors]),
        LaneGauges(app.lane_health),
        HealthGauges(app.health),
    )


def tracer_of(settings: Settings, clock: Clock | None = None) -> Tracer:
    """Returns what sends traces where the settings say; nothing of OpenTelemetry is loaded without.

    Args:
        settings: What the installation chose.
        clock: Tells the time; None: the machine's.

    Raises:
        SettingsFault: it is not installed.
    """
    if not settings.otlp_endpoint:
        return NoTracer()
    try:
        traces = import_module("dockseal.pii_security.traces")
    except ModuleNotFoundError:
        raise SettingsFault(
            (
                "DOCKSEAL_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: install dockseal[otel], "
                "or unset it",
            )
        ) from None
    return cast(Tracer, traces.to_collector(settings.otlp_endpoint, clock or SystemClock()))


class Observing:
    """Counts each call and each run, and tells the tracer of it."""

    def __init__(self, metrics: Metrics, tracer: Tracer) -> None:
        self._metrics = metrics
        self.tracer = tracer

    def amazon(self, call: CallMade) -> None:
        """Takes one call to Amazon."""
        status = str(call.status) if call.status else "no answer"
        self._metrics.amazon_calls.labels(call.operation, status).inc()
        self._metrics.amazon_call_seconds.labels(call.operation).observe(call.seconds)
        about: dict[str, str | int] = {
            "seller": call.seller,
            "operation": call.operation,
            "status": call.status,
        }
        self.tracer.called(
            Call(
                to="amazon",
                about=about | ({"request_id": call.request_id} if call.request_id else {}),
                at=call.at,
                seconds=call.seconds,
                failed=not 200 <= call.status < 400,
            )
        )

    def warehouse(self, call: WarehouseCall) -> None:
        """Takes one call to a warehouse."""
        self._metrics.warehouse_calls.labels(call.warehouse, call.act.value, call.result).inc()
        self._metrics.warehouse_call_seconds.labels(call.warehouse, call.act.value).observe(call.seconds)
        about = {"operation": call.act.value, "result": call.result, "count": call.orders}
        self.tracer.called(
            Call(
                to="warehouse",
                about={"warehouse": call.warehouse, **about},
                at=call.at,
                seconds=call.seconds,
                failed=call.result != "done",
                error=call.error,
            )
        )

    def lane(self, lane: Lane, *, result: str, seconds: float) -> None:
        """Takes one finished run of a lane."""
        self._metrics.lane_runs.labels(lane.step.name, result).inc()
        self._metrics.lane_run_seconds.labels(lane.step.name).observe(seconds)
