"""What the vault stores: ciphertext and what is needed to open it, never plaintext."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.identifiers import OrderRef, SellerId


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """The sealed personal data of one order: AES-256-GCM under a data key that an epoch key wraps."""

    order: OrderRef
    seller: SellerId
    version: int
    """Counts the seals of this order: part of what the ciphertext is bound to."""
    epoch: str
    """Names the epoch key; it is destroyed when the epoch ends."""
    deadline: datetime
    """Never opened past this instant; within its epoch."""
    sealed_at: datetime
    wrapped_key: bytes
    ciphertext: bytes

    @property
    def mark(self) -> str:
        """What the order keeps of it, to know it again: see `mark_of`."""
        return mark_of(self.ciphertext)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCredential:
    """A sealed secret that is no personal data, such as a refresh token; bound to name and version."""

    name: str
    """Such as `seller/acme-us/lwa`."""
    version: int
    stored_at: datetime
    """When this version was sealed: a new master key seals the same secret anew."""
    ciphertext: bytes
    secret_at: datetime | None = None
    """When the secret itself was first sealed; None: with this version."""
    first_at: datetime | None = None
    """When the first secret of this name was sealed; None: this one is the first."""
    former_until: datetime | None = None
    """Until when a former secret lies in it beside the newest; None: none does."""

    @property
    def mark(self) -> str:
        """What is kept outside of the vault, to know it again: see `mark_of`."""
        return mark_of(self.ciphertext)

    @property
    def since(self) -> datetime:
        """Since when the secret is in use: what its age is counted from."""
        return self.secret_at or self.stored_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialMark:
    """Which version of a credential was stored last, kept where whoever writes to the vault cannot."""

    name: str
    version: int
    mark: str
    """Empty once the credential was erased."""


def mark_of(ciphertext: bytes) -> str:
    """Returns 128 bits that no other ciphertext has, since its nonce is random; they tell nothing of it."""
    return hashlib.blake2b(ciphertext, digest_size=16).hexdigest()
