"""Where alerts arrive in tests: a mail server and a web server, over TLS, with an authority of their own."""

import contextlib
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "dockseal", "mail-password-4711"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority, and a certificate of it for this machine."""

    certificate: Path
    chain: Path
    key: Path

    def server(self, *, most: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """What a server speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        if most is not None:
            # At the library's own level a server offers nothing as old as that.
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, most
        return context


def authority(folder: Path, host: str = "127.0.0.1") -> Authority:
    """Makes an authority and a certificate of it for `host`, which is an address."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Test authority")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, None)
    leaf = _certificate(_name(host), root_name, key.public_key(), root_key, host)
    place = Authority(certificate=folder / "ca.pem", chain=folder / "server.pem", key=folder / "key.pem")
    pem = serialization.Encoding.PEM
    place.certificate.write_bytes(root.public_bytes(pem))
    place.chain.write_bytes(leaf.public_bytes(pem))
    plain = serialization.NoEncryption()
    place.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return place


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    host: str | None,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    )
    if host is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


@dataclass(kw_only=True)
class Mailbox:
    """A mail server, and what it took."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    refuses: str = ""
    """What it answers to every message instead of taking it."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the its name
        """Takes one message."""
        if self.refuses:
            return self.refuses
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 taken"

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        """Lets one user in."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@contextlib.contextmanager
def mail_server(
    tls: ssl.SSLContext | None, *, at_once: bool = False, user: bool = False
) -> Iterator[Mailbox]:
    """A mail server on this machine: STARTTLS, or TLS at once; without `tls` in clear."""
    mailbox = Mailbox()
    options: dict[str, Any] = {"auth_require_tls": tls is not None and not at_once}
    if tls is not None and not at_once:
        options |= {"tls_context": tls, "require_starttls": True}
    if user:
        options |= {"authenticator": mailbox.login, "auth_required": True}
    controller = _AnyPort(
        mailbox, hostname="127.0.0.1", port=0, ssl_context=tls if at_once else None, **options
    )
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


class _AnyPort(Controller):
    """Lets the machine choose the port, which the library then knocks at once."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass(kw_only=True)
class Posted:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(kw_only=True)
class Letterbox:
    """A web server, and what was posted to it."""

    url: str = ""
    posts: list[Posted] = field(default_factory=list)
    status: int = 204
    location: str = ""


@contextlib.contextmanager
def web_server(tls: ssl.SSLContext | None) -> Iterator[Letterbox]:
    """A web server on this machine that takes everything."""
    letterbox = Letterbox()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            letterbox.posts.append(Posted(path=self.path, headers=headers, body=body))
            self.send_response(letterbox.status)
            if letterbox.location:
                self.send_header("location", letterbox.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who breaks off is meant to
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    letterbox.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield letterbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
