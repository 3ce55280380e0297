"""What ShipStation takes: its fields and how long each may be.

Source: "Custom Store Reference Guide" (shipstation.com/docs/custom-store/v1/reference/orders), and its XML
schema, of which the shorter length stands here where the two differ.
"""

from collections.abc import Mapping
from types import MappingProxyType

LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "order number": 50,
        "name": 100,
        "company": 100,
        "address line": 200,
        "city": 100,
        "state": 100,
        "postal code": 50,
        "phone": 50,
        "delivery instructions": 1000,
        "gift message": 1000,
        "line id": 50,
        "SKU": 100,
        "item name": 200,
        "custom field": 100,
        "requested warehouse": 100,
    }
)
"""Most characters of each text, by what it is."""
MOST_UNITS = 99_999
"""Most units of one line."""
