"""A whole day in one thread: a simulated Amazon, a warehouse and a Dockseal, on one clock moved by hand."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks import Webhook

from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.opened import person
from dockseal.cli.sellers import add_seller
from dockseal.cli.warehouses import WarehouseSecrets, add_warehouse, new_secrets
from dockseal.console.parts import parts
from dockseal.console.wsgi import application
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.order import Order, OrdersApi
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Package
from dockseal.domain.tracing import NoTracer, Tracer
from dockseal.lanes import Step
from dockseal.settings import settings_from
from parcel_numbers import ups_of
from spapi_simulator import Behaviours, ManualClock, Simulator

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("acme-us")
WAREHOUSE = WarehouseId("reno")
US = "ATVPDKIKX0DER"


class TestWarehouse(httpx.BaseTransport):
    """A warehouse that takes signed webhooks, and ships when it is told to."""

    __test__ = False

    def __init__(self, secrets: WarehouseSecrets) -> None:
        self.secrets = secrets
        self.down = False
        self.crashes = False
        self.loses_answers = 0
        self.repeats = 0
        self.answers: list[httpx.Response] = []
        self.taken: list[dict[str, Any]] = []
        self.stops = True
        """What it says when it is asked not to ship an order."""
        self.stopped: list[str] = []
        """References that it was asked not to ship."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503, text="<html>Service Unavailable</html>")
        body = request.read()
        if self.crashes:
            raise RuntimeError(f"an unforeseen fault over {body.decode()}")
        self._check_signature(request.headers, body)
        if self.answers:
            return self.answers.pop(0)
        order = json.loads(body)
        if order["type"] == "order.stop":
            self.stopped.append(order["reference"])
            return httpx.Response(200, json={"stopped": self.stops})
        if order["reference"] in self.references():
            self.repeats += 1
        else:
            self.taken.append(order)
        if self.loses_answers:
            self.loses_answers -= 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return httpx.Response(202, json={"id": f"W{len(self.taken)}"})

    def references(self) -> list[str]:
        """The references of the releases it has."""
        return [order["reference"] for order in self.taken]

    def order(self, order_id: str) -> dict[str, Any]:
        """What it was told of one order."""
        (found,) = [order for order in self.taken if order["amazon_order_id"] == order_id]
        return found

    def _check_signature(self, headers: httpx.Headers, body: bytes) -> None:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(self.secrets.webhook.reveal()).sign(headers["webhook-id"], at, body.decode())
        assert headers["webhook-signature"] == expected


@dataclass(kw_only=True)
class Day:
    """One seller's day. `run` lets time pass; everything due in it happens, in order."""

    folder: Path
    api: OrdersApi = OrdersApi.V2026
    roles: Iterable[Any] | None = None
    behaviours: Behaviours = field(default_factory=Behaviours)
    adapter: str = "webhook"
    choices: dict[str, object] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    """What the warehouse's adapter is set to, besides where webhooks go."""
    region: Region = Region.NA
    marketplace: str = US
    reports: ReportTerms | None = None
    carry: Callable[[httpx.BaseTransport], httpx.BaseTransport] = lambda inner: inner
    """Wraps the line to Amazon, to bend what it carries."""
    trace: Callable[[Clock], Tracer] = lambda _: NoTracer()
    """Makes what is told of each run of a lane and each call."""
    make_warehouse: Callable[[WarehouseSecrets], TestWarehouse] = TestWarehouse
    """What stands at the other end of the webhooks."""
    tick: timedelta = timedelta(minutes=1)
    """No lane runs more often by its timer alone: a simulated hour stays cheap. Work wakes lanes at once."""
    poll: timedelta = timedelta(seconds=15)
    """What waits for a queue is told by it at once; here it looks so often."""
    look: timedelta = timedelta(minutes=10)
    """What looks at everything costs most of all: so seldom where it does not matter."""
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self.clock = ManualClock(START)
        self.amazon = Simulator(clock=self.clock, seed=7, behaviours=self.behaviours)
        self.line = self.carry(self.amazon.transport)
        self.account = self.amazon.add_seller(region=self.region.value, marketplaces=(self.marketplace,))
        application_ = self.amazon.add_application(name="Dockseal")
        queue_url = self.amazon.add_queue("orders")
        self.amazon.subscribe(application_, self.account, queue_url)
        self.refresh_token = self.amazon.authorize(application_, self.account, roles=self.roles)
        self.warehouse = self.make_warehouse(new_secrets())
        self.settings = settings_from(
            {
                "data_dir": self.folder / "data",
                "key_dir": self.folder / "keys",
                "audit_anchor_dir": self.folder / "anchors",
                **self.choices,
            }
        )
        (self.folder / "anchors").mkdir(parents=True, exist_ok=True)
        create_keys(self.settings, person(), clock=self.clock)
        self.app = self._build()
        add_warehouse(
            self.app,
            WAREHOUSE,
            kind=self.adapter,
            options={
                **({"url": "https://warehouse.example/orders"} if self.adapter == "webhook" else {}),
                **self.options,
            },
            keys=self.warehouse.secrets,
        )
        self.application = application_
        self.seller = Seller(
            id=SELLER,
            region=self.region,
            marketplaces=(self.marketplace,),
            selling_partner_id=self.account.seller_id,
            orders_api=self.api,
            queue_url=queue_url,
            warehouse=WAREHOUSE,
        )
        add_seller(self.app, self.seller, self._credentials())

    def _credentials(self) -> LwaCredentials:
        return LwaCredentials(
            client_id=self.application.client_id,
            client_secret=Secret(self.application.client_secret),
            refresh_token=Secret(self.refresh_token),
        )

    def authorise_again(self) -> None:
        """The seller gives its consent anew, and the operator hands the new secrets over."""
        self.refresh_token = self.amazon.authorize(self.application, self.account, roles=self.roles)
        add_seller(self.app, self.seller, self._credentials(), again=True)

    def _build(self) -> App:
        app = build(
            self.settings,
            console=parts(self.settings),
            clock=self.clock,
            transport=self.line,
            warehouse_transport=self.warehouse,
            queue_wait_seconds=0,
            reports=self.reports,
            tracer=self.trace(self.clock),
        )
        app.lanes.steps = [
            replace(step, every=max(step.every, self._seldom(step))) for step in app.lanes.steps
        ]
        return app

    def _seldom(self, step: Step) -> timedelta:
        if step.name in {"alert", "anchor", "foretell"}:
            return self.look
        return self.poll if step.waits_outside else self.tick

    def restart(self) -> None:
        """Ends Dockseal and starts it again on the same databases and keys."""
        self.app.close()
        self.app = self._build()

    def close(self) -> None:
        """Ends the day."""
        self.app.close()

    def run(self, *, minutes: float = 0, hours: float = 0) -> None:
        """Lets time pass, and everything that falls due in it happen."""
        until = self.clock.now() + timedelta(minutes=minutes, hours=hours)
        while True:
            self.app.lanes.run_due()
            due = self.app.lanes.next_due()
            if due is None or due >= until:
                break
            self.clock.set(max(due, self.clock.now()))
        self.clock.set(until)
        self.app.lanes.run_due()

    def skip(self, *, days: float) -> None:
        """Lets days pass in which Dockseal stands still, and then does what fell due."""
        self.clock.advance(timedelta(days=days))
        self.run(minutes=5)

    def order(self, order_id: str) -> Order:
        """Our side of an order."""
        order = self.app.storage.orders.find(SELLER, AmazonOrderId(order_id))
        assert order is not None, f"order {order_id} is not kept"
        return order

    def knows(self, order_id: str) -> bool:
        """Whether Dockseal keeps anything of an order."""
        return self.app.storage.orders.find(SELLER, AmazonOrderId(order_id)) is not None

    def packages(self, order_id: str) -> list[Package]:
        """Our side of an order's packages."""
        return self.app.storage.packages.of_order(self.order(order_id).ref)

    def tags(self, order_id: str) -> list[str]:
        """What the audit trail says of an order, oldest first."""
        rows = self.app.storage.audit.search(order=self.order(order_id).ref, limit=500)
        return [row.tag for row in reversed(rows)]

    def ship(
        self,
        order_id: str,
        *,
        report_id: str = "",
        carrier: str = "UPS Ground",
        tracking_number: str | None = None,
        shipped_at: datetime | None = None,
        lines: Sequence[tuple[str, int]] | None = None,
        codes: Sequence[str] = (),
        status: int = 201,
    ) -> httpx.Response:
        """The warehouse reports one parcel over the machine API; `lines` are (order item id, quantity).

        Without a number it has one that only its order has; `codes` are those of the one line.
        """
        tracking_number = ups_of(order_id) if tracking_number is None else tracking_number
        body: dict[str, Any] = {
            "report_id": report_id or f"{order_id}/{tracking_number}",
            "reference": self.warehouse.order(order_id)["reference"],
            "carrier": carrier,
            "tracking_number": tracking_number,
            "shipped_at": (shipped_at or self.clock.now()).isoformat(),
        }
        if lines is not None:
            body["lines"] = [
                {"line_id": line, "quantity": quantity, "transparency_codes": list(codes)}
                for line, quantity in lines
            ]
        key = self.warehouse.secrets.api_key.reveal()
        with httpx.Client(
            transport=httpx.WSGITransport(application(self.app)), base_url="http://127.0.0.1"
        ) as client:
            answer = client.post("/api/v1/shipments", json=body, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, answer.text
        return answer


MakeDay = Callable[..., Day]
"""Makes a day from the fields that differ from an ordinary one."""


def encodings(text: str) -> list[bytes]:
    """The forms in which a text could lie in a file."""
    plain = text.encode()
    return [
        plain,
        plain.lower(),
        plain.hex().encode(),
        base64.b64encode(plain).rstrip(b"=")[:-1],
        text.encode("utf-16-le"),
        json.dumps(text)[1:-1].encode(),
    ]
