"""The simulator over HTTP, for clients in other processes and languages."""

import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from spapi_simulator.queues.sqs import action_of
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.control import PREFIX, Control, ControlRefusal
from spapi_simulator.watching.handler import Handler, Server
from spapi_simulator.watching.page import page
from spapi_simulator.world.marketplaces import LOOPBACK

_LONGEST_WAIT = 1.0
_POLL = 0.05
_LOOKS = frozenset({"GET", "HEAD"})


class SimulatorServer:
    """Serves a simulator on a thread per connection; a context manager with `.url`."""

    def __init__(
        self,
        sim: Simulator,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        complete: Callable[[], bool] = lambda: True,
        scenario: str = "",
        exposed: bool = False,
    ) -> None:
        """Take a port; `start` or a `with` block begins to answer.

        Args:
            sim: What to serve.
            host: The address to listen on.
            port: 0 takes a free one.
            complete: Tells the control API whether everything a scenario planned has happened.
            scenario: The scenario's name, for the control API.
            exposed: Whether the control API answers to any name, not only to this machine's own.
        """
        hosts = None if exposed else LOOPBACK | {host}
        self._control = Control(sim, complete, scenario=scenario, hosts=hosts)
        self._sim = sim
        handler = type("_Handler", (Handler,), {"answer": staticmethod(self._answer)})
        self._server = Server.on(host, port, handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        host, port = str(self._server.server_address[0]), self._server.server_address[1]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

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
        path = request.url.path
        if path in {"/", PREFIX, PREFIX.rstrip("/")} and request.method in _LOOKS:
            return self._page(path, request)
        if path.startswith(PREFIX):
            return self._control.answer(request)
        response = self._sim.handle(request)
        if action_of(request) != "ReceiveMessage" or response.status_code != 200:
            return response
        return self._long_poll(request, response)

    def _page(self, path: str, request: httpx.Request) -> httpx.Response:
        if path != PREFIX:
            return httpx.Response(307, headers={"location": PREFIX})
        try:
            self._control.admit(request)
        except ControlRefusal as refusal:
            return httpx.Response(refusal.status, content=refusal.sentence.encode())
        return page()

    def _long_poll(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        """Wait in real time for a message, a second at most, without holding up anybody else."""
        asked = json.loads(request.content).get("WaitTimeSeconds", 0)
        until = time.monotonic() + min(float(asked or 0), _LONGEST_WAIT)
        while response.status_code == 200 and response.content == b"{}" and time.monotonic() < until:
            time.sleep(_POLL)
            response = self._sim.handle(request)
        return response
