"""Plugs a simulator into httpx: `httpx.Client(transport=simulator.transport)`."""

from collections.abc import Callable

import httpx

from spapi_simulator.marketplaces import LOOPBACK, LWA_HOST, REGION_OF_HOST, is_sqs_host


class SimulatorTransport(httpx.BaseTransport):
    """Answers Amazon's hosts and loopback; every other host is unreachable, so nothing leaves by mistake."""

    def __init__(self, handle: Callable[[httpx.Request], httpx.Response]) -> None:
        self._handle = handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request without a network.

        Raises:
            httpx.ConnectError: The host is not Amazon's.
        """
        host = request.url.host
        if host not in REGION_OF_HOST and host not in LOOPBACK and host != LWA_HOST and not is_sqs_host(host):
            raise httpx.ConnectError(f"The simulator has no host {host}.", request=request)
        request.read()
        return self._handle(request)
