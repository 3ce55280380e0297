"""A key in the transit engine of OpenBao or HashiCorp Vault, which never leaves it: the `transit` provider.

It is an entry point of this distribution, found like one of any other. The server is asked over its HTTP
API ("Transit secrets engine (API)"): encrypt and decrypt with `associated_data`, keys, rotate. Its own rewrap
takes no associated data (github.com/hashicorp/vault/issues/29532): a rotation decrypts, and encrypts anew.
"""

import base64
import json
import re
import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from dockseal.errors import SealBroken, SettingsFault, StorageUnavailable
from dockseal.pii_security.files import read_closed
from dockseal.pii_security.key_providers import KeyParts, created_under, opened_under
from dockseal.pii_security.key_store import KeyStore

_ADDRESS = re.compile(
    r"(?P<server>(?:https://[A-Za-z0-9.-]+|http://(?:127\.0\.0\.1|localhost|\[::1\]))(?::[0-9]{1,5})?)"
    r"/v1/(?P<mount>[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)/keys/(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)"
)
_CIPHERTEXT = re.compile(r"vault:v(?P<version>[0-9]{1,9}):[A-Za-z0-9+/=]+")
_TYPES = frozenset({"aes256-gcm96", "chacha20-poly1305", "xchacha20-poly1305"})
_ALTERED = ("message authentication failed", "unable to decrypt", "could not decrypt")
"""What servers say of a ciphertext, or of associated data, that is not as it was."""
_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a key is: the URL that the server's API has for it."""

    url: str
    server: str
    mount: str
    name: str


def addresses(at: str) -> tuple[Address, ...]:
    """Returns the keys whose URLs stand in a text, separated by spaces: the one to wrap with comes first.

    Raises:
        SettingsFault: there is none, or one is no URL of a key, or none that TLS protects.
    """
    matches = [(text, _ADDRESS.fullmatch(text)) for text in at.split()]
    found = tuple(Address(url=text, **match.groupdict()) for text, match in matches if match)
    if not found or len(found) < len(matches):
        raise SettingsFault(
            (
                "DOCKSEAL_KEY_AT must name the key by its URL in the server's API, such as "
                "https://bao.example:8200/v1/transit/keys/dockseal; http:// is for this machine itself alone",
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class TransitKey:
    """Keys in transit engines: what is new is wrapped by the first; what any of them wrapped is unwrapped.

    A key file that names any other key is refused: else whoever can write the folder could have us seal under
    a key of theirs.

    Attributes:
        keys: Where they are, the one to wrap with first.
        token_file: The server's token, mode 0400 or 0600; read for each call, since `bao agent` renews it.
        namespace: The server's namespace; empty: none.
    """

    keys: tuple[Address, ...]
    token_file: Path
    namespace: str = ""

    @classmethod
    def of(cls, parts: KeyParts) -> "TransitKey":
        """Returns the keys that the settings name.

        Raises:
            SettingsFault: they name none, or no file of a token.
        """
        if parts.token_file is None:
            raise SettingsFault(
                (
                    "the transit engine is asked with a token: have `bao agent` write one into a file that "
                    "only this user can read, and name that in DOCKSEAL_KEY_TOKEN_FILE",
                )
            )
        return cls(keys=addresses(parts.at), token_file=parts.token_file, namespace=parts.namespace)

    def label(self) -> str:
        """Returns name and version of the key that wraps what is new. Raises StorageUnavailable."""
        versions = self._facts(self.keys[0])["keys"]
        return _label(self.keys[0], max(int(version) for version in versions))

    def refuse_unfit(self) -> None:
        """Refuses a key that is not there, that can leave its server, or that binds nothing.

        Raises:
            SettingsFault: it is one.
            StorageUnavailable: the server does not tell.
        """
        address = self.keys[0]
        facts = self._facts(address)
        if facts["type"] not in _TYPES:
            raise SettingsFault(
                (f"the key {address.url} is of type {facts['type']}: make one of aes256-gcm96 for Dockseal",)
            )
        if facts["exportable"] or facts["allow_plaintext_backup"]:
            raise SettingsFault(
                (f"the key {address.url} can leave its server: make one that is not exportable for Dockseal",)
            )

    def renew(self) -> None:
        """Has the server make a new version of the key, which wraps what is new from then on.

        Raises:
            StorageUnavailable: the server does not.
        """
        self._ask("POST", self.keys[0], f"keys/{self.keys[0].name}/rotate", {})

    def wrap(self, plain: bytes, context: dict[str, str]) -> bytes:
        """Returns what is kept of a wrapped key.

        Raises:
            StorageUnavailable: the server does not wrap it.
        """
        address = self.keys[0]
        told = {"plaintext": _base64(plain), "associated_data": _bound(context)}
        answer = self._ask("POST", address, f"encrypt/{address.name}", told)
        return json.dumps({"transit": address.url, "wrapped": str(answer["ciphertext"])}).encode()

    def unwrap(self, contents: bytes, context: dict[str, str], *, what: str) -> bytes:
        """Undoes `wrap`.

        Raises:
            SealBroken: it was altered, or belongs to another key, epoch or installation.
            StorageUnavailable: the server does not unwrap it.
        """
        address, wrapped = self._read(contents, what)
        told = {"ciphertext": wrapped, "associated_data": _bound(context)}
        answer = self._ask("POST", address, f"decrypt/{address.name}", told, what=what)
        return base64.b64decode(str(answer["plaintext"]))

    def wrapped_by(self, contents: bytes, what: str) -> str:
        """Returns name and version of the key that wrapped this. Raises SealBroken."""
        address, wrapped = self._read(contents, what)
        match = _CIPHERTEXT.fullmatch(wrapped)
        return _label(address, int(match["version"]) if match else 0)

    def _facts(self, address: Address) -> dict[str, Any]:
        return self._ask("GET", address, f"keys/{address.name}")

    def _read(self, contents: bytes, what: str) -> tuple[Address, str]:
        try:
            facts = json.loads(contents)
            url, wrapped = str(facts["transit"]), str(facts["wrapped"])
        except (ValueError, KeyError, TypeError):
            raise SealBroken(f"{what} is damaged: restore it from a backup") from None
        if not _CIPHERTEXT.fullmatch(wrapped):
            raise SealBroken(f"{what} is damaged: restore it from a backup")
        for address in self.keys:
            if address.url == url:
                return address, wrapped
        raise SealBroken(
            f"{what} names a key in a transit engine that DOCKSEAL_KEY_AT does not: add it, if it is yours"
        )

    def _ask(
        self,
        method: str,
        address: Address,
        path: str,
        told: dict[str, str] | None = None,
        *,
        what: str = "",
    ) -> dict[str, Any]:
        """Returns the data of an answer.

        Raises:
            SealBroken: what was to be decrypted is not as it was encrypted.
            StorageUnavailable: the server does not do it; says what to do about that.
        """
        response = self._send(method, f"{address.server}/v1/{address.mount}/{path}", told)
        if response.status_code in {200, 204}:
            return _data(response)
        faults = _faults(response)
        if what and any(each in faults for each in _ALTERED):
            raise SealBroken(f"{what} was altered or moved: restore it from a backup")
        if response.status_code == 403:
            raise StorageUnavailable(self._denied(address, path))
        raise StorageUnavailable(_refused(response.status_code, faults, address))

    def _send(self, method: str, url: str, told: dict[str, str] | None = None) -> httpx.Response:
        token = read_closed(self.token_file, "the token of the transit engine").decode(errors="replace")
        headers = {"X-Vault-Token": token.strip(), "X-Vault-Request": "true"}
        if self.namespace:
            headers["X-Vault-Namespace"] = self.namespace
        try:
            return self._client.request(method, url, json=told, headers=headers)
        except (httpx.HTTPError, UnicodeError) as fault:
            reason = type(fault).__name__
        raise StorageUnavailable(
            f"the transit engine cannot be reached ({reason}): check the network, its certificate and that "
            f"{self.token_file} holds a token"
        )

    def _denied(self, address: Address, path: str) -> str:
        """Tells a token that has ended from one whose policies lack something: both are answered with 403."""
        if self._send("GET", f"{address.server}/v1/auth/token/lookup-self").status_code == 200:
            return (
                f"the transit engine denies {address.mount}/{path}: give the token what `dockseal keys "
                "policy` prints, and to rotate what it prints with --rotate"
            )
        return (
            f"the transit engine does not take the token in {self.token_file}: it has expired, was revoked "
            "or is of another namespace; have its agent write a new one"
        )

    @cached_property
    def _client(self) -> httpx.Client:
        # OpenSSL's own places are asked for certificates, SSL_CERT_FILE among them: such servers mostly have
        # an authority of the house. No proxy is asked: it would stand between the keys and what they open.
        return httpx.Client(
            verify=ssl.create_default_context(),
            timeout=_SECONDS,
            trust_env=False,
        )


class TransitKeys:
    """The provider `transit`: every key in the folder is wrapped by a key that never leaves its server."""

    def create(self, parts: KeyParts) -> KeyStore:
        """Makes the folder and a master key, wrapped by the server's key; see `created_under`.

        Raises:
            SettingsFault: the settings name no key or no token, or the key is unfit.
            StorageUnavailable: the server does not answer, or denies it.
        """
        key = TransitKey.of(parts)
        key.refuse_unfit()
        return created_under(key, parts)

    def open(self, parts: KeyParts) -> KeyStore:
        """Opens them; see `opened_under`.

        Raises:
            SettingsFault: the settings name no key or no token.
        """
        return opened_under(TransitKey.of(parts), parts)


TRANSIT = TransitKeys()
"""What the entry point names."""


def policy(at: str, *, rotating: bool = False) -> str:
    """Returns the least policy of a token, in the server's own language (HCL).

    Args:
        at: As in DOCKSEAL_KEY_AT.
        rotating: For whoever may rotate, besides what the service may do.

    Raises:
        SettingsFault: it names no key.
    """
    rules = []
    for number, key in enumerate(addresses(at)):
        rules.append(_rule(f"{key.mount}/decrypt/{key.name}", "update"))
        if number == 0:
            rules.append(_rule(f"{key.mount}/encrypt/{key.name}", "update"))
            rules.append(_rule(f"{key.mount}/keys/{key.name}", "read"))
            if rotating:
                rules.append(_rule(f"{key.mount}/keys/{key.name}/rotate", "update"))
    rules.append(_rule("auth/token/lookup-self", "read"))
    return "\n".join(rules)


def _rule(path: str, capability: str) -> str:
    return f'path "{path}" {{\n  capabilities = ["{capability}"]\n}}\n'


def _label(address: Address, version: int) -> str:
    return f"{address.name}:v{version}"


def _bound(context: dict[str, str]) -> str:
    return _base64(json.dumps(context, sort_keys=True, separators=(",", ":")).encode())


def _base64(contents: bytes) -> str:
    return base64.b64encode(contents).decode()


def _data(response: httpx.Response) -> dict[str, Any]:
    if not response.content:
        return {}
    try:
        data: dict[str, Any] = response.json().get("data") or {}
    except (ValueError, AttributeError):
        raise StorageUnavailable(
            f"what answers at {response.url.host} is no transit engine: check DOCKSEAL_KEY_AT"
        ) from None
    return data


def _faults(response: httpx.Response) -> str:
    """Returns what the server says is wrong; it never repeats what it was sent."""
    try:
        return "; ".join(str(each) for each in response.json()["errors"])[:200]
    except (ValueError, KeyError, TypeError):
        return ""


def _refused(status: int, faults: str, address: Address) -> str:
    if status == 503:
        return (
            f"the server {address.server} is sealed or in maintenance: unseal it (`bao operator unseal`); "
            "nothing is lost meanwhile"
        )
    if status == 404 or "key not found" in faults:
        return (
            f"there is no key {address.name} in {address.mount}, or no such engine: make it with `bao write "
            f"-f {address.mount}/keys/{address.name}`, or check DOCKSEAL_KEY_AT and DOCKSEAL_KEY_NAMESPACE"
        )
    if "too old" in faults:
        return (
            f"the key {address.name} no longer decrypts with so old a version: lower its "
            "min_decryption_version, run `dockseal keys rotate`, and raise it again"
        )
    return f"the transit engine answers {status} ({faults or 'nothing more'}): see its log, then try again"
