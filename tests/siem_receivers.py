"""Receivers that a SIEM has: syslog over TLS and JSON lines over HTTPS, with certificates of an authority.

They speak the real protocols over real sockets, and can be down, slow, broken in mid or of another authority.
"""

import contextlib
import datetime
import ipaddress
import json
import re
import socket
import socketserver
import ssl
import struct
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_HEADER = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\S+Z) (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) (?P<proc>[!-~]{1,128}) "
    rb'(?P<id>[!-~]{1,32}) \[meta sequenceId="(?P<sequence>\d+)"\] (?P<message>.*)',
    re.DOTALL,
)
"""RFC 5424, 6: version 1, and one structured element."""
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate authority, and where its certificates are."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, folder: Path, name: str = "Invented Authority") -> "Authority":
        """Makes one, with its certificate in `ca.pem`."""
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = _signed(subject, subject, key=key, by=key, host="", is_authority=True)
        (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder=folder, key=key, certificate=certificate)

    @property
    def file(self) -> Path:
        """Its own certificate."""
        return self.folder / "ca.pem"

    def issue(self, name: str, host: str = "127.0.0.1") -> tuple[Path, Path]:
        """Issues a certificate for a host; returns the files of the certificate and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = _signed(subject, self.certificate.subject, key=key, by=self.key, host=host)
        pem, pem_key = self.folder / f"{name}.pem", self.folder / f"{name}-key.pem"
        pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        pem_key.touch(mode=0o600)
        pem_key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return pem, pem_key


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    *,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    host: str,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if host:
        names = [x509.IPAddress(ipaddress.ip_address(host))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(by, hashes.SHA256())


@dataclass(kw_only=True)
class Receiver:
    """What a receiver was told, and how it behaves."""

    port: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    """The JSON of each message, in the order it came."""
    heads: list[dict[str, str]] = field(default_factory=list)
    """The parts of each syslog header."""
    versions: set[str] = field(default_factory=set)
    """Of TLS."""
    breaks_after: int | None = None
    """Resets the next connection after so many messages of it."""
    silent: bool = False
    """Reads everything, and never ends a connection."""
    ends_abruptly: bool = False
    """Ends connections without TLS's own word for that."""
    status: int = 200
    token: str = ""
    posts: int = 0

    def sequence(self) -> list[int]:
        """The numbers of the audit rows it was told of, as OCSF events."""
        return [each["metadata"]["sequence"] for each in self.events]


@contextlib.contextmanager
def syslog_receiver(
    authority: Authority | None, *, port: int = 0, clients: Authority | None = None, oldest_only: bool = False
) -> Iterator[Receiver]:
    """Runs a syslog receiver on 127.0.0.1.

    Args:
        authority: Issues its certificate; None: it speaks without TLS.
        port: Where it listens; 0: where it can.
        clients: Whose client certificates it asks for.
        oldest_only: It speaks no TLS newer than 1.1.
    """
    receiver, context = Receiver(), _context(authority, clients, oldest_only=oldest_only)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                line = self.request
                if context is not None:
                    line = context.wrap_socket(line, server_side=True, suppress_ragged_eofs=False)
                    receiver.versions.add(line.version())
                _take(receiver, line)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Handler) as server:
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield receiver
        server.shutdown()


def _context(
    authority: Authority | None, clients: Authority | None, *, oldest_only: bool = False
) -> ssl.SSLContext | None:
    if authority is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("siem"))
    if oldest_only:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients.file)
    return context


def _take(receiver: Receiver, line: socket.socket) -> None:
    """Takes octet-counted messages until the other side ends the connection, and ends it then too."""
    kept, taken, secured = b"", 0, isinstance(line, ssl.SSLSocket)
    while True:
        try:
            more = line.recv(65536)
        except ssl.SSLZeroReturnError:
            more = b""
        if not more:
            break
        kept += more
        while found := re.match(rb"(\d+) ", kept):
            length = int(found[1])
            if len(kept) < found.end() + length:
                break
            if taken == receiver.breaks_after:
                receiver.breaks_after = None
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.close()
                return
            _keep(receiver, kept[found.end() : found.end() + length])
            kept, taken = kept[found.end() + length :], taken + 1
    assert kept == b"", "a message came in half"
    if receiver.silent:
        threading.Event().wait(30)
    if secured and not receiver.ends_abruptly:
        line.unwrap()  # type: ignore[attr-defined]  # it is secured
    line.close()


def _keep(receiver: Receiver, message: bytes) -> None:
    found = _HEADER.fullmatch(message)
    assert found is not None, message[:200]
    receiver.heads.append({name: text.decode() for name, text in found.groupdict().items()})
    receiver.events.append(json.loads(found["message"]))


@contextlib.contextmanager
def https_receiver(authority: Authority, *, port: int = 0) -> Iterator[Receiver]:
    """Runs a receiver of JSON lines on 127.0.0.1, which answers as it is told to."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts += 1
            status = receiver.status
            if receiver.token and self.headers.get("Authorization") != f"Bearer {receiver.token}":
                status = 401
            if status < 300:
                assert self.headers["Content-Type"] == "application/x-ndjson"
                receiver.events += [json.loads(line) for line in body.splitlines()]
            self.send_response(status)
            if status in {301, 308}:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Server(("127.0.0.1", port), Handler) as server:
        context = _context(authority, None)
        assert context is not None
        server.socket = context.wrap_socket(server.socket, server_side=True)
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield receiver
        server.shutdown()
