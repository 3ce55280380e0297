"""Serves the console over HTTP: TLS 1.2 and newer, or plain on loopback alone."""

import logging
import ssl
import threading

import structlog
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from dockseal.console.parts import LARGEST_BODY, names
from dockseal.console.ports import App
from dockseal.console.wsgi import application
from dockseal.domain.loopback import is_loopback
from dockseal.errors import SettingsFault

_THREADS = 8
_QUEUE = 64
_TIMEOUT = 20
"""Seconds after which a client that says nothing loses its connection."""

log = structlog.get_logger(__name__)


class _Quiet(Server):
    """The server, saying less: its own texts can quote a request."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: ARG002 - cheroot's signature
        """Logs only that something went wrong with a connection."""
        if level >= logging.WARNING:
            log.warning("console_connection_failed")


class ConsoleServer:
    """The console on a port, in threads of its own."""

    def __init__(self, app: App, host: str, port: int) -> None:
        """Prepares to listen; the certificate is the one in the App's settings.

        Raises:
            SettingsFault: the host is not loopback and there is no certificate, or it cannot be used.
        """
        self._settings = app.settings
        self._host = host
        self._server = _Quiet(
            (host, port),
            application(app),
            numthreads=_THREADS,
            request_queue_size=_QUEUE,
            timeout=_TIMEOUT,
            shutdown_timeout=_TIMEOUT,
            server_name="Dockseal",
        )
        self._server.max_request_body_size = LARGEST_BODY
        self._server.max_request_header_size = 32 * 1024
        self._server.ssl_adapter = self._tls()
        self._thread: threading.Thread | None = None

    def _tls(self) -> BuiltinSSLAdapter | None:
        certificate, key = self._settings.tls_certificate, self._settings.tls_key
        if certificate is None or key is None:
            if not is_loopback(self._host):
                raise SettingsFault(
                    (
                        f"the console would be open to others on {self._host} without TLS: set "
                        "DOCKSEAL_TLS_CERTIFICATE and DOCKSEAL_TLS_KEY, or listen on 127.0.0.1",
                    )
                )
            return None
        try:
            adapter = BuiltinSSLAdapter(str(certificate), str(key))
        except (OSError, ssl.SSLError):
            raise SettingsFault(
                ("DOCKSEAL_TLS_CERTIFICATE and DOCKSEAL_TLS_KEY cannot be used: do they belong together?",)
            ) from None
        adapter.context.minimum_version = ssl.TLSVersion.TLSv1_2
        return adapter

    def start(self) -> None:
        """Listens, and answers in the background.

        Raises:
            SettingsFault: the port is taken.
        """
        try:
            self._server.prepare()
        except OSError:
            raise SettingsFault(
                (
                    f"the console cannot listen on {self._host} port {self._server.bind_addr[1]}: is another "
                    "Dockseal running? Set DOCKSEAL_CONSOLE_PORT to a free one",
                )
            ) from None
        self._thread = threading.Thread(target=self._server.serve, name="console")
        self._thread.start()

    def stop(self) -> None:
        """Finishes the requests under way and stops listening."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join()

    @property
    def url(self) -> str:
        """Its base URL, without a slash at the end; the port is known once it is started."""
        port = self._server.bind_addr[1]
        if self._settings.tls_certificate is None:
            host = f"[{self._host}]" if ":" in self._host else self._host
            return f"http://{host}:{port}"
        known = [name for name in names(self._settings) if not name.startswith(".")]
        host = self._host if self._host in known or not known else known[0]
        return f"https://{host}:{port}"
