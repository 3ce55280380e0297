"""The operations the simulator answers: method, path, usage plan (Amazon's published defaults)."""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Operation:
    """One SP-API operation.

    Attributes:
        name: Amazon's operationId.
        rate: Requests per second; `burst` is the size of the bucket.
        restricted: The dataElements an RDT may ask for here; empty where no RDT exists.
        elements: Whether an RDT must name its dataElements.
        version: Set where an operationId exists in several API versions.
    """

    name: str
    method: str
    template: str
    rate: float
    burst: int
    restricted: frozenset[str] = frozenset()
    elements: bool = False
    version: str = ""

    @property
    def bucket(self) -> str:
        """The name of its bucket: getOrder exists in two versions, each with its own usage plan."""
        return f"{self.name} {self.version}".strip()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a regular expression with named parts."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template))


_ORDERS = "/orders/v0/orders"
_ONE = f"{_ORDERS}/{{orderId}}"
_ADDRESS = frozenset({"shippingAddress"})
_BUYER = frozenset({"buyerInfo"})
_ANY = frozenset({"buyerInfo", "shippingAddress", "buyerTaxInformation"})

OPERATIONS = (
    Operation("getOrders", "GET", _ORDERS, 0.0167, 20, restricted=_ANY, elements=True),
    Operation("getOrder", "GET", _ONE, 0.5, 30, restricted=_ANY, elements=True),
    Operation("getOrderBuyerInfo", "GET", f"{_ONE}/buyerInfo", 0.5, 30, restricted=_BUYER),
    Operation("getOrderAddress", "GET", f"{_ONE}/address", 0.5, 30, restricted=_ADDRESS),
    Operation("getOrderItems", "GET", f"{_ONE}/orderItems", 0.5, 30, restricted=_BUYER, elements=True),
    Operation("getOrderItemsBuyerInfo", "GET", f"{_ONE}/orderItems/buyerInfo", 0.5, 30, restricted=_BUYER),
    Operation("confirmShipment", "POST", f"{_ONE}/shipmentConfirmation", 2, 10),
    Operation("searchOrders", "GET", "/orders/2026-01-01/orders", 0.0056, 20),
    Operation("getOrder", "GET", "/orders/2026-01-01/orders/{orderId}", 0.5, 30, version="2026-01-01"),
    Operation("createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken", 1, 10),
)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation of a request and the values in its path."""
    for operation in OPERATIONS:
        if operation.method == method and (match := operation.pattern.fullmatch(path)):
            return operation, match.groupdict()
    return None
