import gzip
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from feeding import (
    ACKNOWLEDGEMENT,
    CANADA,
    DOCUMENTS,
    FEEDS,
    FLAT_FULFILLMENT,
    FULFILLMENT,
    GERMANY,
    QUEUED,
    TABS,
    WORKED,
    XML,
    cancel,
    create,
    envelope,
    fetch,
    fulfillment,
    ids,
    listing,
    open_document,
    put,
    state,
    stranger,
    submit,
    upload,
)
from shop import US, Shop, error, open_shop

from spapi_simulator import Behaviours

# Documents


def test_a_feed_document_has_an_id_of_amazons_shape_and_a_link_for_five_minutes(shop: Shop) -> None:
    opened = open_document(shop)
    assert re.fullmatch(r"amzn1\.tortuga\.4\.na\.[0-9a-f-]{36}\.T[A-Z2-7]+", opened["feedDocumentId"])
    shop.clock.advance(timedelta(minutes=4, seconds=59))
    assert put(shop, opened["url"], b"<x/>").status_code == 200
    shop.clock.advance(seconds=1)
    late = put(shop, opened["url"], b"<x/>")
    assert (late.status_code, "expired" in late.text) == (403, True)


@pytest.mark.parametrize("sent", ["text/xml", "text/xml; charset=utf-8", "text/xml;charset=UTF-8", TABS])
def test_an_upload_needs_the_very_content_type_that_was_announced(shop: Shop, sent: str) -> None:
    opened = open_document(shop, XML)
    assert put(shop, opened["url"], b"<x/>", sent).status_code == 403
    assert create(shop, opened["feedDocumentId"]).status_code == 400
    assert put(shop, opened["url"], b"<x/>", XML).status_code == 200
    assert create(shop, opened["feedDocumentId"]).status_code == 202


def test_the_link_of_an_upload_is_no_link_to_read(shop: Shop) -> None:
    opened = open_document(shop)
    assert shop.http.get(opened["url"]).status_code == 403


@pytest.mark.parametrize("body", [{}, {"contentType": ""}, {"contentType": 7}, {"contentType": None}, []])
def test_a_feed_document_needs_a_content_type(shop: Shop, body: object) -> None:
    status, code, _ = error(shop.post(DOCUMENTS, body))
    assert (status, code) == (400, "InvalidInput")


def test_a_document_can_be_used_for_two_days(shop: Shop) -> None:
    first, second = upload(shop), upload(shop)
    shop.clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert create(shop, first).status_code == 202
    assert shop.get(f"{DOCUMENTS}/{second}").status_code == 200
    shop.clock.advance(seconds=1)
    assert create(shop, second).status_code == 400
    assert shop.get(f"{DOCUMENTS}/{second}").status_code == 404


# createFeed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"feedType": None}, "feedType"),
        ({"feedType": "POST_PRODUCT_DATA"}, "feedType"),
        ({"feedType": "post_order_fulfillment_data"}, "feedType"),
        ({"marketplaceIds": None}, "marketplaceIds"),
        ({"marketplaceIds": []}, "marketplaceIds"),
        ({"marketplaceIds": US}, "marketplaceIds"),
        ({"marketplaceIds": [US] * 26}, "marketplaceIds"),
        ({"inputFeedDocumentId": None}, "inputFeedDocumentId"),
        ({"inputFeedDocumentId": "badDocumentId"}, "inputFeedDocumentId"),
        ({"feedOptions": ["x"]}, "feedOptions"),
        ({"feedOptions": {"metadata": 1}}, "feedOptions"),
    ],
)
def test_create_feed_refuses(shop: Shop, changes: dict[str, Any], words: str) -> None:
    status, code, sentence = error(create(shop, upload(shop), **changes))
    assert (status, code) == (400, "InvalidInput")
    assert words in sentence


@pytest.mark.parametrize("wrong", [CANADA, GERMANY, "NOWHERE"])
def test_a_feed_is_only_for_marketplaces_the_seller_sells_in(shop: Shop, wrong: str) -> None:
    assert error(create(shop, upload(shop), marketplaceIds=[US, wrong]))[:2] == (403, "Unauthorized")


def test_a_feed_may_have_options_and_25_marketplaces(shop: Shop) -> None:
    answer = create(shop, upload(shop), marketplaceIds=[US] * 25, feedOptions={"any": "thing"})
    assert answer.status_code == 202
    assert answer.json()["feedId"].isdigit()


def test_a_document_must_be_uploaded_by_the_same_seller(shop: Shop) -> None:
    empty, full = open_document(shop)["feedDocumentId"], upload(shop)
    assert create(shop, empty).status_code == 400
    assert create(stranger(shop), full).status_code == 400
    assert create(shop, full).status_code == 202


def test_a_processing_report_is_no_file_for_another_feed(shop: Shop) -> None:
    feed_id = submit(shop)
    shop.clock.advance(seconds=QUEUED + WORKED)
    assert create(shop, state(shop, feed_id)["resultFeedDocumentId"]).status_code == 400


def test_what_is_uploaded_after_the_feed_was_created_does_not_count(shop: Shop) -> None:
    opened = open_document(shop)
    order_id = shop.place()
    put(shop, opened["url"], envelope(shop, fulfillment(order_id)).encode())
    create(shop, opened["feedDocumentId"])
    put(shop, opened["url"], b"<no/>")
    shop.clock.advance(seconds=QUEUED + WORKED)
    assert shop.sim.order(order_id).status == "SHIPPED"


# The life of a feed


def test_a_feed_waits_is_worked_on_and_is_done(shop: Shop) -> None:
    order_id = shop.place()
    feed_id = submit(shop, envelope(shop, fulfillment(order_id)))
    assert state(shop, feed_id) == {
        "feedId": feed_id, "feedType": FULFILLMENT, "marketplaceIds": [US],
        "createdTime": "2026-11-02T08:00:00.000Z", "processingStatus": "IN_QUEUE",
    }  # fmt: skip
    shop.clock.advance(seconds=QUEUED)
    assert state(shop, feed_id)["processingStatus"] == "IN_PROGRESS"
    assert shop.sim.order(order_id).status == "UNSHIPPED"
    shop.clock.advance(seconds=WORKED)
    done = state(shop, feed_id)
    assert (done["processingStatus"], done["processingStartTime"], done["processingEndTime"]) == (
        "DONE", "2026-11-02T08:00:30.000Z", "2026-11-02T08:01:30.000Z",
    )  # fmt: skip
    assert shop.sim.order(order_id).status == "SHIPPED"
    assert done["resultFeedDocumentId"]


def test_the_delays_are_switches() -> None:
    shop = open_shop(behaviours=Behaviours(feed_queue_seconds=5, feed_processing_seconds=0))
    feed_id = submit(shop)
    shop.clock.advance(seconds=4.9)
    assert state(shop, feed_id)["processingStatus"] == "IN_QUEUE"
    shop.clock.advance(seconds=0.1)
    assert state(shop, feed_id)["processingStatus"] == "FATAL"


def test_a_feed_waits_for_another_of_its_type_but_not_of_other_types(shop: Shop) -> None:
    first, second, other = submit(shop), submit(shop), submit(shop, kind=ACKNOWLEDGEMENT)
    shop.clock.advance(seconds=QUEUED)
    statuses = [state(shop, one)["processingStatus"] for one in (first, second, other)]
    assert statuses == ["IN_PROGRESS", "IN_QUEUE", "IN_PROGRESS"]
    shop.clock.advance(seconds=WORKED)
    statuses = [state(shop, one)["processingStatus"] for one in (first, second, other)]
    assert statuses == ["FATAL", "IN_PROGRESS", "FATAL"]


def test_only_a_feed_in_the_queue_can_be_cancelled(shop: Shop) -> None:
    order_id = shop.place()
    feed_id = submit(shop, envelope(shop, fulfillment(order_id)))
    answer = cancel(shop, feed_id)
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert error(cancel(shop, feed_id))[:2] == (400, "InvalidInput")
    shop.clock.advance(seconds=QUEUED + WORKED)
    assert state(shop, feed_id)["processingStatus"] == "CANCELLED"
    assert "resultFeedDocumentId" not in state(shop, feed_id)
    assert shop.sim.order(order_id).status == "UNSHIPPED"
    working = submit(shop)
    shop.clock.advance(seconds=QUEUED)
    assert cancel(shop, working).status_code == 400
    shop.clock.advance(seconds=WORKED)
    assert cancel(shop, working).status_code == 400


def test_feeds_of_others_and_unknown_feeds_are_not_found(shop: Shop) -> None:
    feed_id, other = submit(shop), stranger(shop)
    assert [call(other, feed_id).status_code for call in (lambda s, f: s.get(f"{FEEDS}/{f}"), cancel)] == [
        404
    ] * 2
    assert shop.get(f"{FEEDS}/99999999").status_code == 404
    assert shop.get(f"{FEEDS}/badFeedId1").status_code == 400
    assert cancel(shop, "BADID1").status_code == 400
    assert cancel(shop, feed_id).status_code == 200


def test_feeds_are_kept_for_90_days(shop: Shop) -> None:
    feed_id = submit(shop)
    shop.clock.advance(timedelta(days=90))
    assert state(shop, feed_id)["feedId"] == feed_id
    assert ids(listing(shop, feedTypes=FULFILLMENT)) == [feed_id]
    shop.clock.advance(seconds=1)
    assert shop.get(f"{FEEDS}/{feed_id}").status_code == 404
    assert ids(listing(shop, feedTypes=FULFILLMENT)) == []


def test_the_end_of_a_feed_is_told(shop: Shop) -> None:
    queue = shop.sim.add_queue("feeds")
    shop.sim.subscribe(shop.app, shop.seller, queue, "FEED_PROCESSING_FINISHED")
    good, bad = submit(shop, envelope(shop, fulfillment(shop.place()))), submit(shop, kind=FLAT_FULFILLMENT)
    cancelled = submit(shop)
    cancel(shop, cancelled)
    shop.clock.advance(seconds=QUEUED + WORKED)
    told = [httpx.Response(200, content=body).json() for body in shop.sim.messages(queue)]
    assert {one["payloadVersion"] for one in told} == {"2020-09-04"}
    payloads = [one["payload"]["feedProcessingFinishedNotification"] for one in told]
    assert [(one["feedId"], one["processingStatus"]) for one in payloads] == [
        (cancelled, "CANCELLED"), (good, "DONE"), (bad, "FATAL"),
    ]  # fmt: skip
    seller_id = shop.seller.seller_id
    assert payloads[1] == {
        "sellerId": seller_id, "accountId": f"amzn1.merchant.o.{seller_id}", "feedId": good,
        "feedType": FULFILLMENT, "processingStatus": "DONE",
        "resultFeedDocumentId": state(shop, good)["resultFeedDocumentId"],
    }  # fmt: skip
    assert "resultFeedDocumentId" not in payloads[0]


# getFeedDocument


def finished(shop: Shop) -> str:
    feed_id = submit(shop)
    shop.clock.advance(seconds=QUEUED + WORKED)
    return str(state(shop, feed_id)["resultFeedDocumentId"])


def test_a_report_is_kept_for_28_days_and_its_link_for_five_minutes(shop: Shop) -> None:
    document_id = finished(shop)
    url = shop.get(f"{DOCUMENTS}/{document_id}").json()["url"]
    shop.clock.advance(timedelta(minutes=4, seconds=59))
    assert shop.http.get(url).status_code == 200
    shop.clock.advance(seconds=1)
    assert shop.http.get(url).status_code == 403
    shop.clock.advance(timedelta(days=27))
    assert shop.get(f"{DOCUMENTS}/{document_id}").status_code == 200
    shop.clock.advance(timedelta(days=1))
    assert shop.get(f"{DOCUMENTS}/{document_id}").status_code == 404


def test_documents_of_others_unknown_and_empty_ones_are_not_found(shop: Shop) -> None:
    document_id, empty = finished(shop), open_document(shop)["feedDocumentId"]
    assert stranger(shop).get(f"{DOCUMENTS}/{document_id}").status_code == 404
    assert [shop.get(f"{DOCUMENTS}/{one}").status_code for one in (empty, "badDocumentId1")] == [404, 404]


def test_what_was_uploaded_can_be_fetched_again(shop: Shop) -> None:
    answer = fetch(shop, upload(shop, "<mine/>"))
    assert (answer.text, answer.headers["content-type"]) == ("<mine/>", XML)


def test_a_small_report_is_not_compressed(shop: Shop) -> None:
    document_id = finished(shop)
    assert set(shop.get(f"{DOCUMENTS}/{document_id}").json()) == {"feedDocumentId", "url"}


@pytest.mark.parametrize(
    ("header", "unpacked"), [({}, False), ({"enableContentEncodingUrlHeader": "true"}, True)]
)
def test_a_compressed_report_unpacks_itself_only_when_asked(header: dict[str, str], unpacked: bool) -> None:
    shop = open_shop(behaviours=Behaviours(feed_report_gzip_from_bytes=1))
    answer = shop.get(f"{DOCUMENTS}/{finished(shop)}", **header).json()
    assert answer["compressionAlgorithm"] == "GZIP"
    fetched = shop.http.get(answer["url"])
    assert ("content-encoding" in fetched.headers) is unpacked
    content = fetched.content if unpacked else gzip.decompress(fetched.content)
    assert b"ProcessingReport" in content


def test_a_report_is_compressed_from_a_size_on(shop: Shop) -> None:
    size = len(fetch(shop, finished(shop)).content)
    for least, compressed in ((size, True), (size + 1, False)):
        other = open_shop(behaviours=Behaviours(feed_report_gzip_from_bytes=least))
        answer = other.get(f"{DOCUMENTS}/{finished(other)}").json()
        assert ("compressionAlgorithm" in answer) is compressed


def test_the_content_encoding_switch_is_true_or_false(shop: Shop) -> None:
    document_id = finished(shop)
    assert shop.get(f"{DOCUMENTS}/{document_id}", enableContentEncodingUrlHeader="maybe").status_code == 400


@pytest.mark.parametrize(
    ("call", "burst", "rate"),
    [
        (lambda shop: create(shop, "x"), 15, "0.0083"),
        (lambda shop: shop.post(DOCUMENTS, {}), 15, "0.5"),
        (lambda shop: shop.get(f"{FEEDS}/1"), 15, "2"),
        (lambda shop: cancel(shop, "1"), 15, "2"),
        (lambda shop: shop.get(FEEDS), 10, "0.0222"),
        (lambda shop: shop.get(f"{DOCUMENTS}/x"), 10, "0.0222"),
    ],
)
def test_every_operation_has_amazons_usage_plan(shop: Shop, call: Any, burst: int, rate: str) -> None:
    answers = [call(shop) for _ in range(burst + 1)]
    assert [answer.status_code for answer in answers[:burst]].count(429) == 0
    assert {answer.headers["x-amzn-RateLimit-Limit"] for answer in answers[:burst]} == {rate}
    assert error(answers[burst])[:2] == (429, "QuotaExceeded")


def test_the_same_seed_gives_the_same_ids_and_reports() -> None:
    def run() -> tuple[str, str, bytes]:
        shop = open_shop()
        feed_id = submit(shop, envelope(shop, fulfillment("1"), fulfillment(shop.place())))
        shop.clock.advance(seconds=QUEUED + WORKED)
        document_id = state(shop, feed_id)["resultFeedDocumentId"]
        return feed_id, document_id, fetch(shop, document_id).content

    assert run() == run()


def test_links_lead_to_where_the_caller_is(shop: Shop) -> None:
    headers = {"x-amz-access-token": shop.token()}
    local = shop.http.post(f"http://127.0.0.1:8080{DOCUMENTS}", json={"contentType": XML}, headers=headers)
    assert local.json()["url"].startswith("http://127.0.0.1:8080/")
    assert put(shop, local.json()["url"], b"<x/>").status_code == 200
    assert open_document(shop)["url"].startswith("https://spapi-documents.s3.amazonaws.com/")
