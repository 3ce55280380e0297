"""Writes the 940, the warehouse shipping order. docs/edi.md has the map of its segments."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field
from dockseal.errors import WarehouseRefused
from dockseal.warehouses.edi.numbers import order_number
from dockseal.warehouses.edi.profile import Profile
from dockseal.warehouses.edi.syntax import Document, Segment, segment
from dockseal.warehouses.edi.texts import Texts
from dockseal.warehouses.port import HandOver, StopRequest

CODE = "940"
GROUP = "OW"
"""GS01."""

_LINES = (Field.ADDRESS_LINE_1, Field.ADDRESS_LINE_2, Field.ADDRESS_LINE_3, Field.DISTRICT)
_TITLE, _MOST_TITLES = 45, 5
_NOTE, _MOST_NOTES = 80, 8
_MESSAGE, _MOST_MESSAGES = 264, 4
_REFERENCE = {"4010": 30, "5010": 50}
"""Characters of N902 (data element 127)."""


def order_document(hand_over: HandOver, profile: Profile) -> Document:
    """Returns one order as a 940, personal data included: to be sent, never to be kept.

    Raises:
        WarehouseRefused: something of it does not fit; the sentence names the field, not its content.
    """
    texts = _texts(profile, hand_over.warehouse.id, hand_over.amazon_order_id)
    personal = {Field(name): text for name, text in hand_over.recipient.disclose().items()}
    return Document(
        code=CODE,
        segments=(
            _w05(profile.orders.new, hand_over.reference, texts),
            *_ship_to(personal, texts),
            *_parties(profile),
            *_whole_reference(hand_over.reference, texts),
            *_days(hand_over, profile),
            *_notes(personal, texts),
            *(
                [segment("W66", profile.orders.payment, profile.orders.mode)]
                if profile.orders.payment
                else []
            ),
            *(each for at, line in enumerate(hand_over.lines, 1) for each in _line(line, at, texts=texts)),
            segment("W76", str(sum(line.ordered for line in hand_over.lines))),
        ),
    )


def cancel_document(request: StopRequest, profile: Profile) -> Document:
    """Returns the wish that an order is not shipped as a 940, without lines and without personal data.

    Raises:
        WarehouseRefused: its reference does not fit.
    """
    texts = _texts(profile, request.warehouse.id, request.amazon_order_id)
    return Document(
        code=CODE,
        segments=(
            _w05(profile.orders.cancel, request.reference, texts),
            *_parties(profile),
            *_whole_reference(request.reference, texts),
            segment("W76", "0"),
        ),
    )


def _texts(profile: Profile, warehouse: str, order: AmazonOrderId) -> Texts:
    return Texts(profile=profile, warehouse=warehouse, order=order)


def _w05(status: str, reference: ReleaseRef, texts: Texts) -> Segment:
    number = order_number(reference)
    if number is None:
        raise WarehouseRefused(
            f"order {texts.order} has the reference {reference}, for which X12 has no order number of 22 "
            "characters: it was changed or split too often; send it to another warehouse"
        )
    return segment("W05", status, texts.reference(number), texts.order)


def _whole_reference(reference: ReleaseRef, texts: Texts) -> Iterator[Segment]:
    if order_number(reference) != reference:
        yield segment("N9", texts.profile.orders.reference_qualifier, texts.reference(reference))


def _ship_to(personal: Mapping[Field, str], texts: Texts) -> Iterator[Segment]:
    """Yields the N1 loop of the recipient; nothing where the warehouse is handed none."""
    if not personal:
        return
    length = texts.profile.orders.name_length
    names = [personal.get(Field.NAME, ""), personal.get(Field.COMPANY, "")]
    found = texts.lines(names, "name", longest=length, most=5)
    if not found:
        raise WarehouseRefused(
            f"order {texts.order} has no name to ship to, and warehouse {texts.warehouse} needs one: see "
            "what Amazon shows for it"
        )
    first, *more = found
    yield segment("N1", "ST", first)
    yield from _pairs("N2", more)
    lines = [personal.get(field, "") for field in _LINES]
    yield from _pairs(
        "N3", texts.lines(lines, "address", longest=texts.profile.orders.address_length, most=4)
    )
    yield _n4(personal, texts)
    phone = personal.get(Field.PHONE, "")
    if phone:
        yield segment("PER", "IC", "", "TE", texts.line(phone, "phone number", longest=80))


def _n4(personal: Mapping[Field, str], texts: Texts) -> Segment:
    def fitted(field: Field, what: str, *, longest: int, shortest: int) -> str:
        text = personal.get(field, "")
        return texts.line(text, what, longest=longest, shortest=shortest) if text.strip() else ""

    region = fitted(Field.REGION, "region", longest=30, shortest=1)
    # N402 holds two characters: a state by its code. Any other region goes by its name (N405 SP, N406).
    state, named = (region, "") if len(region) == 2 and region.isascii() else ("", region)
    return segment(
        "N4",
        fitted(Field.CITY, "city", longest=30, shortest=2),
        state,
        fitted(Field.POSTAL_CODE, "postal code", longest=15, shortest=3),
        fitted(Field.COUNTRY, "country", longest=3, shortest=2),
        "SP" if named else "",
        named,
    )


def _parties(profile: Profile) -> Iterator[Segment]:
    for code, party in profile.parties.items():
        yield segment("N1", code, party.name, party.qualifier, party.id)


def _days(hand_over: HandOver, profile: Profile) -> Iterator[Segment]:
    for qualifier, at in (
        (profile.orders.ship_by, hand_over.ship_by),
        (profile.orders.deliver_by, hand_over.deliver_by),
    ):
        if qualifier and at is not None:
            yield segment("G62", qualifier, _day(at, profile))


def _day(at: datetime, profile: Profile) -> str:
    """Returns the day at the warehouse: an instant just after midnight UTC is the day before in Nevada."""
    return f"{at.astimezone(profile.zone):%Y%m%d}"


def _notes(personal: Mapping[Field, str], texts: Texts) -> Iterator[Segment]:
    orders = texts.profile.orders
    delivery = personal.get(Field.DELIVERY_INSTRUCTIONS, "")
    for text in texts.lines([delivery], "delivery instructions", longest=_NOTE, most=_MOST_NOTES):
        yield segment("NTE", orders.delivery_code, text)
    gift = personal.get(Field.GIFT_MESSAGE, "")
    if not gift.strip():
        return
    if orders.gift_message == "refuse":
        raise WarehouseRefused(
            f"order {texts.order} has a gift message, and warehouse {texts.warehouse} takes none by its "
            "profile (orders.gift_message); send the order elsewhere, or pack it by hand"
        )
    if orders.gift_message == "N9":
        yield segment("N9", orders.gift_code, "GIFT")
        for text in texts.lines([gift], "gift message", longest=_MESSAGE, most=_MOST_MESSAGES):
            yield segment("MSG", text)
        return
    for text in texts.lines([gift], "gift message", longest=_NOTE, most=_MOST_NOTES):
        yield segment("NTE", orders.gift_code, text)


def _line(line: OrderLine, at: int, *, texts: Texts) -> Iterator[Segment]:
    orders = texts.profile.orders
    sku = texts.code(line.sku, f"SKU in line {at}", longest=48)
    yield segment("LX", str(at))
    yield segment("W01", str(line.ordered), orders.unit, "", orders.item_qualifier, sku)
    if orders.titles:
        for text in _title(line.title, texts):
            yield segment("G69", text)
    item = texts.code(line.order_item_id, f"item id in line {at}", longest=_REFERENCE[texts.profile.version])
    yield segment("N9", orders.line_qualifier, item)


def _title(title: str, texts: Texts) -> list[str]:
    """Returns a title in pieces, or none: it helps the packer, and the SKU decides."""
    try:
        return texts.lines([title], "title", longest=_TITLE, most=_MOST_TITLES)
    except WarehouseRefused:
        return []


def _pairs(tag: str, texts: list[str]) -> Iterator[Segment]:
    for at in range(0, len(texts), 2):
        yield segment(tag, *texts[at : at + 2])
