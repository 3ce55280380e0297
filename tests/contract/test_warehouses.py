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
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.warehouses.by_hand import ByHand
from dockseal.warehouses.contract import REFUSAL, WarehouseContract
from dockseal.warehouses.port import AdapterParts, WarehouseAdapter
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
        with self._lock:
            if order["reference"] not in self.taken:
                self.taken.append(order["reference"])
        return 200, json.dumps({"id": f"far-{self.taken.index(order['reference'])}"}).encode()


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    far_side = FarSide()
    yield far_side
    far_side.close()


def parts(adapter: str, url: str = "") -> AdapterParts:
    options = (("url", url),) if url else ()
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
