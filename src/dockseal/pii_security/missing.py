"""What is said when Amazon leaves out personal data that a parcel needs."""

from collections.abc import Iterable

from dockseal.domain.fields import Field
from dockseal.domain.order import Hold, Order
from dockseal.domain.recipient import Recipient
from dockseal.errors import AccessDenied, AmazonRefused, OrderUnknown
from dockseal.pii_security.completeness import STREET, gaps

ROLE_MISSING = "address_role_missing"
LEFT_LONG_AGO = Hold(
    code="left_long_ago",
    sentence="Its address may not be kept: it was shipped or delivered too long ago, or somebody asked to "
    "erase it. See in Seller Central whether anything is left to ship.",
)
ROLE = "Direct-to-Consumer Shipping (Restricted)"


def hold_for(order: Order, recipient: Recipient) -> Hold | None:
    """Returns why a parcel cannot be addressed so; None if it can. Names fields, and never what they hold.

    Without the role Amazon leaves out name and street and gives the rest (Orders v2026-01-01, getOrder).

    Args:
        order: Whose data it is.
        recipient: What Amazon gave.
    """
    if _nothing_of_a_person(recipient):
        return role_missing(order)
    found = gaps(recipient)
    if found.missing:
        return Hold(
            code="address_incomplete",
            sentence=f"Amazon gives no {_named(found.missing)} for order {order.id}: ask the buyer through "
            f"Seller Central, or cancel it there; once Amazon has it, {examine(order)}.",
        )
    if found.wrong:
        return Hold(
            code="address_impossible",
            sentence=f"There is no such {_named(found.wrong)} as Amazon gives for order {order.id}: ask the "
            f"buyer through Seller Central, or cancel it there; once Amazon has another, {examine(order)}.",
        )
    return None


def examine(order: Order) -> str:
    """Returns the last step after the cause of a hold was seen to."""
    return f"run `dockseal orders examine {order.id}`"


def role_missing(order: Order) -> Hold:
    """Returns the hold of an order whose address the seller's roles do not cover."""
    return Hold(
        code=ROLE_MISSING,
        sentence=f"Amazon does not let this application read addresses: order {order.id} of seller "
        f'{order.seller} waits. Ask for the role "{ROLE}" in Solution Provider Portal, then authorise the '
        "seller again; its orders are then examined again by themselves, and within about an hour "
        "where Amazon grants the role without that.",
    )


def gift_missing(order: Order) -> str:
    """Returns what a person is told of an order whose gift message the seller's roles do not cover."""
    return (
        f"Order {order.id} goes out without its gift message: with Orders v0 seller {order.seller} needs a "
        "tax role to read it. Copy it from Seller Central, or switch the seller to Orders v2026-01-01."
    )


def is_hidden(recipient: Recipient) -> bool:
    """Tells whether Amazon leaves out what a parcel needs, for want of a role or since it is long ago."""
    return _nothing_of_a_person(recipient) or bool(gaps(recipient).missing)


def _nothing_of_a_person(recipient: Recipient) -> bool:
    return not recipient.fields() & {Field.NAME, *STREET}


def _named(fields: Iterable[Field]) -> str:
    return ", ".join(field.value for field in fields)


def amazon_says_no(order: Order, fault: AmazonRefused) -> Hold:
    """Returns the hold of an order that Amazon refuses to give personal data of."""
    if isinstance(fault, OrderUnknown):
        return Hold(
            code="order_unknown",
            sentence=f"Amazon knows no order {order.id} of seller {order.seller}: look in Seller Central "
            "whether it was cancelled.",
        )
    if isinstance(fault, AccessDenied):
        return Hold(
            code="address_denied",
            sentence=f"{fault}. Check the roles and region of seller {order.seller}, then {examine(order)}.",
        )
    return Hold(
        code="address_refused",
        sentence=f"{fault}. Look at order {order.id} in Seller Central, then {examine(order)}.",
    )
