"""The packing slip: what lies in a parcel, for whom, and the gift message. It shows no price."""

from collections.abc import Sequence
from dataclasses import dataclass

from dockseal.domain.clock import instant_text
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.marketplaces import local_text
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.warehouses.by_hand.fonts import Fonts
from dockseal.warehouses.by_hand.sheet import Sheet

_COLUMNS = (2, 6, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPack:
    """What is packed under one release."""

    order: Order
    release: ReleaseRef
    lines: tuple[OrderLine, ...]
    """With the quantities that this parcel, or these parcels, hold."""


def packing_slip(packed: ToPack, recipient: Recipient, fonts: Fonts) -> bytes:
    """Returns a packing slip as PDF: the name, what is in the parcel, the gift message and a barcode.

    The barcode is the release reference, which the console finds the order by.

    Args:
        packed: What is packed.
        recipient: The name and the gift message, opened for a packing slip; what else it holds is left out.
        fonts: The fonts of this machine.

    Raises:
        BadInput: a text has letters that no font of this machine has.
    """
    personal = recipient.disclose()
    name, gift = personal.get(Field.NAME.value, ""), personal.get(Field.GIFT_MESSAGE.value, "")
    rows = [(line.sku, line.title, str(line.ordered)) for line in packed.lines]
    heads = ("SKU", "Article", "Quantity")
    words = [name, gift, packed.order.id, packed.release, *heads, *(text for row in rows for text in row)]
    sheet = Sheet(fonts, [*words, _FRAME], title=f"Packing slip {packed.release}")
    sheet.heading("Packing slip")
    sheet.line(f"Order {packed.order.id}")
    if name:
        sheet.line(f"For {name}", above=2)
    sheet.table(heads, rows, _COLUMNS)
    if gift:
        sheet.line("A message for you", size=9, above=8)
        sheet.line(gift, size=13, above=1)
    sheet.line("", above=4)
    sheet.barcode(packed.release)
    return sheet.pdf()


def pick_list(packed: Sequence[ToPack], fonts: Fonts) -> bytes:
    """Returns a pick list as PDF: each article once with its sum, and what goes into which order.

    It holds nothing of any buyer.

    Args:
        packed: What is to be picked, those to ship first before the others.
        fonts: The fonts of this machine.

    Raises:
        BadInput: a text has letters that no font of this machine has.
    """
    sums: dict[tuple[str, str], int] = {}
    for each in packed:
        for line in each.lines:
            sums[line.sku, line.title] = sums.get((line.sku, line.title), 0) + line.ordered
    articles = [(sku, title, str(count)) for (sku, title), count in sorted(sums.items())]
    orders = [(each.order.id, _ship_by(each.order), _articles(each)) for each in packed]
    texts = [text for row in (*articles, *orders) for text in row]
    sheet = Sheet(fonts, [*texts, _FRAME], title="Pick list")
    sheet.heading("Pick list")
    sheet.line(f"{len(packed)} orders, {sum(sums.values())} articles")
    sheet.table(("SKU", "Article", "Quantity"), articles, _COLUMNS)
    sheet.line("What goes into which order", size=13, above=8)
    sheet.table(("Order", "Ship by", "Articles"), orders, (3, 3, 5))
    return sheet.pdf()


_FRAME = (
    "Packing slip Pick list Order For A message for you orders, articles What goes into which × 0123456789:"
)
"""The words around what is written, for which a font is needed too."""


def _articles(packed: ToPack) -> str:
    return ", ".join(f"{line.ordered} × {line.sku}" for line in packed.lines)


def _ship_by(order: Order) -> str:
    ship_by = order.amazon.ship_by
    if ship_by is None:
        return ""
    return local_text(ship_by, order.amazon.marketplace_id) or instant_text(ship_by)
