"""What the installation signs with: an Ed25519 key in the credential vault, and its public keys of all times.

A private key is deleted once another one is in its place. Its public key stays, sealed beside the newest one,
so that what it signed can be verified for as long as somebody keeps it.
"""

import base64
import contextlib
import secrets
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.errors import MoveRefused, SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.notes import VerifierKey, public_of, signed, verifier_keys

NAME = "installation/signing"
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Signs texts that are handed out. The first key is made when it is needed."""

    credentials: CredentialVault

    def sign(self, text: str, actor: Actor) -> str:
        """Returns a text as a signed note, see `notes`.

        Args:
            text: Lines, the last of which ends too.
            actor: Who has it signed; makes the key if there is none.

        Raises:
            SealBroken: the key was altered, or the master key is another one.
        """
        kept = self._kept(actor)
        return signed(text, name=kept["name"], seed=base64.b64decode(kept["seed"]))

    def name(self, actor: Actor) -> str:
        """Returns the name that its keys have, the same for all of them; makes the first key if need be.

        Raises:
            SealBroken: the key was altered, or the master key is another one.
        """
        return self._kept(actor)["name"]

    def rotate(self, actor: Actor) -> VerifierKey:
        """Puts a new key in the place of the one before, which is deleted; returns its public key.

        Where a restored vault has an older one, that is replaced, and public keys of the time since are not
        known any more; where it has none that opens, the new one has a new name.

        Raises:
            MoveRefused: somebody else rotated it at the same moment; look whether that is enough.
        """
        try:
            kept = self.credentials.contents(NAME)
        except SealBroken:
            kept = self.credentials.restored(NAME)
        return self._make(actor, kept or {})

    def public_keys(self) -> list[VerifierKey]:
        """Returns the public keys of all times, the newest last; none where nothing was signed yet.

        Raises:
            SealBroken: the key was altered, or the master key is another one.
        """
        kept = self.credentials.contents(NAME)
        return verifier_keys(kept["verifier_keys"]) if kept else []

    def _kept(self, actor: Actor) -> dict[str, str]:
        kept = self.credentials.contents(NAME)
        while kept is None:
            with contextlib.suppress(MoveRefused):  # somebody else made the first one this moment
                self._make(actor, {})
            kept = self.credentials.contents(NAME)
        return kept

    def _make(self, actor: Actor, before: dict[str, str]) -> VerifierKey:
        seed = secrets.token_bytes(_SEED_BYTES)
        name = before.get("name") or f"dockseal/{secrets.token_hex(8)}"
        key = VerifierKey(name=name, public=public_of(seed))
        contents = {
            "name": name,
            "seed": base64.b64encode(seed).decode(),
            "verifier_keys": "\n".join([*before.get("verifier_keys", "").split(), key.text]),
        }
        self.credentials.store(NAME, contents, tag=Tag.KEY_SIGNING_STORED, actor=actor, credential=NAME)
        return key
