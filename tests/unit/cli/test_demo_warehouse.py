import base64
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from dockseal.cli.demo_warehouse import DemoWarehouse, Files, arguments, build
from dockseal.domain.clock import Clock, ManualClock, ScaledClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrderLine
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.contract import hand_over
from dockseal.warehouses.port import AdapterParts, HandOver
from dockseal.warehouses.webhook import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


def webhook(
    clock: Clock, url: str = "http://127.0.0.1:1/orders", transport: httpx.BaseTransport | None = None
) -> Webhook:
    warehouse = Warehouse(id=WarehouseId("reno"), adapter="webhook", options=(("url", url),))
    return Webhook(AdapterParts(warehouse=warehouse, secret=Secret(SECRET), transport=transport, clock=clock))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(start=NOW)


@pytest.fixture
def demo(tmp_path: Path, clock: ManualClock) -> DemoWarehouse:
    for name, text in (("secret", SECRET), ("key", "dsk_test\n"), ("url", "https://dockseal.example.com\n")):
        (tmp_path / name).write_text(text)
    files = Files(
        secret=tmp_path / "secret", api_key=tmp_path / "key", dockseal=tmp_path / "url", dockseal_url=""
    )
    return DemoWarehouse(files=files, clock=clock, speed=1, seed=7, pack=timedelta(minutes=20))


@pytest.fixture
def sender(demo: DemoWarehouse, clock: ManualClock) -> Webhook:
    def answer(request: httpx.Request) -> httpx.Response:
        status, body = demo.take(dict(request.headers), request.content)
        return httpx.Response(status, json=body)

    return webhook(clock, transport=httpx.MockTransport(answer))


class Dockseal:
    """Takes reports; answers the statuses it was given first, then 201."""

    def __init__(self, *first: int) -> None:
        self.first = list(first)
        self.reports: list[dict[str, Any]] = []
        self.keys: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.reports.append(json.loads(request.content))
        self.keys.add(request.headers["authorization"])
        if self.first and (status := self.first.pop(0)):
            if status == -1:
                raise httpx.ReadTimeout("lost", request=request)
            return httpx.Response(status, json={"error": "no"})
        return httpx.Response(201, json={})


def report_all(
    demo: DemoWarehouse, clock: ManualClock, dockseal: Callable[[httpx.Request], httpx.Response]
) -> None:
    with httpx.Client(transport=httpx.MockTransport(dockseal)) as http:
        for _ in range(50):
            clock.advance(timedelta(minutes=5))
            while demo.report_due(http):
                pass


def with_lines(order: HandOver, *lines: OrderLine) -> HandOver:
    values = {name: getattr(order, name) for name in HandOver.__dataclass_fields__}
    return HandOver(**values | {"lines": lines})


def test_an_order_is_taken_packed_and_reported(
    demo: DemoWarehouse, sender: Webhook, clock: ManualClock
) -> None:
    order = hand_over()
    receipt = sender.submit(order)
    assert receipt.reference_at_warehouse.startswith("DW-")
    assert (demo.state()["received"], demo.state()["packed"]) == (1, 0)
    dockseal = Dockseal()
    report_all(demo, clock, dockseal)
    state = demo.state()
    assert (state["packed"], state["parcels_waiting"]) == (1, 0)
    assert state["parcels_reported"] == len(dockseal.reports) > 0
    assert state["accepts"] == {order.reference: 1}
    assert dockseal.keys == {"Bearer dsk_test"}
    first = dockseal.reports[0]
    assert set(first) == {
        "report_id",
        "reference",
        "carrier",
        "service",
        "tracking_number",
        "shipped_at",
        "lines",
    }
    assert first["reference"] == order.reference
    assert NOW < datetime.fromisoformat(first["shipped_at"]) <= NOW + timedelta(minutes=30)


def test_the_same_order_again_is_packed_once(
    demo: DemoWarehouse, sender: Webhook, clock: ManualClock
) -> None:
    order = hand_over()
    assert sender.submit(order) == sender.submit(order)
    dockseal = Dockseal()
    report_all(demo, clock, dockseal)
    assert (demo.state()["received"], demo.state()["repeats"]) == (1, 1)
    assert demo.state()["accepts"] == {order.reference: 1}
    assert len({report["report_id"] for report in dockseal.reports}) == len(dockseal.reports)


def test_the_same_reference_with_another_body_is_refused(demo: DemoWarehouse, sender: Webhook) -> None:
    order = hand_over()
    sender.submit(order)
    with pytest.raises(WarehouseRefused, match="this reference is known with other contents"):
        sender.submit(with_lines(order, order.lines[0]))
    assert demo.state()["duplicates_refused"] == 1


def test_an_order_under_two_references_shows(demo: DemoWarehouse, sender: Webhook) -> None:
    sender.submit(hand_over("firstreference234567-1"))
    sender.submit(hand_over("firstreference234567-2"))
    assert set(demo.state()["accepts"].values()) == {2}


def test_a_wrong_signature_is_refused(demo: DemoWarehouse, sender: Webhook) -> None:
    demo.files.secret.write_text("whsec_" + base64.b64encode(bytes(32)).decode())
    with pytest.raises(WarehouseUnavailable, match="answered 401"):
        sender.submit(hand_over())
    assert demo.state()["bad_signatures"] == 1
    assert demo.state()["received"] == 0


def test_a_signature_of_another_time_is_refused(demo: DemoWarehouse, sender: Webhook) -> None:
    late = ManualClock(start=NOW + timedelta(minutes=6))
    demo.clock = late
    with pytest.raises(WarehouseUnavailable, match="answered 401"):
        sender.submit(hand_over())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "x", "webhook-timestamp": "soon", "webhook-signature": "v1,x"},
        {"webhook-id": "x", "webhook-timestamp": "9" * 30, "webhook-signature": "v1,x"},
        {"webhook-id": "x", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": ""},
        {"webhook-id": "x", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": "v1,é"},
    ],
)
def test_a_request_without_a_signature_is_refused(demo: DemoWarehouse, headers: dict[str, str]) -> None:
    assert demo.take(headers, b"{}")[0] == 401


def test_without_its_secret_it_takes_nothing(demo: DemoWarehouse, sender: Webhook) -> None:
    demo.files.secret.unlink()
    with pytest.raises(WarehouseUnavailable, match="answered 503"):
        sender.submit(hand_over())


def test_a_report_is_sent_until_it_is_accepted_under_the_same_id(
    demo: DemoWarehouse, sender: Webhook, clock: ManualClock
) -> None:
    sender.submit(with_lines(hand_over(), OrderLine(order_item_id="1", sku="MUG", ordered=1)))
    dockseal = Dockseal(500, -1, 401, 404)
    report_all(demo, clock, dockseal)
    assert len(dockseal.reports) == 5
    assert all(report == dockseal.reports[0] for report in dockseal.reports)
    state = demo.state()
    assert (state["parcels_reported"], state["packed"]) == (1, 1)
    assert state["reports_refused"] == {"401": 1, "404": 1, "500": 1}
    assert state["reports_unanswered"] == 1


def test_reports_wait_until_dockseals_url_is_known(
    demo: DemoWarehouse, sender: Webhook, clock: ManualClock
) -> None:
    place = demo.files.dockseal
    assert place is not None
    place.unlink()
    sender.submit(hand_over())
    dockseal = Dockseal()
    report_all(demo, clock, dockseal)
    assert dockseal.reports == []
    place.write_text('{"url": "https://dockseal.example.com"}')
    report_all(demo, clock, dockseal)
    assert demo.state()["packed"] == 1


def test_its_state_holds_nothing_of_the_buyer(demo: DemoWarehouse, sender: Webhook) -> None:
    sender.submit(hand_over())
    shown = json.dumps(demo.state()) + repr(demo)
    assert not any(word in shown for word in ("Quillfeather", "Sample Row", "89999", "Placeholder"))


def test_the_command_line_asks_for_dockseal_and_for_whole_times() -> None:
    needed = ["--ready-file", "r", "--api-key-file", "k", "--secret-file", "s"]
    with pytest.raises(SystemExit):
        arguments(needed)
    with pytest.raises(SystemExit):
        arguments([*needed, "--dockseal", "https://dockseal.example.com", "--anchor", "1"])
    times = ["--start", "2026-11-02T08:00:00Z", "--speed", "60", "--anchor", "1793000000"]
    options = arguments([*needed, "--dockseal", "https://dockseal.example.com", "--seed", "7", *times])
    assert build(options).clock == ScaledClock(start=NOW, speed=60, anchor=1793000000)


@pytest.fixture
def far_dockseal() -> Iterator[tuple[str, "queue.Queue[dict[str, Any]]"]]:
    """A real HTTP server that takes reports at /api/v1/shipments."""
    reports: queue.Queue[dict[str, Any]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reports.put({"path": self.path, "key": self.headers["authorization"], **body})
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", reports
    server.shutdown()
    server.server_close()


def test_the_process_takes_an_order_and_reports_its_parcels(
    tmp_path: Path, far_dockseal: tuple[str, "queue.Queue[dict[str, Any]]"]
) -> None:
    url, reports = far_dockseal
    clock = ScaledClock(start=NOW, speed=600, anchor=time.time())
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "key").write_text("dsk_test")
    command = [sys.executable, "-m", "dockseal.cli.demo_warehouse", "--ready-file", f"{tmp_path / 'ready'}"]
    command += ["--secret-file", f"{tmp_path / 'secret'}", "--api-key-file", f"{tmp_path / 'key'}"]
    command += ["--dockseal-file", f"{tmp_path / 'dockseal'}", "--seed", "7", "--pack-minutes", "2"]
    command += ["--start", NOW.isoformat(), "--speed", "600", "--anchor", f"{clock.anchor}"]
    process = subprocess.Popen(command)
    try:
        stop = threading.Event()
        while not (tmp_path / "ready").exists():
            assert process.poll() is None
            stop.wait(0.02)
        ready = json.loads((tmp_path / "ready").read_text())
        assert ready["pid"] == process.pid
        assert (tmp_path / "ready").stat().st_mode & 0o777 == 0o600
        sender = webhook(clock, ready["url"])
        order = hand_over()
        sender.submit(order)
        sender.close()
        (tmp_path / "dockseal").write_text(url)
        report = reports.get(timeout=60)
        assert report["path"] == "/api/v1/shipments"
        assert (report["reference"], report["key"]) == (order.reference, "Bearer dsk_test")
        assert httpx.get(f"{ready['base']}/state").json()["received"] == 1
        assert httpx.get(f"{ready['base']}/orders").status_code == 404
        assert httpx.post(f"{ready['base']}/elsewhere", content=b"{}").status_code == 404
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0
