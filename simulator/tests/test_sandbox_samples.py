"""The answers of Amazon's static sandbox, beside the simulator's answers to the same kind of request.

What the sandbox shows of an operation has to be in the simulator's answers too, with the same type, wherever
the simulator's world has such a thing at all. Where the sandbox refuses, the simulator refuses.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import amazon
import coverage_page
import httpx
import plausible
import pytest
from plausible import OPERATIONS, SINCE, Asked, World
from shop import US

from spapi_simulator import Line, Recipient
from spapi_simulator.world.records import Terms

GOOD = (200, 201, 202, 204)
ALL_DATA = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
IGNORED = {
    ".DefaultShipFromLocationAddress": "locations of the seller are no part of the world",
    ".AutomatedShippingSettings": "nobody has automated shipping settings",
    ".PaymentExecutionDetail": "how a payment was made is told in v2026-01-01 alone",
    ".ValidInterimStatusCodes": "a verification is either pending or decided",
    ".serialNumbers": "articles are told to need serial numbers, and buyers are sent any",
    ".picking": "no order of Amazon Fresh, so nothing is replaced by something else",
    ".measurement": "nothing is sold by weight or volume",
    ".shipFromAddress": "locations of the seller are no part of the world",
    ".detailedStatus": "documented and never sent; a behaviour switches it on",
    ".priceDesignation": "no business prices",
    ".acquirerId": "payments are of the plain kind, without the acquirer that Brazil asks for",
    ".authorizationCode": "payments are of the plain kind, without the acquirer that Brazil asks for",
    ".cardBrand": "payments are of the plain kind, without the acquirer that Brazil asks for",
    ".labelPrintingWindow": "a label may be printed at any time, which Amazon tells by leaving this out",
    ".taxCalculationBreakdowns": "how a tax was calculated is no part of it",
    ".buyerInvoicePreference": "told in Orders v0 alone",
    ".taxRegistrationAddress": "a business buyer has a number and a name, and no second address",
    ".taxRegistrationAttributes": "a business buyer has a number and a name, and no tax office",
    ".associatedOrderItems": "a replacement is told of the whole order, not of its items",
    ".AdjustmentItemList": "rates have no adjustments",
    ".ExcludedBenefits[]": "no service gives a benefit to some and not to others",
    ".TemporarilyUnavailableCarrierList[]": "every carrier is at work; a behaviour switches one off",
    ".TermsAndConditionsNotAcceptedCarrierList[]": "the seller accepted them all; a behaviour says otherwise",
    ".nonLatinName": "names are written in Latin letters",
    ".primaryContact.address.addressLine2": "the seller's address has one line",
    ".registeredBusinessAddress.addressLine2": "the seller's address has one line",
}
"""What the sandbox shows and the simulator has not, by a part of where it stands, with the reason."""
NOT_COMPATIBLE = {
    "ordersV0-updateVerificationStatus-400-4": "the pair holds no error: it is a request that succeeds",
    "ordersV0-updateVerificationStatus-400-5": "the pair holds no error: it is a request that succeeds",
    "sellers-getAccount-400-0": "only the sandbox tells this request from the one that succeeds",
}
"""Samples that no simulator with a state can answer alike."""
NOT_ANSWERED = "the simulator does not answer the operation"
ELSEWHERE = {
    404: "an id that is well-formed and belongs to nobody is not found",
    403: "a marketplace of another region, or where this seller does not sell, is refused first",
}


def samples(*, good: bool) -> list[amazon.Sample]:
    """The samples of every model that succeed, or those that are refused; none where there are no models."""
    if amazon.folder() is None:
        return []
    every = (
        one for api in coverage_page.APIS for told in amazon.described(api).values() for one in told.samples
    )
    return [one for one in every if (one.status in GOOD) == good]


def bucket_of(sample: amazon.Sample) -> str:
    """The operation that answers a sample.

    Raises:
        pytest.skip.Exception: There is none.
    """
    if str(sample) in NOT_COMPATIBLE:
        pytest.skip(NOT_COMPATIBLE[str(sample)])
    for name, operation in OPERATIONS.items():
        if (operation.method, operation.template) == (sample.method, sample.path):
            return name
    pytest.skip(NOT_ANSWERED)


def paths(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every place in an answer with the type of what is there; entries of a list share a place."""
    if isinstance(value, Mapping):
        yield at, "object"
        for name, inner in value.items():
            yield from paths(inner, f"{at}.{name}")
    elif isinstance(value, list):
        yield at, "list"
        for inner in value:
            yield from paths(inner, f"{at}[]")
    else:
        kinds = {str: "text", bool: "flag", int: "number", float: "number", type(None): "null"}
        yield at, kinds[type(value)]


@cache
def world() -> World:
    """The plausible world, with orders that have everything an order can have."""
    made = plausible.open_world()
    person = Recipient(
        name="Testperson Rich", address_line_1="1 Sample Row", address_line_2="Unit 1", address_line_3="Back",
        company="Example Company", city="Sampleton", county="Exampleshire", district="North", state="WA",
        municipality="Sampleton", postal_code="00001", country_code="US", phone="+1 206-555-0100",
        buyer_name="Testperson Rich", buyer_email="rich@example.com", address_type="Commercial",
        street_name="Sample Row", street_number="1", complement="Unit 1", neighborhood="North",
    )  # fmt: skip
    window = (datetime(2026, 11, 5, 8, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC))
    line = Line(
        sku="RICH-1", quantity=2, title="Rich", shipping="2.00", tax="1.00", discount="0.50", points=10,
        promotion_ids=("P-1",), gift_message="Invented", customized=True, serial_number_required=True,
        ioss_number="IM0000000000", subscribe_and_save=True, condition_note="Like new", transparency=True,
        delivery_window=window,
    )  # fmt: skip
    terms = Terms(
        supply_source_id="SOURCE-1", company="Example Company", tax_number="TAX-1",
        purchase_order_number="PO-1", invoice_confirmation=True, replaces=made.ids["order"],
    )  # fmt: skip
    shop = made.shop
    rich = shop.sim.place_order(
        shop.seller, lines=[line], recipient=person, terms=terms, programs=["PRIME", "AMAZON_BUSINESS"]
    )
    easy = shop.sim.place_order(shop.seller, lines=[Line(sku="E-1")], programs=["AMAZON_EASY_SHIP"])
    store = Terms(store_id="STORE-1", invoice_confirmation=True)
    chain = shop.sim.place_order(
        shop.seller, lines=[line], recipient=person, terms=store, programs=["IN_STORE_PICK_UP"]
    )
    asked = shop.sim.place_order(shop.seller, lines=[line], recipient=person, terms=terms)
    pending = shop.place(pending=True)
    codes = ["AZ" + "1" * 27, "AZ" + "2" * 27]
    (item,) = shop.sim.order(rich).items
    content = {"orderItemId": item.order_item_id, "quantity": 2, "transparencyCodes": codes}
    assert shop.confirm(rich, orderItems=[content], shippingMethod="Ground").status_code == 204
    shop.sim.request_cancel(asked)
    shop.clock.advance(seconds=121)
    made.ids |= {"rich": rich, "easy": easy, "chain": chain, "asked": asked, "pending": pending}
    return made


def asked_for(bucket: str, made: World) -> list[Asked]:
    """Everything to ask so that an operation shows all it has to show."""
    every = [one for one in plausible.requests(made) if one.bucket == bucket]
    names = ("order", "spare", "rich", "easy", "chain", "asked", "pending")
    orders = [made.ids[name] for name in names if name in made.ids]
    if bucket == "getOrders":
        lists = [{"MarketplaceIds": US, name: SINCE} for name in ("CreatedAfter", "LastUpdatedAfter")]
        every += [Asked(bucket=bucket, query=one, rdt=True) for one in lists]
        every += [Asked(bucket=bucket, query=lists[0] | {"MaxResultsPerPage": 1})]
    elif bucket == "searchOrders":
        lists = [{name: SINCE, "includedData": ALL_DATA} for name in ("createdAfter", "lastUpdatedAfter")]
        every += [Asked(bucket=bucket, query=one) for one in (*lists, lists[0] | {"maxResultsPerPage": 1})]
    elif bucket == "getOrder 2026-01-01":
        path = [{"orderId": one} for one in orders]
        every += [Asked(bucket=bucket, path=one, query={"includedData": ALL_DATA}) for one in path]
    elif every[0].operation.api == "ordersV0" and every[0].operation.method == "GET":
        every += [replace(every[0], path={"orderId": one}, rdt=True) for one in orders]
    elif bucket in {"getFeeds", "getReports"}:
        for _ in range(2):
            for one in (one for one in plausible.requests(made) if one.bucket == f"create{bucket[3:-1]}"):
                made.send(one)
        kind = {name: one for name, one in every[0].query.items() if name.endswith("Types")}
        every += [Asked(bucket=bucket, query=kind | {"pageSize": 1})]
    return every


@pytest.mark.parametrize("sample", samples(good=True), ids=str)
def test_what_the_sandbox_shows_is_shown_here_too(sample: amazon.Sample) -> None:
    bucket = bucket_of(sample)
    changes = OPERATIONS[bucket].method != "GET"
    made = plausible.open_world() if changes else world()
    seen: dict[str, set[str]] = defaultdict(set)
    statuses = set()
    for asked in asked_for(bucket, made):
        answer = made.send(asked)
        statuses.add(answer.status_code)
        if answer.status_code == sample.status:
            for place, kind in paths(answer.json() if answer.content else {}):
                seen[place].add(kind)
    assert sample.status in statuses
    missing = [(place, kind) for place, kind in paths(sample.response or {}) if kind not in seen[place]]
    assert [one for one in missing if not any(part in one[0] for part in IGNORED)] == []


def as_asked(sample: amazon.Sample, bucket: str, made: World) -> httpx.Response:
    """Send what a sample sends, about things that this world has where the sample names things it has."""
    seed = next(one for one in plausible.requests(made) if one.bucket == bucket)
    given = dict(sample.parameters)
    body = given.pop("body", None)
    named = OPERATIONS[bucket].template
    path = {name: "TEST_CASE_400" if f"{{{name}}}" in named else "" for name in seed.path}
    path |= {name: str(one) for name, one in given.items() if name in seed.path}
    if "902-" in str(path.get("orderId")):
        path["orderId"] = seed.path["orderId"]
    query = {name: one for name, one in given.items() if name not in seed.path}
    # The sandbox itself refuses to rotate a secret; at the other host the application is enrolled.
    host = plausible.SANDBOX if bucket == "rotateApplicationClientSecret" else seed.host
    return made.send(replace(seed, path=path, query=query, body=body, rdt=False, host=host))


@pytest.mark.parametrize("sample", samples(good=False), ids=str)
def test_what_the_sandbox_refuses_is_refused_here_too(sample: amazon.Sample) -> None:
    bucket = bucket_of(sample)
    answer = as_asked(sample, bucket, plausible.open_world())
    assert answer.status_code in {sample.status, *ELSEWHERE}, answer.text
    told, ours = json.loads(json.dumps(sample.response))["errors"], answer.json()["errors"]
    assert len(told) == len(ours)
    assert {*told[0]} <= {*ours[0]}


def test_no_reason_is_left_over(models: object) -> None:
    """Every ignored place stands in some sample, and every sample that is left out exists."""
    places = {place for sample in samples(good=True) for place, _ in paths(sample.response or {})}
    assert [part for part in IGNORED if not any(part in place for place in places)] == []
    assert {*NOT_COMPATIBLE} <= {str(one) for good in (True, False) for one in samples(good=good)}
