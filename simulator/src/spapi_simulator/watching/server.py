"""The simulator over HTTP, for clients in other processes and languages."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx

from spapi_simulator.queues.sqs import action_of
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.control import PREFIX, Control

_LONGEST_WAIT = 1.0
_POLL = 0.05
_LARGEST_BODY = 10_000_000
_HOP_BY_HOP = frozenset({"content-length", "connection", "transfer-encoding"})


class SimulatorServer:
    """Serves a simulator on a thread per connection; a context manager with `.url`.

    `complete` tells the control API whether everything a scenario planned has happened.
    """

    def __init__(
        self,
        sim: Simulator,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        complete: Callable[[], bool] = lambda: True,
    ) -> None:
        self._control = Control(sim, complete)
        self._sim = sim
        handler = type("Handler", (_Handler,), {"answer": staticmethod(self._answer)})
        self._server = _Server((host, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith(PREFIX):
            return self._control.answer(request)
        response = self._sim.handle(request)
        if action_of(request) != "ReceiveMessage" or response.status_code != 200:
            return response
        return self._long_poll(request, response)

    def _long_poll(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        """Wait in real time for a message, a second at most, without holding up anybody else."""
        asked = httpx.Response(200, content=request.content).json().get("WaitTimeSeconds", 0)
        until = time.monotonic() + min(float(asked or 0), _LONGEST_WAIT)
        while response.status_code == 200 and response.content == b"{}" and time.monotonic() < until:
            time.sleep(_POLL)
            response = self._sim.handle(request)
        return response


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client goes away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @staticmethod
    def answer(request: httpx.Request) -> httpx.Response:
        """Answer a request; every server puts its own here."""
        raise NotImplementedError

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > _LARGEST_BODY:
            self.send_error(413)
            return
        request = httpx.Request(
            self.command,
            f"http://{self.headers.get('host') or 'localhost'}{self.path}",
            headers=[(key, value) for key, value in self.headers.items() if key.lower() not in _HOP_BY_HOP],
            content=self.rfile.read(length),
        )
        if "user-agent" not in self.headers:
            request.headers.pop("user-agent", None)
        try:
            response = self.answer(request)
        except httpx.TransportError:
            self.close_connection = True
            return
        time.sleep(response.extensions.get("slow", 0))
        self.send_response_only(response.status_code)
        for key, value in response.headers.items():
            if key.lower() not in _HOP_BY_HOP:
                self.send_header(key, value)
        if response.status_code != 204:
            self.send_header("content-length", str(len(response.content)))
        self.end_headers()
        if response.extensions.get("cut"):
            self.wfile.write(response.content[: len(response.content) // 2])
            self.close_connection = True
            return
        self.wfile.write(response.content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815  names of the base class

    def log_message(self, format: str, *args: object) -> None:
        """Write no access log: paths hold order ids."""
