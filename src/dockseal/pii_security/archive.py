"""Archives: what a law demands to be kept of some orders, in one sealed file apart from all else (DPP 2.1).

The contents are encrypted with a key of their own. For every two officers that key is sealed to the one, and
the result to the other, so that any two private keys open it and no single one does. Sealing is HPKE
(RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM). What stands in clear, the end among it, is bound to
both.
"""

import itertools
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.recipient import Recipient, recipient_from
from dockseal.errors import BadInput, SealBroken
from dockseal.pii_security.envelope import KEY_BYTES, decrypt, encrypt
from dockseal.pii_security.officer_keys import OfficerKey, PublicOfficer

_KIND = "dockseal archive v1"
_ID = re.compile(r"[0-9a-f]{16}")
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an archive says of itself in clear.

    Attributes:
        id: Random.
        basis: The law that demands it, as a reference.
        made_at: When it was made.
        until: Its end: never opened from then on.
        fields: What it holds of each order, where it was there.
        orders: How many orders it holds.
    """

    id: str
    basis: str
    made_at: datetime
    until: datetime
    fields: frozenset[Field]
    orders: int

    def facts(self) -> dict[str, object]:
        """Returns it as it is kept."""
        return {
            "kind": _KIND,
            "id": self.id,
            "basis": self.basis,
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "until": self.until.astimezone(UTC).isoformat(),
            "fields": sorted(self.fields),
            "orders": self.orders,
        }

    def bound(self, part: str) -> bytes:
        """Returns what one part of the archive is bound to."""
        return json.dumps({**self.facts(), "part": part}, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One order in an archive."""

    order: OrderRef
    amazon_order_id: AmazonOrderId
    seller: SellerId
    recipient: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A sealed archive."""

    head: Head
    keys: dict[str, bytes]
    """The key of the contents, sealed to each two officers: `casey/robin`."""
    contents: bytes

    @classmethod
    def seal(cls, head: Head, entries: Sequence[Entry], officers: Sequence[PublicOfficer]) -> Self:
        """Seals entries to each two of some officers."""
        key = secrets.token_bytes(KEY_BYTES)
        plain = json.dumps([_facts(entry) for entry in entries], separators=(",", ":")).encode()
        by_name = sorted(officers, key=lambda officer: officer.name)
        return cls(
            head=head,
            keys={
                _pair(first.name, second.name): _sealed_to(first, second, key, head)
                for first, second in itertools.combinations(by_name, 2)
            },
            contents=encrypt(key, plain, bound=head.bound("contents")),
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads a file; nothing of it is believed before it opens.

        Raises:
            BadInput: it is no archive.
        """
        try:
            kept = json.loads(text)
            head = kept["head"]
            archive = cls(
                head=Head(
                    id=head["id"],
                    basis=head["basis"],
                    made_at=datetime.fromisoformat(head["made_at"]),
                    until=datetime.fromisoformat(head["until"]),
                    fields=frozenset(map(Field, head["fields"])),
                    orders=head["orders"],
                ),
                keys={pair: bytes.fromhex(sealed) for pair, sealed in kept["keys"].items()},
                contents=bytes.fromhex(kept["contents"]),
            )
            known = archive.head.facts() == head and bool(_ID.fullmatch(archive.head.id))
        except (ValueError, KeyError, TypeError, AttributeError):
            known = False
        if not known:
            raise BadInput("this is no archive of `dockseal archive make`, or one of a newer Dockseal")
        return archive

    def as_text(self) -> str:
        """Returns what its file holds."""
        keys = {pair: sealed.hex() for pair, sealed in self.keys.items()}
        return (
            json.dumps({"head": self.head.facts(), "keys": keys, "contents": self.contents.hex()}, indent=1)
            + "\n"
        )

    def open(self, one: OfficerKey, other: OfficerKey) -> list[Entry]:
        """Opens it with the private keys of two officers, in any order.

        Raises:
            SealBroken: it was altered, or is not sealed to these two.
        """
        first, second = sorted((one, other), key=lambda officer: officer.name)
        broken = SealBroken(
            f"archive {self.head.id} was altered, or is not sealed to {first.name} and {second.name}: "
            "take another copy of it, or the keys of two others"
        )
        try:
            outer = self.keys[_pair(first.name, second.name)]
            inner = _SUITE.decrypt(outer, first.unsealing(), info=self.head.bound("outer"))
            key = _SUITE.decrypt(inner, second.unsealing(), info=self.head.bound("inner"))
        except (KeyError, InvalidTag, ValueError):
            raise broken from None
        plain = decrypt(key, self.contents, bound=self.head.bound("contents"), what=f"archive {self.head.id}")
        return [_entry(facts) for facts in json.loads(plain)]


def _pair(first: str, second: str) -> str:
    return f"{first}/{second}"


def _sealed_to(first: PublicOfficer, second: PublicOfficer, key: bytes, head: Head) -> bytes:
    inner = _SUITE.encrypt(key, second.sealing(), info=head.bound("inner"))
    return _SUITE.encrypt(inner, first.sealing(), info=head.bound("outer"))


def _facts(entry: Entry) -> dict[str, object]:
    return {
        "order": entry.order,
        "amazon_order_id": entry.amazon_order_id,
        "seller": entry.seller,
        "recipient": entry.recipient.disclose(),
    }


def _entry(facts: dict[str, Any]) -> Entry:
    return Entry(
        order=OrderRef(facts["order"]),
        amazon_order_id=AmazonOrderId(facts["amazon_order_id"]),
        seller=SellerId(facts["seller"]),
        recipient=recipient_from(facts["recipient"]),
    )
