"""What the tests of feeds share: uploading a file, having it worked on, and reading the report."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
from shop import NA, US, Shop

ROOT = "/feeds/2021-06-30"
FEEDS, DOCUMENTS = f"{ROOT}/feeds", f"{ROOT}/documents"
FULFILLMENT, FLAT_FULFILLMENT = "POST_ORDER_FULFILLMENT_DATA", "POST_FLAT_FILE_FULFILLMENT_DATA"
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
FLAT_ACKNOWLEDGEMENT = "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA"
XML, TABS = "text/xml; charset=UTF-8", "text/tab-separated-values; charset=UTF-8"
CANADA, GERMANY = "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9"
QUEUED, WORKED = 30, 60  # seconds


def open_document(shop: Shop, content_type: str = XML) -> dict[str, str]:
    answer = shop.post(DOCUMENTS, {"contentType": content_type})
    assert answer.status_code == 201, answer.text
    opened: dict[str, str] = answer.json()
    return opened


def put(shop: Shop, url: str, content: bytes, content_type: str = XML) -> httpx.Response:
    return shop.http.put(url, content=content, headers={"content-type": content_type})


def upload(shop: Shop, content: str | bytes = "<x/>", content_type: str = XML) -> str:
    opened = open_document(shop, content_type)
    raw = content.encode() if isinstance(content, str) else content
    assert put(shop, opened["url"], raw, content_type).status_code == 200
    return opened["feedDocumentId"]


def create(shop: Shop, document_id: str, kind: str = FULFILLMENT, **changes: Any) -> httpx.Response:
    body = {"feedType": kind, "marketplaceIds": [US], "inputFeedDocumentId": document_id} | changes
    return shop.post(FEEDS, {name: value for name, value in body.items() if value is not None})


def submit(
    shop: Shop, content: str | bytes = "<x/>", kind: str = FULFILLMENT, content_type: str = XML
) -> str:
    answer = create(shop, upload(shop, content, content_type), kind)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["feedId"])


def state(shop: Shop, feed_id: str) -> dict[str, Any]:
    answer = shop.get(f"{FEEDS}/{feed_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def listing(shop: Shop, **query: Any) -> httpx.Response:
    return shop.get(FEEDS, **{name: str(value) for name, value in query.items()})


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [feed["feedId"] for feed in answer.json()["feeds"]]


def stranger(shop: Shop) -> Shop:
    """Another seller in the same world, with the same application."""
    seller = shop.sim.add_seller()
    token = shop.sim.authorize(shop.app, seller)
    return Shop(
        sim=shop.sim, clock=shop.clock, app=shop.app, seller=seller, refresh_token=token,
        queue_url=shop.queue_url, http=shop.http,
    )  # fmt: skip


def cancel(shop: Shop, feed_id: str) -> httpx.Response:
    return shop.http.delete(f"{NA}{FEEDS}/{feed_id}", headers={"x-amz-access-token": shop.token()})


def fetch(shop: Shop, document_id: str) -> httpx.Response:
    answer = shop.get(f"{DOCUMENTS}/{document_id}")
    assert answer.status_code == 200, answer.text
    return shop.http.get(answer.json()["url"])


@dataclass(kw_only=True)
class Report:
    """A processing report; `problems` are (number, code, words), `orders` the orders they name."""

    status: str
    processed: int
    successful: int
    problems: list[tuple[str, str, str]]
    orders: list[str]

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(number, code) for number, code, _ in self.problems]


def work(shop: Shop, content: str | bytes, kind: str = FULFILLMENT, content_type: str = "") -> Report:
    """Have a file worked on to its end and return the report."""
    flat = "FLAT_FILE" in kind
    feed_id = submit(shop, content, kind, content_type or (TABS if flat else XML))
    shop.clock.advance(seconds=QUEUED + WORKED)
    feed = state(shop, feed_id)
    answer = fetch(shop, feed["resultFeedDocumentId"])
    assert answer.headers["content-type"] == ("text/plain" if flat else "text/xml") + "; charset=UTF-8"
    read = _read_flat if flat else _read_xml
    return read(answer.content.decode(), feed, shop)


def _read_xml(text: str, feed: dict[str, Any], shop: Shop) -> Report:
    root = ElementTree.fromstring(text)
    assert root.findtext("MessageType") == "ProcessingReport"
    assert root.findtext("Header/MerchantIdentifier") == shop.seller.seller_id
    report = root.find("Message/ProcessingReport")
    assert report is not None
    assert report.findtext("DocumentTransactionID") == feed["feedId"]
    assert report.findtext("StatusCode") == "Complete"
    summary = {one.tag: int(one.text or "") for one in report.find("ProcessingSummary") or ()}
    results = report.findall("Result")
    assert {one.findtext("ResultCode") for one in results} <= {"Error"}
    assert (summary["MessagesWithError"], summary["MessagesWithWarning"]) == (len(results), 0)
    said = [
        [one.findtext(name) or "" for name in ("MessageID", "ResultMessageCode", "ResultDescription")]
        for one in results
    ]
    return Report(
        status=feed["processingStatus"],
        processed=summary["MessagesProcessed"],
        successful=summary["MessagesSuccessful"],
        problems=[(number, code, words) for number, code, words in said],
        orders=[one.findtext("AdditionalInfo/AmazonOrderID") or "" for one in results],
    )


def _read_flat(text: str, feed: dict[str, Any], shop: Shop) -> Report:
    title, processed, successful, gap, columns, *lines = text.removesuffix("\n").split("\n")
    assert (title, gap) == ("Feed Processing Summary:", "")
    names = columns.split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
    return Report(
        status=feed["processingStatus"],
        processed=int(processed.split("\t")[3]),
        successful=int(successful.split("\t")[3]),
        problems=[(row["original-record-number"], row["error-code"], row["error-message"]) for row in rows],
        orders=[row["order-id"] for row in rows],
    )


def envelope(
    shop: Shop,
    *messages: str,
    kind: str = "OrderFulfillment",
    merchant: str | None = None,
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """An AmazonEnvelope around the bodies of messages, numbered from 1."""
    body = "".join(
        f"<Message><MessageID>{number}</MessageID>{message}</Message>"
        for number, message in enumerate(messages, start=1)
    )
    return (
        f"{head}<AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion>"
        f"<MerchantIdentifier>{merchant or shop.seller.seller_id}</MerchantIdentifier></Header>"
        f"<MessageType>{kind}</MessageType>{body}</AmazonEnvelope>"
    )


def fulfillment(
    order_id: str,
    *items: tuple[str, int | None],
    carrier: str = "<CarrierCode>UPS</CarrierCode>",
    tracking: str = "1Z999AA10123456784",
    date: str = "2026-11-02T08:00:00Z",
    more: str = "",
) -> str:
    """An OrderFulfillment; without items it is the whole order."""
    number = f"<ShipperTrackingNumber>{tracking}</ShipperTrackingNumber>" if tracking else ""
    contents = "".join(
        f"<Item><AmazonOrderItemCode>{item}</AmazonOrderItemCode>"
        + ("" if quantity is None else f"<Quantity>{quantity}</Quantity>")
        + "</Item>"
        for item, quantity in items
    )
    return (
        f"<OrderFulfillment><AmazonOrderID>{order_id}</AmazonOrderID><FulfillmentDate>{date}</FulfillmentDate>"
        f"<FulfillmentData>{carrier}{number}</FulfillmentData>{contents}{more}</OrderFulfillment>"
    )


def rows(*lines: str, columns: str = "order-id order-item-id quantity ship-date carrier-code") -> str:
    """A flat file; cells are parted by `|` here, so that they can be seen."""
    return "\n".join([columns.replace(" ", "\t"), *(line.replace("|", "\t") for line in lines)]) + "\n"
