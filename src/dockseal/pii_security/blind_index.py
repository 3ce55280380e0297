"""The blind index: finds what is sealed of one buyer, without a column that would tell who that is.

Each record has a clue for each value it can be found by: the first bits of an HMAC under a key of its seller,
epoch and kind, so few that strangers have them too. What the clue was made of lies beside it, encrypted with
the record's own data key; who looks for a value compares that, and opens nobody's address. Both die with the
epoch's key.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dockseal.domain.clue import Clue, ClueKind
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import KeyDestroyed, SealBroken
from dockseal.pii_security.blind_words import word_of_order, words_of
from dockseal.pii_security.envelope import KEY_BYTES, data_key_of, decrypt, encrypt, identity_of
from dockseal.pii_security.key_store import KeyStore
from dockseal.storage.store import Storage

BITS = 5
"""Of X values under one key, √X < 2^N < X/2 keeps a clue useful and ambiguous: five bits do from 65 to 1,023
orders that one seller has sealed in a day. More only take longer to look through."""
_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of a buyer."""

    orders: tuple[OrderRef, ...]
    compared: int
    """Records whose clue was the same, those of strangers among them."""
    without: int
    """Records of the seller that have no such value: this way they cannot be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindIndex:
    """Finds sealed records by what somebody says of their buyer."""

    storage: Storage
    keys: KeyStore

    def sellers(self) -> list[SellerId]:
        """Returns the sellers that anything can be found of."""
        return self.storage.blind_index.sellers()

    def find(self, seller: SellerId, words: Mapping[ClueKind, bytes]) -> Found:
        """Finds the records of a seller that have all their word of a kind in common with `words`.

        Args:
            seller: Whose orders are looked through.
            words: As `blind_words` makes them.

        Raises:
            StorageError: a database or the key store cannot be used.
        """
        orders: dict[OrderRef, None] = {}
        compared = 0
        for kind, word in words.items():
            for epoch, key in self._live():
                bits = clue_bits(key, seller, kind, word)
                for clue, record in self.storage.blind_index.alike(seller, kind, epoch=epoch, bits=bits):
                    compared += 1
                    if _proves(clue, record, word, epoch_key=key):
                        orders[record.order] = None
        without = self.storage.blind_index.without(seller, words)
        return Found(orders=tuple(orders), compared=compared, without=without)

    def _live(self) -> Iterator[tuple[str, bytes]]:
        """Yields the epochs that anything can still be opened in, with their keys."""
        for epoch in self.keys.epochs():
            try:
                yield epoch, self.keys.existing_key(epoch)
            except (KeyDestroyed, SealBroken):
                continue  # nobody reads what is under it; shredding has the rest

    def moved(self, record: SealedRecord, earlier: SealedRecord) -> tuple[Clue, ...]:
        """Returns the clues of a record whose data key another epoch wraps from now on: made anew under it.

        Its contents stay sealed: what the clues were made of is in their proofs.

        Args:
            record: As it is kept.
            earlier: The same, as it will be kept.

        Raises:
            KeyDestroyed: an epoch ended this moment.
            SealBroken: the record was altered.
        """
        data_key = data_key_of(record, self.keys.existing_key(record.epoch))
        words = _proven(self.storage.blind_index.of_order(record.order), record, data_key)
        return clues_of(earlier, words, epoch_key=self.keys.existing_key(earlier.epoch))

    def words(
        self, order: Order, recipient: Recipient, *, before: SealedRecord | None
    ) -> dict[ClueKind, bytes]:
        """Returns everything an order shall be found by.

        Amazon leaves out a phone number after a while, and an e-mail address comes with few readings: what a
        reading lacks is taken over from the version before.

        Args:
            order: Which order.
            recipient: As it was retrieved.
            before: What is kept of it, and will be replaced.
        """
        return {
            **self._known(before),
            **words_of(order.seller, recipient),
            **word_of_order(order.seller, order.id),
        }

    def _known(self, record: SealedRecord | None) -> dict[ClueKind, bytes]:
        clues = () if record is None else self.storage.blind_index.of_order(record.order)
        if record is None or not clues:
            return {}
        try:
            return _proven(clues, record, data_key_of(record, self.keys.existing_key(record.epoch)))
        except (KeyDestroyed, SealBroken):
            return {}


def clues_of(record: SealedRecord, words: Mapping[ClueKind, bytes], *, epoch_key: bytes) -> tuple[Clue, ...]:
    """Makes the clues of a record.

    Args:
        record: Just sealed, or wrapped by another epoch's key.
        words: As `blind_words` makes them.
        epoch_key: The key of its epoch.

    Raises:
        SealBroken: the record is not as it was sealed, or another epoch's.
    """
    data_key, identity = data_key_of(record, epoch_key), identity_of(record)
    return tuple(
        Clue(
            order=record.order,
            seller=record.seller,
            epoch=record.epoch,
            kind=kind,
            bits=clue_bits(epoch_key, record.seller, kind, word),
            proof=encrypt(data_key, word, bound=identity.bound_clue(kind)),
        )
        for kind, word in words.items()
    )


def clue_bits(epoch_key: bytes, seller: SellerId, kind: ClueKind, word: bytes) -> int:
    """Returns the first bits of a word's HMAC-SHA256, under a key that HKDF (RFC 5869) makes of the epoch's.

    Args:
        epoch_key: 32 bytes.
        seller: Whose index it is.
        kind: What the word is of.
        word: As `blind_words` makes it.
    """
    info = b"dockseal/blind-index/" + json.dumps([seller, kind.value]).encode()
    key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(epoch_key)
    return int.from_bytes(hmac.digest(key, word, "sha256")[:_WORD]) >> (8 * _WORD - BITS)


def _proves(clue: Clue, record: SealedRecord, word: bytes, *, epoch_key: bytes) -> bool:
    try:
        words = _proven([clue], record, data_key_of(record, epoch_key))
    except SealBroken:
        return False  # it opens for nobody
    return hmac.compare_digest(words.get(clue.kind, b""), word)


def _proven(clues: Iterable[Clue], record: SealedRecord, data_key: bytes) -> dict[ClueKind, bytes]:
    """Returns the words that clues were made of; one that was altered or moved is no clue any more."""
    words = {}
    for clue in clues:
        bound = identity_of(record).bound_clue(clue.kind)
        try:
            words[clue.kind] = decrypt(data_key, clue.proof, bound=bound, what=f"a clue of {record.order}")
        except SealBroken:
            continue
    return words
