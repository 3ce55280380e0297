"""An Amazon that answers word for word what a test wrote down: for answers the simulator would never give."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dockseal.amazon.client import Amazon
from dockseal.amazon.session import CallMade
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.order import OrdersApi
from dockseal.domain.quota import BucketState
from dockseal.domain.secret import ClientCredentials, LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("acme-us")
ORDER = AmazonOrderId("113-0000001-0000001")
SECRETS = ("Atzr|refresh-of-acme", "client-secret-of-acme", "Atza|access")


class Buckets:
    """Keeps buckets in memory, and counts the saves."""

    def __init__(self) -> None:
        self.kept: dict[tuple[SellerId, str], BucketState] = {}
        self.saves = 0

    def load(self, seller: SellerId, operation: str) -> BucketState | None:
        return self.kept.get((seller, operation))

    def save(self, seller: SellerId, operation: str, state: BucketState) -> None:
        self.kept[seller, operation] = state
        self.saves += 1


class Credentials:
    """The invented credentials of one seller."""

    def lwa(self, seller: SellerId) -> LwaCredentials:
        return LwaCredentials(
            client_id=f"amzn1.application-oa2-client.{seller}",
            client_secret=Secret("client-secret-of-acme"),
            refresh_token=Secret("Atzr|refresh-of-acme"),
        )

    def application(self, application: str) -> ClientCredentials:
        return ClientCredentials(
            client_id=f"amzn1.application-oa2-client.{application}",
            client_secret=Secret("client-secret-of-acme"),
        )


Answer = httpx.Response | Exception


class ScriptedAmazon(httpx.BaseTransport):
    """Gives the answers written down, one after the other; logs anybody in unless told otherwise."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.login_answers: list[Answer] = []
        self.logins = 0
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path == "/auth/o2/token":
            self.logins += 1
            return _given(self.login_answers.pop(0) if self.login_answers else self._token())
        self.requests.append(request)
        return _given(self.answers.pop(0))

    def _token(self) -> httpx.Response:
        return httpx.Response(200, json={"access_token": f"Atza|access-{self.logins}", "expires_in": 3600})


@dataclass(kw_only=True)
class World:
    """A client of the scripted Amazon."""

    amazon: Amazon
    script: ScriptedAmazon
    clock: ManualClock
    buckets: Buckets
    calls: list[CallMade] = field(default_factory=list)

    def answers(self, *answers: Answer) -> None:
        self.script.answers.extend(answers)


def make_world(api: OrdersApi = OrdersApi.V2026) -> World:
    script, clock, buckets = ScriptedAmazon(), ManualClock(start=START), Buckets()
    seller = Seller(
        id=SELLER,
        region=Region.NA,
        marketplaces=("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"),
        selling_partner_id="A3EXAMPLESELLER",
        orders_api=api,
        warehouse=WarehouseId("reno"),
    )
    calls: list[CallMade] = []
    amazon = Amazon(
        clock=clock,
        buckets=buckets,
        sellers={SELLER: seller}.__getitem__,
        credentials=Credentials(),
        transport=script,
        observe=calls.append,
        queue_wait_seconds=0,
    )
    return World(amazon=amazon, script=script, clock=clock, buckets=buckets, calls=calls)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def world_v0() -> World:
    return make_world(OrdersApi.V0)


OrderJson = Callable[..., dict[str, Any]]


@pytest.fixture
def order_json() -> OrderJson:
    """Builds an order of v2026-01-01 in JSON, with changed fields."""

    def build(**changes: Any) -> dict[str, Any]:
        return {
            "orderId": ORDER,
            "createdTime": "2026-11-02T07:00:00Z",
            "lastUpdatedTime": "2026-11-02T07:30:00.250Z",
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
            "fulfillment": {
                "fulfillmentStatus": "UNSHIPPED",
                "fulfilledBy": "MERCHANT",
                "shipByWindow": {"latestDateTime": "2026-11-03T07:59:59Z"},
            },
            "orderItems": [{"orderItemId": "001", "quantityOrdered": 2, "product": {"sellerSku": "MUG-1"}}],
            **changes,
        }

    return build


def refused(status: int, code: str, message: str | None, details: str = "") -> httpx.Response:
    body = {"errors": [{"code": code, "message": message, "details": details}]}
    return httpx.Response(status, json=body, headers={"x-amzn-RequestId": "request-1"})


def _given(answer: Answer) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer
