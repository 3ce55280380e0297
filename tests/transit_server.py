"""A transit engine over real HTTP that encrypts for real, written from the public API documentation.

It stands in for OpenBao and HashiCorp Vault, whose servers cannot be installed from a package registry. It
keeps versions of keys and `min_decryption_version`, binds associated data, checks tokens, their end, their
policies (in the servers' own language) and the namespace, and can be sealed.
"""

import base64
import json
import re
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_RULE = re.compile(r'path "([^"]+)" \{\s*capabilities = \[([^\]]*)\]\s*\}')
_CIPHERTEXT = re.compile(r"vault:v(\d+):(.+)")
ROOT = "s.invented-root-token"


class Fault(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(status)
        self.status, self.errors = status, list(errors)


@dataclass
class Key:
    """A key of the engine: `aes256-gcm96`, every version of it."""

    versions: list[bytes] = field(default_factory=lambda: [secrets.token_bytes(32)])
    min_decryption_version: int = 1
    type: str = "aes256-gcm96"
    exportable: bool = False
    allow_plaintext_backup: bool = False


@dataclass
class TransitServer:
    """The state of the server, and what a test does to it."""

    url: str = ""
    namespace: str = ""
    keys: dict[str, Key] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """The policy of each token, as a policy file holds it."""
    sealed: bool = False
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The path and body of every call that was let in."""

    def answer(self, method: str, path: str, headers: Any, body: dict[str, str]) -> dict[str, Any]:
        """Answers one call.

        Raises:
            Fault: it is refused.
        """
        if self.sealed:
            raise Fault(503, "Vault is sealed")
        if headers.get("X-Vault-Namespace", "") != self.namespace:
            raise Fault(403, "permission denied")
        action, name, *rest = path.removeprefix("/v1/transit/").split("/")
        self._refuse_denied(method, path.removeprefix("/v1/"), headers.get("X-Vault-Token", ""))
        self.told.append((path, body))
        if path == "/v1/auth/token/lookup-self":
            return {"policies": ["default"]}
        key = self.keys.get(name)
        if key is None:
            raise Fault(404) if method == "GET" else Fault(400, "encryption key not found")
        if (method, action, rest) == ("GET", "keys", []):
            return {
                "type": key.type,
                "exportable": key.exportable,
                "allow_plaintext_backup": key.allow_plaintext_backup,
                "keys": {str(number): 0 for number in self._usable(key)},
            }
        if (method, action, rest) == ("POST", "keys", ["rotate"]):
            key.versions.append(secrets.token_bytes(32))
            return {}
        if method != "POST" or action not in {"encrypt", "decrypt"} or rest:
            raise Fault(404, f"no handler for route {path}")
        bound = base64.b64decode(body.get("associated_data", ""))
        return self._encrypt(key, body, bound) if action == "encrypt" else self._decrypt(key, body, bound)

    def _refuse_denied(self, method: str, path: str, token: str) -> None:
        if token == ROOT:
            return
        if token not in self.tokens:
            raise Fault(403, "permission denied")
        rules = {found[0]: found[1] for found in _RULE.findall(self.tokens[token])}
        action, _, name = path.removeprefix("transit/").partition("/")
        # Encrypting with a key that is not there makes it, for those who may create.
        writes = "create" if action == "encrypt" and name not in self.keys else "update"
        wanted = "read" if method == "GET" else writes
        if f'"{wanted}"' not in rules.get(path, ""):
            raise Fault(403, "1 error occurred:\n\t* permission denied\n\n")

    def _usable(self, key: Key) -> range:
        return range(key.min_decryption_version, len(key.versions) + 1)

    def _encrypt(self, key: Key, body: dict[str, str], bound: bytes) -> dict[str, Any]:
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(key.versions[-1]).encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
        text = base64.b64encode(nonce + sealed).decode()
        return {"ciphertext": f"vault:v{len(key.versions)}:{text}", "key_version": len(key.versions)}

    def _decrypt(self, key: Key, body: dict[str, str], bound: bytes) -> dict[str, Any]:
        match = _CIPHERTEXT.fullmatch(body["ciphertext"])
        if match is None:
            raise Fault(400, "invalid ciphertext: no prefix")
        version, sealed = int(match[1]), base64.b64decode(match[2])
        if version > len(key.versions):
            raise Fault(400, "invalid ciphertext: version is too new")
        if version < key.min_decryption_version:
            raise Fault(400, "ciphertext or signature version is disallowed by policy (too old)")
        try:
            plain = AESGCM(key.versions[version - 1]).decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            raise Fault(400, "cipher: message authentication failed") from None
        return {"plaintext": base64.b64encode(plain).decode()}


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[TransitServer]:
    """Serves an empty engine on a free port, over TLS if there is a certificate and its key."""
    state = TransitServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "{}")
            try:
                status, told = 200, {"data": state.answer(self.command, self.path, self.headers, body)}
            except Fault as fault:
                status, told = fault.status, {"errors": fault.errors}
            content = b"" if told == {"data": {}} else json.dumps(told).encode()
            self.send_response(status if content else 204)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815 - as http.server has it

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
