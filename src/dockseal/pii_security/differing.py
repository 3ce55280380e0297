"""Which parts of a delivery address changed between two retrievals: names, never what they hold."""

from collections.abc import Iterable

from dockseal.domain.access import FIELDS, Grant, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import release_ref
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import ReleaseState
from dockseal.errors import VaultError
from dockseal.pii_security.vault import Vault

UNREADABLE = "the earlier address can no longer be read"
_MAY_VANISH = frozenset({Field.PHONE, Field.DELIVERY_INSTRUCTIONS})
"""Amazon leaves them out after a while: that is no change of the address."""


def address_differs(before: Recipient, now: Recipient) -> frozenset[Field]:
    """Returns the fields of the delivery address that read differently now."""
    return now.differing(before, FIELDS[Purpose.SHIPPING_LABEL]) - (_MAY_VANISH - now.fields())


def in_words(fields: Iterable[Field]) -> str:
    """Names fields as people do, such as `address line 1, city`."""
    return ", ".join(sorted(field.value.replace("_", " ") for field in fields))


def note_what_a_try_lacked(vault: Vault, order: Order, recipient: Recipient, grant: Grant) -> None:
    """Notes how an address differs from the one that a warehouse may have, before it is sealed in its place.

    A hand-over without an answer is sent again under the same reference. A warehouse that took the first one
    takes the second for a repeat, and keeps the address it has: a person must ask it. Where nothing was kept
    because it is passed on, an order that Amazon did not change since has the address it had.

    Args:
        vault: Holds the address that was sent.
        order: Whose address it is.
        recipient: The address that will be sent.
        grant: Opens the one that was.
    """
    releases = vault.storage.releases
    release = releases.get(release_ref(order.ref, order.revision))
    if release is None or release.state is not ReleaseState.INTENDED:
        return
    try:
        names = in_words(address_differs(vault.open(order.ref, grant), recipient))
    except VaultError:
        unchanged = order.amazon.updated_at <= release.intended_at
        names = "" if unchanged and vault.passing.wanted(order) else UNREADABLE
    known = release.differing.split(", ") if release.differing else []
    if new := [name for name in names.split(", ") if name and name not in known]:
        with vault.storage.transaction():
            releases.differs(release, ", ".join([*known, *new]))
