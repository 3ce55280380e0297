"""Seals personal data: AES-256-GCM with a fresh data key per record, which the epoch's key wraps."""

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dockseal.domain.clue import ClueKind
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.recipient import Recipient, recipient_from
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
_json = json.JSONEncoder(separators=(",", ":")).encode
_BLOCK = 512
"""Contents are padded to multiples of so many bytes, so that the length tells little of an address."""


class Bound(NamedTuple):
    """What the two parts of a record are bound to."""

    key: bytes
    contents: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a sealed record is bound to: it opens as nothing else."""

    order: OrderRef
    seller: SellerId
    version: int
    epoch: str
    deadline: datetime
    sealed_at: datetime

    def bound(self) -> Bound:
        """Returns the additional authenticated data: JSON objects whose names are sorted.

        Epoch and deadline are bound by the key alone, so that they move without a look at the contents. The
        objects are written out: to build them and have them sorted took half the time of a seal.
        """
        until = f'"deadline":"{_instant(self.deadline)}","epoch":{_json(self.epoch)}'
        order = f'"order":{_json(self.order)}'
        sealed = (
            f'"sealed_at":"{_instant(self.sealed_at)}","seller":{_json(self.seller)},"version":{self.version}'
        )
        return Bound(
            key=f'{{{until},{order},"part":"key",{sealed}}}'.encode(),
            contents=f'{{{order},"part":"contents",{sealed}}}'.encode(),
        )

    def bound_clue(self, kind: ClueKind) -> bytes:
        """Returns the additional authenticated data of a clue's proof, which moves as the contents do."""
        facts = {
            "part": "clue",
            "kind": kind.value,
            "order": self.order,
            "seller": self.seller,
            "version": self.version,
            "sealed_at": _instant(self.sealed_at),
        }
        return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def encrypt(key: bytes, contents: bytes, *, bound: bytes) -> bytes:
    """Encrypts with AES-256-GCM (NIST SP 800-38D) under a random nonce, which stands before the result."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, contents, bound)


def decrypt(key: bytes, sealed: bytes, *, bound: bytes, what: str) -> bytes:
    """Undoes `encrypt`.

    Args:
        key: 32 bytes.
        sealed: What `encrypt` returned.
        bound: The same additional data.
        what: Names it in the error.

    Raises:
        SealBroken: a byte of it, of the key or of what it is bound to differs.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError, OverflowError):
        broken = SealBroken(
            f"{what} was altered, moved, or sealed with another key: restore it from a backup"
        )
    raise broken


def seal(recipient: Recipient, *, identity: Identity, epoch_key: bytes) -> SealedRecord:
    """Seals personal data.

    Args:
        recipient: In clear.
        identity: What the record is bound to.
        epoch_key: 32 bytes; wraps the data key.
    """
    data_key, bound = os.urandom(KEY_BYTES), identity.bound()
    contents = _json(recipient.disclose()).encode()
    padded = contents.ljust(-(-len(contents) // _BLOCK) * _BLOCK)
    return SealedRecord(
        order=identity.order,
        seller=identity.seller,
        version=identity.version,
        epoch=identity.epoch,
        deadline=identity.deadline,
        sealed_at=identity.sealed_at,
        wrapped_key=encrypt(epoch_key, data_key, bound=bound.key),
        ciphertext=encrypt(data_key, padded, bound=bound.contents),
    )


def unseal(record: SealedRecord, epoch_key: bytes) -> Recipient:
    """Opens a record.

    Raises:
        SealBroken: anything in it differs from what was sealed.
    """
    what, bound = _what(record), identity_of(record).bound().contents
    contents = decrypt(data_key_of(record, epoch_key), record.ciphertext, bound=bound, what=what)
    try:
        return recipient_from(json.loads(contents))
    except (ValueError, AttributeError):
        broken = SealBroken(f"{what} holds fields this version does not know: run the version that sealed it")
    raise broken


def rewrap(
    record: SealedRecord, *, old_key: bytes, new_key: bytes, epoch: str, deadline: datetime
) -> SealedRecord:
    """Has another epoch's key wrap the data key of a record; its contents stay sealed.

    Args:
        record: As it is kept.
        old_key: The key of its epoch.
        new_key: The key of the other epoch.
        epoch: Names the other epoch.
        deadline: Until when it opens from now on.

    Raises:
        SealBroken: the record is not as it was sealed.
    """
    data_key = data_key_of(record, old_key)
    moved = replace(record, epoch=epoch, deadline=deadline)
    return replace(moved, wrapped_key=encrypt(new_key, data_key, bound=identity_of(moved).bound().key))


def data_key_of(record: SealedRecord, epoch_key: bytes) -> bytes:
    """Returns the data key of a record; what it opens stays sealed.

    Raises:
        SealBroken: the record is not as it was sealed, or another epoch's.
    """
    bound = identity_of(record).bound().key
    return decrypt(epoch_key, record.wrapped_key, bound=bound, what=_what(record))


def identity_of(record: SealedRecord) -> Identity:
    """Returns what a record is bound to."""
    return Identity(
        order=record.order,
        seller=record.seller,
        version=record.version,
        epoch=record.epoch,
        deadline=record.deadline,
        sealed_at=record.sealed_at,
    )


def _what(record: SealedRecord) -> str:
    return f"the sealed data of order {record.order}"
