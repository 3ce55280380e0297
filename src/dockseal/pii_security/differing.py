"""Which parts of a delivery address changed between two retrievals: names, never what they hold."""

from collections.abc import Iterable

from dockseal.domain.access import FIELDS, Grant, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import revision_of
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, ReleaseState
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
    takes the second for a repeat, and keeps the address it has: a person must ask it. So it is with a part
    that a warehouse took while others are still to be handed over. Where nothing was kept because it is
    passed on, an order that Amazon did not change since has the address it had.

    Args:
        vault: Holds the address that was sent.
        order: Whose address it is.
        recipient: The address that will be sent.
        grant: Opens the one that was.
    """
    releases = [each for each in vault.storage.releases.of_order(order.ref) if _may_be_there(order, each)]
    if not releases:
        return
    try:
        names = in_words(address_differs(vault.open(order.ref, grant), recipient))
    except VaultError:
        unchanged = order.amazon.updated_at <= min(each.intended_at for each in releases)
        names = "" if unchanged and vault.passing.wanted(order) else UNREADABLE
    for release in releases:
        _note(vault, release, names)


def _may_be_there(order: Order, release: Release) -> bool:
    if release.state is ReleaseState.INTENDED:
        return revision_of(release.ref) == order.revision
    return release.state is ReleaseState.ACCEPTED and bool(release.contents)


def _note(vault: Vault, release: Release, names: str) -> None:
    known = release.differing.split(", ") if release.differing else []
    if new := [name for name in names.split(", ") if name and name not in known]:
        with vault.storage.transaction():
            vault.storage.releases.differs(release, ", ".join([*known, *new]))
