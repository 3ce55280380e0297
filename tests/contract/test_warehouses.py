"""The warehouse contract, over every adapter; the webhook talks to a real HTTP server on this machine."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import standardwebhooks

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.domain.warehouse_message import Taken, WarehouseMessage
from dockseal.warehouses.by_hand import ByHand
from dockseal.warehouses.contract import REFUSAL, WarehouseContract, hand_over
from dockseal.warehouses.port import (
    AdapterParts,
    Delivery,
    HandOver,
    Receipt,
    StopAnswer,
    StopRequest,
    WarehouseAdapter,
)
from dockseal.warehouses.webhook import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class FarSide:
    """A warehouse that keeps to Standard Webhooks: it verifies, and takes each webhook-id once."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        far_side = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                order = standardwebhooks.Webhook(SECRET).verify(body, dict(self.headers.items()))
                if self.path == "/cut":
                    self.close_connection = True
                    return
                status, answer = far_side.answer(self.path, order, body)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def answer(self, path: str, order: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path == "/refuse":
            return 422, json.dumps({"error": REFUSAL}).encode()
        if path == "/broken":
            return 500, body
        if path == "/redirect":
            return 308, b""
        return 200, self._taken(order["type"], order["reference"])

    def _taken(self, kind: str, reference: str) -> bytes:
        if kind == "order.stop":
            return json.dumps({"stopped": reference in self.taken}).encode()
        with self._lock:
            if kind == "order.released" and reference not in self.taken:
                self.taken.append(reference)
        if reference not in self.taken:
            return json.dumps({"known": False}).encode()
        return json.dumps({"id": f"far-{self.taken.index(reference)}", "known": True}).encode()


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    far_side = FarSide()
    yield far_side
    far_side.close()


def parts(adapter: str, url: str = "") -> AdapterParts:
    options = (("ask", "yes"), ("url", url)) if url else ()
    return AdapterParts(
        warehouse=Warehouse(id=WarehouseId("reno"), adapter=adapter, options=options),
        secret=Secret(SECRET),
        transport=None,
        clock=SystemClock(),
    )


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class TestWebhook(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _with(self, far_side: FarSide) -> Iterator[None]:
        self.far_side = far_side
        self.opened: list[Webhook] = []
        yield
        for webhook in self.opened:
            webhook.close()

    def _at(self, url: str) -> Webhook:
        webhook = Webhook(parts("webhook", url))
        self.opened.append(webhook)
        return webhook

    def adapter(self) -> WarehouseAdapter:
        return self._at(self.far_side.url("/orders"))

    def taken(self) -> Sequence[str]:
        return self.far_side.taken

    def refusing(self) -> WarehouseAdapter:
        return self._at(self.far_side.url("/refuse"))

    def failing(self) -> Sequence[WarehouseAdapter]:
        urls = [self.far_side.url(path) for path in ("/broken", "/cut", "/redirect")]
        return [self._at(url) for url in [*urls, f"http://127.0.0.1:{closed_port()}/orders"]]


class TestByHand(WarehouseContract):
    def adapter(self) -> WarehouseAdapter:
        return ByHand(parts("by_hand"))

    def taken(self) -> None:
        return None

    def refusing(self) -> None:
        return None

    def failing(self) -> Sequence[WarehouseAdapter]:
        return ()


def test_the_contract_finds_a_warehouse_that_takes_an_order_twice(far_side: FarSide) -> None:
    class Twice(WarehouseContract):
        def adapter(self) -> WarehouseAdapter:
            return Webhook(parts("webhook", far_side.url("/orders")))

        def taken(self) -> Sequence[str]:
            return [*far_side.taken, *far_side.taken]

    with pytest.raises(AssertionError, match="the order lies at the warehouse once"):
        Twice().test_the_same_reference_again_is_taken_once()


@pytest.mark.parametrize(
    "check",
    [WarehouseContract.test_a_refusal_says_why, WarehouseContract.test_a_failing_warehouse_is_unavailable],
)
def test_the_contract_finds_an_adapter_that_takes_what_it_should_not(
    check: Callable[[WarehouseContract], None],
) -> None:
    class Yes(WarehouseContract):
        def refusing(self) -> WarehouseAdapter:
            return ByHand(parts("by_hand"))

        def failing(self) -> Sequence[WarehouseAdapter]:
            return [ByHand(parts("by_hand"))]

    with pytest.raises(AssertionError, match="the order was taken"):
        check(Yes())


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (WarehouseContract.test_a_failing_warehouse_was_perhaps_asked_to_stop, "has answered"),
        (WarehouseContract.test_a_failing_warehouse_says_nothing_of_an_order, "has answered"),
        (WarehouseContract.test_it_says_which_orders_it_has, "an order that was not sent is not there"),
        (WarehouseContract.test_many_orders_go_at_once_and_each_is_taken_once, "each order has an answer"),
        (WarehouseContract.test_what_is_not_put_away_is_given_again, "what is not put away is given again"),
    ],
)
def test_the_contract_finds_a_warehouse_that_says_yes_to_everything(
    check: Callable[[WarehouseContract], None], says: str
) -> None:
    class Rash(ByHand):
        most_at_once = 3
        given: Sequence[Delivery] = (Delivery(name="one", messages=(Taken(release=hand_over().reference),)),)

        def stop(self, request: StopRequest) -> StopAnswer:
            return StopAnswer.STOPPED

        def ask(self, reference: ReleaseRef) -> Receipt:
            return Receipt()

        def submit_all(self, hand_overs: Sequence[HandOver]) -> Sequence[Receipt]:
            return [Receipt()]

        def collect(self) -> Sequence[Delivery]:
            given, self.given = self.given, ()
            return given

        def done(self, delivery: Delivery) -> None:
            pass

    class All(WarehouseContract):
        def adapter(self) -> WarehouseAdapter:
            return Rash(parts("by_hand"))

        def failing(self) -> Sequence[WarehouseAdapter]:
            return [self.adapter()]

        def tells(self) -> Sequence[WarehouseMessage]:
            return [Taken(release=hand_over().reference)]

    with pytest.raises(AssertionError, match=says):
        check(All())
