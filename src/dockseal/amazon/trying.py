"""What Amazon lets us read of a seller, found out by trying, without reading personal data of anybody.

Orders are asked for one at most, without personal data. Whether personal data would be given shows from the
Tokens API, which refuses a restricted data token to who lacks the role: the token itself is thrown away.
v2026-01-01 takes no such token, and leaves out silently what the roles do not cover: only an order shows it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from dockseal.amazon.operations import GET_ORDER_ADDRESS_V0, GET_ORDER_V0, GET_ORDERS_V0, SEARCH_ORDERS
from dockseal.amazon.session import Session
from dockseal.amazon.tokens import Resource, RestrictedDataTokens
from dockseal.domain.clock import instant_text
from dockseal.domain.seller import RECIPIENT_V0, Seller
from dockseal.errors import AccessDenied, AmazonRefused, RoleMissing

ORDERS_V2026, ORDERS_V0 = "orders-v2026", "orders-v0"
BUYER = "buyer"
_ADDRESS = Resource(method="GET", path=GET_ORDER_ADDRESS_V0.path)
_BUYER = Resource(method="GET", path=GET_ORDER_V0.path, elements=("buyerInfo",))
_LOOK_BACK = timedelta(days=1)


def may_read(session: Session, tokens: RestrictedDataTokens, seller: Seller, now: datetime) -> frozenset[str]:
    """Returns what Amazon lets us read: `orders-v2026`, `orders-v0`, `recipient-v0`, `buyer`.

    Raises:
        AmazonThrottled: a quota is spent; nothing can be said yet.
        AmazonUnavailable: Amazon is down.
        CredentialRefused: the seller's credentials ended.
    """
    tries: dict[str, Callable[[], object]] = {
        ORDERS_V2026: lambda: _search(session, seller, now),
        ORDERS_V0: lambda: _search_v0(session, seller, now),
        RECIPIENT_V0: lambda: tokens.issue(seller.id, [_ADDRESS]),
        BUYER: lambda: tokens.issue(seller.id, [_BUYER]),
    }
    return frozenset(name for name, attempt in tries.items() if _allowed(attempt))


def _allowed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (RoleMissing, AccessDenied):
        return False
    except AmazonRefused as refused:
        if refused.status in {400, 404, 410}:  # v0 reads end: then there is nothing to read there
            return False
        raise
    return True


def _search(session: Session, seller: Seller, now: datetime) -> None:
    query = {
        "lastUpdatedAfter": instant_text(now - _LOOK_BACK),
        "marketplaceIds": seller.marketplaces,
        "fulfilledBy": "MERCHANT",
        "maxResultsPerPage": "1",
    }
    session.call(SEARCH_ORDERS, seller.id, query=query)


def _search_v0(session: Session, seller: Seller, now: datetime) -> None:
    query = {
        "LastUpdatedAfter": instant_text(now - _LOOK_BACK),
        "MarketplaceIds": seller.marketplaces,
        "FulfillmentChannels": "MFN",
        "MaxResultsPerPage": "1",
    }
    session.call(GET_ORDERS_V0, seller.id, query=query)
