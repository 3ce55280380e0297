"""The server on a real port."""

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dockseal.console.parts import names, parts
from dockseal.console.server import ConsoleServer
from dockseal.errors import SettingsFault
from dockseal.pii_security.redaction import Redaction
from unit.console.world import START, FewSettings, World, make_world


@contextmanager
def serving(world: World) -> Iterator[ConsoleServer]:
    server = ConsoleServer(world, world.settings.console_host, world.settings.console_port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        world.storage.close()


def certificate(folder: Path, *, named: bool = True) -> tuple[Path, Path]:
    """Makes a certificate for localhost and 127.0.0.1 that signs itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START - datetime.timedelta(days=3650))
        .not_valid_after(START + datetime.timedelta(days=3650))
    )
    if named:
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    made = builder.sign(key, hashes.SHA256())
    pem, pem_key = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, pem_key


def with_tls(folder: Path) -> FewSettings:
    pem, key = certificate(folder)
    return FewSettings(tls_certificate=pem, tls_key=key)


def test_it_serves_on_loopback_and_tells_its_url(world: World) -> None:
    with serving(world) as server:
        assert server.url.startswith("http://127.0.0.1:")
        answer = httpx.get(f"{server.url}/sign-in")
        assert answer.status_code == 200
        assert answer.headers["server"] == "Dockseal"


def test_no_request_is_written_down_with_what_was_searched_for(
    world: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caplog.handler.addFilter(net := Redaction())
    with serving(world) as server:
        for path in ("/?search=Testperson", "/sign-in/Testperson?code=Testperson", "/no/Testperson"):
            httpx.get(server.url + path)
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall(b"GET /?search=Testperson NONSENSE\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 400")
    caplog.handler.removeFilter(net)
    assert "Testperson" not in "".join([caplog.text, *capfd.readouterr()])


def test_off_loopback_it_refuses_to_serve_without_tls(world: World) -> None:
    with pytest.raises(SettingsFault, match="DOCKSEAL_TLS_CERTIFICATE"):
        ConsoleServer(world, "0.0.0.0", 0)


def test_a_taken_port_is_said_in_a_sentence(world: World) -> None:
    with serving(world) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(SettingsFault, match="DOCKSEAL_CONSOLE_PORT"):
            ConsoleServer(world, "127.0.0.1", port).start()


def test_tls_takes_version_1_2_and_newer_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings=with_tls(tmp_path))
    assert world.settings.tls_certificate is not None
    trust = ssl.create_default_context(cafile=str(world.settings.tls_certificate))
    old = ssl.create_default_context(cafile=str(world.settings.tls_certificate))
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with serving(world) as server:
        assert server.url.startswith("https://127.0.0.1:")
        answer = httpx.get(f"{server.url}/sign-in/x", verify=trust)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["set-cookie"].startswith("__Host-dockseal_csrf=")
        assert "Secure" in answer.headers["set-cookie"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/sign-in", verify=old)


def test_with_a_certificate_the_console_answers_to_its_names(tmp_path: Path) -> None:
    assert names(with_tls(tmp_path)) == ("localhost", "127.0.0.1")


@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_a_certificate_that_cannot_be_read_is_a_settings_fault(tmp_path: Path, content: bytes | None) -> None:
    pem = tmp_path / "bad.pem"
    if content is not None:
        pem.write_bytes(content)
    with pytest.raises(SettingsFault, match="DOCKSEAL_TLS_CERTIFICATE"):
        parts(FewSettings(tls_certificate=pem, tls_key=pem))


def test_a_certificate_that_names_no_host_is_a_settings_fault(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path, named=False)
    with pytest.raises(SettingsFault, match="subjectAltName"):
        parts(FewSettings(tls_certificate=pem, tls_key=key))


def test_a_key_of_another_certificate_is_a_settings_fault(tmp_path: Path, world: World) -> None:
    (tmp_path / "other").mkdir()
    pem, _ = certificate(tmp_path)
    _, other = certificate(tmp_path / "other")
    world.settings = FewSettings(tls_certificate=pem, tls_key=other)
    with pytest.raises(SettingsFault, match="do they belong together"):
        ConsoleServer(world, "127.0.0.1", 0)
