"""Which personal data the hand-over of an order needs."""

from dockseal.domain.access import FIELDS, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.order import AmazonOrder


def needed(order: AmazonOrder, *, gifts: bool = True) -> frozenset[Field]:
    """Returns the fields a hand-over of this order needs: a gift message only where there is one.

    Args:
        order: Which order.
        gifts: Whether gift messages can be read at all.
    """
    fields = FIELDS[Purpose.HAND_OVER]
    return fields if gifts and order.has_gift_message else fields - {Field.GIFT_MESSAGE}
