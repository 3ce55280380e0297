"""A warehouse for the demo: takes signed orders over HTTP, packs them after a while, reports the parcels.

`python -m dockseal.cli.demo_warehouse --ready-file … --dockseal URL --api-key-file … --secret-file …`

It is its own process and speaks with Dockseal as any warehouse does: orders come as the webhook documented in
`dockseal.warehouses.webhook.payload`, parcels go to `POST {dockseal}/api/v1/shipments`. ::

    POST /orders   200 {"id": its own id}   taken, or known already with the same contents
                   401 wrong signature · 400 unreadable · 409 the reference is known with other contents
                   503 its secret file is not there yet
    GET  /state    counts, without personal data

It keeps everything in memory, and of an order only its lines and a digest: the address is dropped when the
order has been planned.
"""

import argparse
import hashlib
import heapq
import hmac
import json
import os
import random
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import standardwebhooks

from dockseal.cli.demo_parcels import Line, Parcel, plan
from dockseal.cli.signals import told_to_end
from dockseal.domain.clock import Clock, ScaledClock, SystemClock, instant_text, parse_instant

Json = dict[str, Any]
_TOLERANCE = 300.0
_LARGEST_BODY = 1_000_000
_POLL = 0.1
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the warehouse reads from files, which may be written after it started."""

    secret: Path
    api_key: Path
    dockseal: Path | None
    dockseal_url: str

    def base_url(self) -> str:
        """Returns Dockseal's URL, empty as long as nobody said it."""
        if self.dockseal_url or self.dockseal is None:
            return self.dockseal_url
        text = read(self.dockseal)
        if not text.startswith("{"):
            return text
        try:
            return str(json.loads(text)["url"])
        except (ValueError, KeyError):
            return ""


def read(path: Path) -> str:
    """Returns the text of a file, empty if it is not there yet."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


@dataclass(slots=True, kw_only=True)
class Kept:
    """What is kept of one order."""

    amazon_order_id: str
    digest: bytes
    parcels_left: int


@dataclass(slots=True, kw_only=True)
class DemoWarehouse:
    """The warehouse itself, without its HTTP server.

    Attributes:
        files: Where its secrets and Dockseal's URL are.
        clock: Its time; the same as Dockseal's.
        speed: Seconds of that time per real second.
        seed: Draws how orders are packed.
        pack: How long packing takes about.
        transport: Carries its reports; None: the network.
    """

    files: Files
    clock: Clock
    speed: float
    seed: int
    pack: timedelta
    transport: httpx.BaseTransport | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _orders: dict[str, Kept] = field(default_factory=dict)
    _waiting: list[tuple[datetime, int, Parcel, datetime]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _refusals: Counter[int] = field(default_factory=Counter)

    def take(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Json]:
        """Takes one order; returns the status and the answer."""
        secret = read(self.files.secret)
        if not secret:
            return 503, {"error": "the warehouse has no webhook secret yet"}
        if not self._signed(secret, headers, body):
            with self._lock:
                self._counts["bad_signatures"] += 1
            return 401, {"error": "the signature does not fit"}
        try:
            order = json.loads(body)
            lines = [Line(line_id=line["line_id"], quantity=line["quantity"]) for line in order["lines"]]
            reference, amazon_order_id = str(order["reference"]), str(order["amazon_order_id"])
            country = str(order["ship_to"].get("country", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return 400, {"error": "the order cannot be read"}
        if not lines or reference != headers["webhook-id"]:
            return 400, {"error": "the order has no lines, or its reference is not the webhook-id"}
        draws = random.Random(f"{self.seed}:{amazon_order_id}")  # noqa: S311  a demo, not a secret
        parcels = plan(reference, lines, country=country, pack=self.pack, seed=draws)
        return self._keep(reference, amazon_order_id, digest=hashlib.sha256(body).digest(), parcels=parcels)

    def _signed(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Verifies by Standard Webhooks; the library's own check reads the machine's clock, not ours."""
        now = self.clock.now()
        try:
            stamp = int(headers["webhook-timestamp"])
            at = datetime.fromtimestamp(stamp, tz=now.tzinfo)
            given = headers["webhook-signature"].split()
            right = standardwebhooks.Webhook(secret).sign(headers["webhook-id"], at, body.decode())
        except (KeyError, ValueError, OverflowError, OSError):
            return False
        late = abs(now.timestamp() - stamp) > max(_TOLERANCE, 10 * self.speed)
        return not late and any(hmac.compare_digest(one.encode(), right.encode()) for one in given)

    def _keep(
        self, reference: str, amazon_order_id: str, *, digest: bytes, parcels: list[Parcel]
    ) -> tuple[int, Json]:
        own_id = "DW-" + hashlib.sha256(reference.encode()).hexdigest()[:10]
        with self._lock:
            known = self._orders.get(reference)
            if known is not None and known.digest != digest:
                self._counts["duplicates_refused"] += 1
                return 409, {"error": "this reference is known with other contents"}
            if known is not None:
                self._counts["repeats"] += 1
                return 200, {"id": own_id}
            self._orders[reference] = Kept(
                amazon_order_id=amazon_order_id, digest=digest, parcels_left=len(parcels)
            )
            now = self.clock.now()
            for parcel in parcels:
                self._counts["parcels"] += 1
                leaves = now + parcel.after
                heapq.heappush(self._waiting, (leaves, self._counts["parcels"], parcel, leaves))
        return 200, {"id": own_id}

    def state(self) -> Json:
        """Returns counts, without personal data.

        `accepts` says for each reference how often its Amazon order was taken to be packed, under this
        reference or another: more than once, and it ships twice.
        """
        with self._lock:
            taken = Counter(kept.amazon_order_id for kept in self._orders.values())
            return {
                "received": len(self._orders),
                "packed": sum(kept.parcels_left == 0 for kept in self._orders.values()),
                "parcels_reported": self._counts["parcels_reported"],
                "parcels_waiting": len(self._waiting),
                "repeats": self._counts["repeats"],
                "duplicates_refused": self._counts["duplicates_refused"],
                "bad_signatures": self._counts["bad_signatures"],
                "reports_unanswered": self._counts["reports_unanswered"],
                "reports_refused": {str(status): count for status, count in sorted(self._refusals.items())},
                "accepts": {ref: taken[kept.amazon_order_id] for ref, kept in self._orders.items()},
            }

    def run(self, stop: threading.Event) -> None:
        """Reports parcels as they leave, until `stop` is set; each until it is accepted."""
        with httpx.Client(transport=self.transport, timeout=5, trust_env=False) as http:
            while not stop.is_set():
                if not self.report_due(http):
                    stop.wait(_POLL)

    def report_due(self, http: httpx.Client) -> bool:
        """Reports the first parcel that has left, if there is one; tells whether there was."""
        with self._lock:
            if not self._waiting or self._waiting[0][0] > self.clock.now():
                return False
            due, seq, parcel, left_at = heapq.heappop(self._waiting)
        status = self._report(http, parcel, left_at)
        with self._lock:
            if status in {200, 201}:
                self._counts["parcels_reported"] += 1
                self._orders[parcel.reference].parcels_left -= 1
                return True
            if status:
                self._refusals[status] += 1
            else:
                self._counts["reports_unanswered"] += 1
            again = self.clock.now() + self._wait(due - left_at)
            heapq.heappush(self._waiting, (again, seq, parcel, left_at))
        return True

    def _wait(self, waited: timedelta) -> timedelta:
        """Returns how long to wait before the next try: as long as was waited so far, within bounds."""
        real = min(_LONGEST_WAIT, max(_FIRST_WAIT, waited.total_seconds() / self.speed))
        return timedelta(seconds=real * self.speed)

    def _report(self, http: httpx.Client, parcel: Parcel, left_at: datetime) -> int:
        """Posts one parcel; returns the status, 0 if there was no answer."""
        base, key = self.files.base_url(), read(self.files.api_key)
        if not base or not key:
            return 0
        body = {
            "report_id": parcel.report_id,
            "reference": parcel.reference,
            "carrier": parcel.carrier,
            "service": parcel.service,
            "tracking_number": parcel.tracking_number,
            "shipped_at": instant_text(left_at),
            "lines": [{"line_id": line.line_id, "quantity": line.quantity} for line in parcel.lines],
        }
        try:
            answer = http.post(
                f"{base.rstrip('/')}/api/v1/shipments", json=body, headers={"authorization": f"Bearer {key}"}
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code


class Door(BaseHTTPRequestHandler):
    """The HTTP side."""

    protocol_version = "HTTP/1.1"
    warehouse: DemoWarehouse

    def do_GET(self) -> None:
        """Answers `/state`."""
        known = self.path == "/state"
        self._answer(*((200, self.warehouse.state()) if known else (404, {"error": "there is only /state"})))

    def do_POST(self) -> None:
        """Takes an order at `/orders`."""
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._answer(413, {"error": "the body has no length, or is too large"})
            return
        body = self.rfile.read(int(length))
        if self.path != "/orders":
            self._answer(404, {"error": "orders go to /orders"})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(*self.warehouse.take(headers, body))

    def _answer(self, status: int, answer: Json) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing: what comes here holds addresses."""


def listen(warehouse: DemoWarehouse, host: str, port: int) -> ThreadingHTTPServer:
    """Returns a server that listens; `serve_forever` runs it."""
    door = type("DoorOfOne", (Door,), {"warehouse": warehouse})
    server = ThreadingHTTPServer((host, port), door)
    server.daemon_threads = True
    return server


def write_ready(path: Path, port: int, host: str) -> None:
    """Says where it listens, in one piece and readable by the owner alone."""
    base = f"http://{host}:{port}"
    ready = {"url": f"{base}/orders", "base": base, "pid": os.getpid()}
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(ready, file)
    Path(name).replace(path)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="dockseal.cli.demo_warehouse", description="A warehouse for the demo."
    )
    parser.add_argument("--ready-file", type=Path, required=True, help="written once it listens")
    parser.add_argument("--dockseal", default="", help="Dockseal's URL")
    parser.add_argument("--dockseal-file", type=Path, help="a file that will hold Dockseal's URL")
    parser.add_argument("--api-key-file", type=Path, required=True, help="the key it reports with")
    parser.add_argument("--secret-file", type=Path, required=True, help="the webhook secret, whsec_…")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=parse_instant, help="what the clock showed at --anchor")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the clock per real second")
    parser.add_argument("--anchor", type=float, help="Unix time at which the clock showed --start")
    parser.add_argument("--pack-minutes", type=float, default=20.0)
    parser.add_argument("--host", default="127.0.0.1", choices=["127.0.0.1", "localhost"])
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(given)
    if not options.dockseal and options.dockseal_file is None:
        parser.error("give --dockseal or --dockseal-file")
    if (options.start is None) != (options.anchor is None):
        parser.error("--start and --anchor go together")
    return options


def build(options: argparse.Namespace) -> DemoWarehouse:
    """Builds the warehouse the command line asks for."""
    clock: Clock = SystemClock()
    speed = 1.0
    if options.start is not None:
        speed = options.speed
        clock = ScaledClock(start=options.start, speed=speed, anchor=options.anchor)
    files = Files(
        secret=options.secret_file,
        api_key=options.api_key_file,
        dockseal=options.dockseal_file,
        dockseal_url=options.dockseal,
    )
    pack = timedelta(minutes=options.pack_minutes)
    return DemoWarehouse(files=files, clock=clock, speed=speed, seed=options.seed, pack=pack)


def main() -> None:
    """Runs until it is told to stop (SIGTERM, SIGINT)."""
    options = arguments()
    warehouse = build(options)
    server = listen(warehouse, options.host, options.port)
    stop = told_to_end()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    write_ready(options.ready_file, server.server_address[1], options.host)
    warehouse.run(stop)
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
