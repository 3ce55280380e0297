"""Which host keys a server may show: those that were given, never one that is merely met first."""

import base64
import binascii
import hashlib
import itertools
import re
from dataclasses import dataclass
from typing import Any

import paramiko

from dockseal.errors import SettingsFault

_KINDS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""The kinds of keys that are taken, each with the names under which a server offers one."""
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeys:
    """The host keys that a server may show; several while it changes over."""

    fingerprints: frozenset[str]
    """As `ssh-keygen -lf` prints them: `SHA256:…`."""
    kinds: frozenset[str] = frozenset()
    """Of which kinds they are; empty: a fingerprint alone does not say."""

    def other_kinds(self) -> list[str]:
        """Returns the names of the kinds that a server need not offer, since we have none to compare."""
        if not self.kinds:
            return []
        return [name for kind, names in _KINDS.items() if kind not in self.kinds for name in names]


class HostKeyRefused(paramiko.SSHException):  # type: ignore[misc]  # paramiko has no types
    """A server shows a host key that was not given."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__("another host key")
        self.fingerprint = fingerprint


class PinnedHostKeys(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """Takes the given host keys, and refuses every other one before we log in."""

    def __init__(self, known: HostKeys) -> None:
        self._known = known

    def missing_host_key(self, client: Any, hostname: Any, key: Any) -> None:  # noqa: ARG002 - paramiko's
        """Looks at the host key that a server shows.

        Raises:
            HostKeyRefused: it is not one of those given.
        """
        if key.fingerprint not in self._known.fingerprints:
            raise HostKeyRefused(key.fingerprint)


def host_keys(text: str, warehouse: str) -> HostKeys:
    """Reads the option `host_key`: fingerprints, public keys or lines of a known_hosts file, by semicolons.

    Raises:
        SettingsFault: there is none, or one is none of these.
    """
    fingerprints, kinds, is_bare = set(), set(), False
    for each in filter(None, (part.strip() for part in text.split(";"))):
        if _FINGERPRINT.fullmatch(each.rstrip("=")):
            fingerprints.add(each.rstrip("="))
            is_bare = True
            continue
        kind, fingerprint = _public_key(each)
        if not fingerprint:
            raise SettingsFault(
                (
                    f"the host_key of warehouse {warehouse} cannot be read: give its fingerprint SHA256:… or "
                    "the line that `ssh-keyscan` prints, once the warehouse said that it is its own",
                )
            )
        fingerprints.add(fingerprint)
        kinds.add(kind)
    if not fingerprints:
        raise SettingsFault(
            (
                f"warehouse {warehouse} has no host_key, so its SFTP server cannot be told from another one: "
                "ask it for the fingerprint, and add the option host_key=SHA256:…",
            )
        )
    return HostKeys(fingerprints=frozenset(fingerprints), kinds=frozenset() if is_bare else frozenset(kinds))


def _public_key(line: str) -> tuple[str, str]:
    """Returns the kind and the fingerprint of the public key in a line; empty if there is none."""
    words = line.split()
    for kind, text in itertools.pairwise(words):
        if kind in _KINDS:
            try:
                key = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                continue
            if key[4 : 4 + len(kind)] != kind.encode():
                continue
            digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
            return kind, f"SHA256:{digest.rstrip('=')}"
    return "", ""
