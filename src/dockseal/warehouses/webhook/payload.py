"""The JSON a warehouse receives: an order, the wish to stop one, and the question whether it has one.

Each is a POST to the warehouse's one URL, told apart by `type`. There is one for each order; the body of the
same reference is the same, byte for byte, as long as the order is. ::

    {
      "type": "order.released",
      "reference": "k7w2…-1",              our reference: report parcels under it; also the header webhook-id
      "amazon_order_id": "113-0000000-0000000",
      "marketplace_id": "ATVPDKIKX0DER",
      "ship_by": "2026-11-03T07:59:59.000Z",       UTC; null if Amazon gave none
      "deliver_by": "2026-11-06T07:59:59.000Z",    UTC; null if Amazon gave none
      "programs": ["PRIME"],                       Amazon's words, sorted
      "lines": [
        {"line_id": "00000000000001",              Amazon's order item id: a text, leading zeros count
         "sku": "MUG-BLUE", "title": "Blue mug", "quantity": 2,
         "transparency": true}                     only where each unit's Transparency code is to be
                                                   scanned and reported
      ],
      "ship_to": {"name": …, "company": …, "address_line_1": …, "address_line_2": …, "address_line_3": …,
                  "city": …, "district": …, "region": …, "postal_code": …, "country": …, "phone": …,
                  "delivery_instructions": …},     what the buyer left out is absent;
                                                 {} at a warehouse that chose `personal_data: none`
      "gift_message": "…"                          null if there is none
    }

A warehouse answers 2xx once it has taken the order, at best with `{"id": "its own id"}`. It answers 4xx with
`{"error": "one short sentence"}` if it will never take it, and anything else if it cannot now. An order that
comes again under a reference it has already taken is answered 2xx and packed once.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field
from dockseal.warehouses.port import HandOver, StopRequest


def payload(hand_over: HandOver) -> bytes:
    """Returns the body for one hand-over, personal data included: to be sent, never to be kept."""
    personal = hand_over.recipient.disclose()
    gift_message = personal.pop(Field.GIFT_MESSAGE.value, None)
    body = {
        "type": "order.released",
        "reference": hand_over.reference,
        "amazon_order_id": hand_over.amazon_order_id,
        "marketplace_id": hand_over.marketplace_id,
        "ship_by": _instant(hand_over.ship_by),
        "deliver_by": _instant(hand_over.deliver_by),
        "programs": sorted(hand_over.programs),
        "lines": [_line(line) for line in hand_over.lines],
        "ship_to": {name: personal[name] for name in SHIP_TO if name in personal},
        "gift_message": gift_message,
    }
    return _json(body)


def stop_payload(request: StopRequest) -> bytes:
    """Returns the body of a wish that an order is not shipped."""
    return _json(
        {
            "type": "order.stop",
            "reference": request.reference,
            "amazon_order_id": request.amazon_order_id,
        }
    )


def ask_payload(reference: ReleaseRef) -> bytes:
    """Returns the body of the question whether a warehouse has an order."""
    return _json({"type": "order.asked", "reference": reference})


def _line(line: OrderLine) -> dict[str, object]:
    told: dict[str, object] = {
        "line_id": line.order_item_id,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.ordered,
    }
    return told | ({"transparency": True} if line.transparency else {})


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


SHIP_TO = tuple(
    field.value for field in Field if field not in {Field.GIFT_MESSAGE, Field.BUYER_NAME, Field.BUYER_EMAIL}
)
"""The fields of `ship_to`, in this order."""


def _instant(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)
