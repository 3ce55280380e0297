"""HTTP on a socket, in both directions, with nothing in it about Amazon."""

import json
import socket
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import httpx

_LARGEST_BODY = 10_000_000
_LONGEST_LINE = 1000
_HOP_BY_HOP = frozenset({b"content-length", b"connection", b"transfer-encoding", b"keep-alive"})
_IDLE_SECONDS = 300
_NO_BODY = frozenset({204, 304})


class Unreadable(Exception):
    """A request that cannot be read to its end, so the connection ends with the answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Server(ThreadingHTTPServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    @classmethod
    def on(cls, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> Self:
        """Listen on an address of either family."""
        family = {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET}
        server: Self = type(cls.__name__, (cls,), family)((host, port), handler)
        return server

    def server_bind(self) -> None:
        """Take the port, without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client goes away; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # a socket and its address


class Handler(BaseHTTPRequestHandler):
    """Reads requests off a connection, lets `answer` answer them, and keeps the connection open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = _IDLE_SECONDS

    @staticmethod
    def answer(request: httpx.Request) -> httpx.Response:
        """Answer a request; every server puts its own here.

        Raises:
            httpx.TransportError: The connection is to be lost.
        """
        raise NotImplementedError

    def _serve(self) -> None:
        try:
            request = self._request()
        except Unreadable as fault:
            self.send_error(fault.status, fault.sentence)
            return
        try:
            response = self.answer(request)
        except httpx.TransportError:
            self.close_connection = True
            return
        if slow := response.extensions.get("slow"):
            time.sleep(slow)
        content = response.content
        if response.extensions.get("cut"):
            self.close_connection = True
            self._send(response, content[: len(content) // 2], length=len(content))
        else:
            self._send(response, content, length=len(content))

    # The base class looks for these names.
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815  as it wants

    def _request(self) -> httpx.Request:
        headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in self.headers.items()]
        body = self._body()
        host = self.headers.get("host") or "localhost"
        path = (
            self.path if self.path.startswith("/") else "/" + self.path.partition("://")[2].partition("/")[2]
        )
        try:
            return httpx.Request(
                self.command,
                f"http://{host}{path}",
                headers=[(key, value) for key, value in headers if key.lower() not in _HOP_BY_HOP],
                content=body,
            )
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise Unreadable(400, "The request line or the Host header cannot be read.") from None

    def _body(self) -> bytes:
        lengths = set(self.headers.get_all("content-length", []))
        encoding = self.headers.get("transfer-encoding", "").strip().lower()
        if encoding:
            if encoding != "chunked" or lengths:
                raise Unreadable(400, "Transfer-Encoding must be chunked, without a Content-Length.")
            return self._chunks()
        if not lengths:
            return b""
        length = lengths.pop()
        if lengths or not (length.isascii() and length.isdigit()):
            raise Unreadable(400, "Content-Length must be one whole number.")
        return self._read(int(length[:20]))

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            body += self._read(size, have=len(body))
            self.rfile.readline(_LONGEST_LINE)
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass
        return bytes(body)

    def _chunk_size(self) -> int:
        text = self.rfile.readline(_LONGEST_LINE).partition(b";")[0].strip()
        try:
            size = int(text, 16)
        except ValueError:
            size = -1
        if size < 0 or len(text) > 16:
            raise Unreadable(400, "A chunk of the body has no size.")
        return size

    def _read(self, length: int, *, have: int = 0) -> bytes:
        if length + have > _LARGEST_BODY:
            raise Unreadable(413, f"A body may have {_LARGEST_BODY} bytes.")
        content = self.rfile.read(length)
        if len(content) < length:
            raise ConnectionResetError
        return content

    def _send(self, response: httpx.Response, content: bytes, *, length: int) -> None:
        status = response.status_code
        head = [b"HTTP/1.1 %d %s\r\n" % (status, response.reason_phrase.encode())]
        head += [
            b"%s: %s\r\n" % (key, value)
            for key, value in response.headers.raw
            if key.lower() not in _HOP_BY_HOP
        ]
        if status not in _NO_BODY:
            head.append(b"content-length: %d\r\n" % length)
        if self.close_connection:
            head.append(b"connection: close\r\n")
        head.append(b"\r\n")
        if self.command != "HEAD" and status not in _NO_BODY:
            head.append(content)
        self.wfile.write(b"".join(head))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what cannot be read, and end the connection."""
        del explain
        self.close_connection = True
        sentence = message or HTTPStatus(code).description
        content = json.dumps({"error": sentence}).encode()
        self.command = self.command or ""
        headers = {"content-type": "application/json"}
        self._send(httpx.Response(code, headers=headers), content, length=len(content))

    def log_message(self, format: str, *args: object) -> None:
        """Write no access log: paths hold order ids."""
