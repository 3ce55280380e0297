"""Plugs a simulator into httpx: `httpx.Client(transport=simulator.transport)`."""

from collections.abc import Callable, Iterator

import httpx

from spapi_simulator.world.marketplaces import is_known_host


class SimulatorTransport(httpx.BaseTransport):
    """Answers Amazon's hosts and loopback; every other host is unreachable, so nothing leaves by mistake."""

    def __init__(self, handle: Callable[[httpx.Request], httpx.Response]) -> None:
        self._handle = handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request without a network; no time passes, so a slow answer is late or in time at once.

        Raises:
            httpx.ConnectError: The host is not Amazon's.
            httpx.ReadTimeout: A fault makes the answer slower than the client would wait.
        """
        if not is_known_host(request.url.host):
            raise httpx.ConnectError(f"The simulator has no host {request.url.host}.", request=request)
        request.read()
        response = self._handle(request)
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and response.extensions.get("slow", 0) > patience:
            raise httpx.ReadTimeout(
                "The simulator is slower than the client waits, as asked.", request=request
            )
        if response.extensions.get("cut"):
            body = _Cut(response.content, request)
            return httpx.Response(response.status_code, headers=response.headers, stream=body)
        return response


class _Cut(httpx.SyncByteStream):
    """A body that breaks off in the middle."""

    def __init__(self, content: bytes, request: httpx.Request) -> None:
        self._content = content
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError(
            "The simulator closed the connection in the middle of the body, as asked.", request=self._request
        )
