"""An officer's own key pairs: Ed25519 to sign asks with, X25519 to unseal archives with.

Both come of one seed of 32 random bytes, which lies in one file under the officer's own passphrase. The file
is the officer's: it is on no machine that Dockseal runs on but while it is used. The public halves are in a
file of their own, which is handed in to be registered.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from dockseal.domain.identifiers import slug
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, SealBroken
from dockseal.pii_security.asks import Ask, Signature
from dockseal.pii_security.envelope import KEY_BYTES, decrypt, encrypt
from dockseal.pii_security.masters import derive
from dockseal.pii_security.stretching import (
    COST,
    SALT_BYTES,
    check_stretching,
    refuse_if_short,
    stretched,
    stretching,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicOfficer:
    """What everybody may know of an officer: the name and both public keys, 32 bytes each."""

    name: str
    sign: bytes
    unseal: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over name and keys: what two people compare before they let somebody in."""
        return hashlib.sha256(self.as_text()).hexdigest()

    @property
    def subject(self) -> str:
        """What an ask to add this officer names."""
        return f"{self.name}:{self.fingerprint}"

    def signed(self, text: str, signature: bytes) -> bool:
        """Tells whether this officer signed a text."""
        return self._signed(text.encode(), signature)

    def sealing(self) -> X25519PublicKey:
        """Returns the key that something is sealed to this officer with."""
        return X25519PublicKey.from_public_bytes(self.unseal)

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads what `OfficerKey.handed_in` wrote.

        Raises:
            BadInput: it is no such thing, or who made it does not have the private half.
        """
        try:
            facts = json.loads(text)
            officer = cls.from_facts(facts)
            proof = bytes.fromhex(facts["proof"])
        except (ValueError, KeyError, TypeError):
            raise BadInput("this is no file of `dockseal officers key` that ends in .pub") from None
        if not officer._signed(officer.as_text(), proof):
            raise BadInput("the keys in this file are not those of who made it: have it made anew")
        return officer

    @classmethod
    def from_facts(cls, facts: dict[str, str]) -> Self:
        """Returns the officer that these facts describe.

        Raises:
            ValueError: the name cannot be one, or a key has another length; KeyError: one is missing.
        """
        name, sign, unseal = slug(facts["name"]), bytes.fromhex(facts["sign"]), bytes.fromhex(facts["unseal"])
        if len(sign) != KEY_BYTES or len(unseal) != KEY_BYTES:
            raise ValueError("keys of 32 bytes")
        return cls(name=name, sign=sign, unseal=unseal)

    def facts(self) -> dict[str, str]:
        """Returns it as it is kept."""
        return {"name": self.name, "sign": self.sign.hex(), "unseal": self.unseal.hex()}

    def as_text(self) -> bytes:
        """Returns what the proof that comes with the keys is over."""
        return f"dockseal officer v1\n{self.name}\n{self.sign.hex()}\n{self.unseal.hex()}\n".encode()

    def _signed(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.sign).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerKey:
    """An officer's private halves, in memory."""

    name: str
    _seed: bytes = field(repr=False)

    @classmethod
    def made(cls, name: str) -> Self:
        """Draws the keys of a new officer.

        Raises:
            BadInput: the name cannot be one.
        """
        try:
            return cls(name=slug(name), _seed=secrets.token_bytes(KEY_BYTES))
        except ValueError as fault:
            raise BadInput(str(fault)) from None

    @classmethod
    def open(cls, contents: str, passphrase: Secret) -> Self:
        """Opens what `close` returned.

        Raises:
            BadInput: it is no such file, or the passphrase is another one.
        """
        no_file = "this is no file of an officer's key: give the one that `dockseal officers key` made"
        try:
            facts = json.loads(contents)
            sealed = bytes.fromhex(facts.pop("seed"))
            check_stretching(facts)
            name = slug(facts["officer"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadInput(no_file) from None
        try:
            key = stretched(passphrase, facts)
            seed = decrypt(key, sealed, bound=_bound(facts), what="the officer's key")
        except SealBroken:
            raise BadInput(
                f"the passphrase does not open the key of officer {name}; if it is the one, the file was "
                "altered"
            ) from None
        return cls(name=name, _seed=seed)

    def close(self, passphrase: Secret, *, cost: int = COST) -> str:
        """Returns what the file of this key holds.

        Args:
            passphrase: The officer's own.
            cost: Scrypt's N.

        Raises:
            SettingsFault: the passphrase is too short.
        """
        refuse_if_short(passphrase)
        facts = {"officer": self.name, "salt": secrets.token_hex(SALT_BYTES), **stretching(cost)}
        sealed = encrypt(stretched(passphrase, facts), self._seed, bound=_bound(facts))
        return json.dumps({**facts, "seed": sealed.hex()}, indent=1) + "\n"

    def public(self) -> PublicOfficer:
        """Returns the public halves."""
        return PublicOfficer(
            name=self.name,
            sign=self._signing().public_key().public_bytes_raw(),
            unseal=self.unsealing().public_key().public_bytes_raw(),
        )

    def handed_in(self) -> str:
        """Returns the public halves for the registry, with a proof that the private ones are here."""
        public = self.public()
        proof = self._signing().sign(public.as_text())
        return json.dumps({**public.facts(), "proof": proof.hex()}, indent=1) + "\n"

    def sign(self, ask: Ask) -> Signature:
        """Signs an ask."""
        return Signature(officer=self.name, signature=self._signing().sign(ask.as_text().encode()))

    def unsealing(self) -> X25519PrivateKey:
        """Returns the key that opens what was sealed to this officer."""
        return X25519PrivateKey.from_private_bytes(derive(self._seed, "officer/unseal"))

    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive(self._seed, "officer/sign"))


def _bound(facts: dict[str, object]) -> bytes:
    return b"dockseal/officer-key/" + json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
