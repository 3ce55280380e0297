"""Who may read which personal data, and why: actors, purposes and grants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef, SellerId

_ADDRESS = frozenset(
    {
        Field.NAME,
        Field.COMPANY,
        Field.ADDRESS_LINE_1,
        Field.ADDRESS_LINE_2,
        Field.ADDRESS_LINE_3,
        Field.CITY,
        Field.DISTRICT,
        Field.REGION,
        Field.POSTAL_CODE,
        Field.COUNTRY,
        Field.PHONE,
        Field.DELIVERY_INSTRUCTIONS,
    }
)

_NAMED = re.compile(r"(person|warehouse|service):([A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])?)")


class Purpose(StrEnum):
    """Why personal data may be read: a closed list (DPP 2.1, AUP 4.1)."""

    SHIPPING_LABEL = "shipping label"
    """Address a parcel: the whole delivery address and the phone number a carrier asks for."""
    PACKING_SLIP = "packing slip"
    """Print what lies in the parcel: the name and the gift message."""
    HAND_OVER = "hand-over to the warehouse"
    """Give a warehouse what it needs to label and pack: both of the above."""
    LEGAL_RECORD = "legal record"
    """Keep for longer what a law demands of a sale, apart from all else; two officers must ask for it."""


FIELDS: Mapping[Purpose, frozenset[Field]] = MappingProxyType(
    {
        Purpose.SHIPPING_LABEL: _ADDRESS,
        Purpose.PACKING_SLIP: frozenset({Field.NAME, Field.GIFT_MESSAGE}),
        Purpose.HAND_OVER: _ADDRESS | {Field.GIFT_MESSAGE},
        Purpose.LEGAL_RECORD: _ADDRESS - {Field.PHONE, Field.DELIVERY_INSTRUCTIONS},
    }
)
"""The exact fields of each purpose."""
FOUND_BY = frozenset({Field.BUYER_EMAIL})
"""No purpose reads it, and nothing asks Amazon for it. Where it comes along, a clue for erasing on the
buyer's request is made of it, and it is dropped. The phone number makes another; a label needs it as well."""


class ActorKind(StrEnum):
    """What sort of actor it is."""

    SERVICE = "service"
    PERSON = "person"
    WAREHOUSE = "warehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: one of our services, a person, or a warehouse."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def actor_named(text: str) -> Actor:
    """Returns the actor that somebody names as the audit trail does, such as `warehouse:reno`.

    Raises:
        ValueError: no actor is written so; it is not repeated.
    """
    found = _NAMED.fullmatch(text)
    if found is None:
        raise ValueError("an actor is named as the audit trail does: person:…, warehouse:… or service:…")
    return Actor(kind=ActorKind(found[1]), name=found[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave for one actor to read some fields of one order for one purpose, until it expires."""

    id: str
    actor: Actor
    purpose: Purpose
    seller: SellerId
    order: OrderRef
    fields: frozenset[Field]
    expires_at: datetime
