import gzip
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from shop import NA, US, Shop, error, open_shop

from spapi_simulator import Behaviours, Role

ROOT = "/reports/2021-06-30"
REPORTS, SCHEDULES = f"{ROOT}/reports", f"{ROOT}/schedules"
UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
SHIPPING = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
SHIPPING_XML = "GET_ORDER_REPORT_DATA_SHIPPING"
BY_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
SINCE = "2026-11-02T07:00:00Z"
MADE = 61  # seconds: queue and processing


def ask(shop: Shop, kind: str = BY_DATE, **changes: Any) -> httpx.Response:
    body = {"reportType": kind, "marketplaceIds": [US], "dataStartTime": SINCE} | changes
    return shop.post(REPORTS, {name: value for name, value in body.items() if value is not None})


def delete(shop: Shop, path: str) -> httpx.Response:
    return shop.http.delete(NA + path, headers={"x-amz-access-token": shop.token()})


def state(shop: Shop, report_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = shop.get(f"{REPORTS}/{report_id}").json()
    return answer


def make(shop: Shop, kind: str = BY_DATE, **changes: Any) -> dict[str, Any]:
    """Have a report made to its end."""
    answer = ask(shop, kind, **changes)
    assert answer.status_code == 202, answer.text
    shop.clock.advance(seconds=MADE)
    return state(shop, answer.json()["reportId"])


def document(shop: Shop, document_id: str, **query: str) -> httpx.Response:
    """Ask for a document under an RDT for exactly it."""
    path = f"{ROOT}/documents/{document_id}"
    token = shop.rdt({"method": "GET", "path": path}).json()["restrictedDataToken"]
    return shop.get(path, token=token, **query)


def fetch(shop: Shop, report: dict[str, Any], *, restricted: bool = True) -> httpx.Response:
    """Fetch the content of a finished report."""
    assert report["processingStatus"] == "DONE"
    document_id = report["reportDocumentId"]
    answer = document(shop, document_id) if restricted else shop.get(f"{ROOT}/documents/{document_id}")
    return shop.http.get(answer.json()["url"])


def table(shop: Shop, kind: str, **changes: Any) -> list[dict[str, str]]:
    """Have a flat report made and return its rows."""
    answer = fetch(shop, make(shop, kind, **changes), restricted="_ALL_ORDERS_" not in kind)
    head, *lines = (line.split("\t") for line in answer.text.split("\n")[:-1])
    assert {len(line) for line in lines} <= {len(head)}
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_a_report_goes_through_the_queue_to_a_document(shop: Shop) -> None:
    shop.place()
    shop.clock.advance(seconds=1)
    answer = ask(shop)
    assert answer.status_code == 202
    report_id = answer.json()["reportId"]
    assert report_id.isdigit()
    waiting = state(shop, report_id)
    assert waiting == {
        "reportId": report_id,
        "reportType": BY_DATE,
        "marketplaceIds": [US],
        "processingStatus": "IN_QUEUE",
        "createdTime": "2026-11-02T08:00:01+00:00",
        "dataStartTime": "2026-11-02T07:00:00+00:00",
        "dataEndTime": "2026-11-02T08:00:01+00:00",
    }
    shop.clock.advance(seconds=15)
    working = state(shop, report_id)
    assert (working["processingStatus"], working["processingStartTime"]) == (
        "IN_PROGRESS",
        "2026-11-02T08:00:16+00:00",
    )
    shop.clock.advance(seconds=45)
    done = state(shop, report_id)
    assert (done["processingStatus"], done["processingEndTime"]) == ("DONE", "2026-11-02T08:01:01+00:00")
    form = r"amzn1\.spdoc\.1\.4\.na\.[0-9a-f-]{36}\.T[A-Z0-9]+\.\d+"
    assert re.fullmatch(form, done["reportDocumentId"])


def test_the_delays_are_switches() -> None:
    shop = open_shop(behaviours=Behaviours(report_queue_seconds=0, report_processing_seconds=0))
    shop.place()
    assert state(shop, ask(shop).json()["reportId"])["processingStatus"] == "DONE"


def test_a_report_without_data_is_cancelled_by_itself(shop: Shop) -> None:
    report = make(shop)
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report
    assert "processingEndTime" in report


def test_without_a_start_a_window_has_no_length(shop: Shop) -> None:
    shop.place()
    shop.clock.advance(seconds=1)
    assert make(shop, dataStartTime=None)["processingStatus"] == "CANCELLED"
    assert make(shop, UNSHIPPED, dataStartTime=None)["processingStatus"] == "DONE"


@pytest.mark.parametrize(
    ("kind", "days", "status"),
    [(SHIPPING, 61, "FATAL"), (SHIPPING, 59, "DONE"), (UNSHIPPED, 61, "DONE"), (UNSHIPPED, 731, "FATAL")],
)
def test_a_window_out_of_reach_is_fatal(shop: Shop, kind: str, days: int, status: str) -> None:
    shop.place()
    start = (shop.clock.now() - timedelta(days=days)).isoformat()
    report = make(shop, kind, dataStartTime=start)
    assert report["processingStatus"] == status
    assert ("reportDocumentId" in report) == (status == "DONE")


def test_only_a_report_in_the_queue_can_be_cancelled(shop: Shop) -> None:
    shop.place()
    shop.clock.advance(seconds=1)
    first, second = (ask(shop).json()["reportId"] for _ in range(2))
    answer = delete(shop, f"{REPORTS}/{first}")
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert state(shop, first)["processingStatus"] == "CANCELLED"
    assert delete(shop, f"{REPORTS}/{first}").status_code == 400
    shop.clock.advance(seconds=15)
    assert error(delete(shop, f"{REPORTS}/{second}"))[:2] == (400, "InvalidInput")
    shop.clock.advance(seconds=45)
    assert state(shop, first)["processingStatus"] == "CANCELLED"
    assert state(shop, second)["processingStatus"] == "DONE"
    assert delete(shop, f"{REPORTS}/{second}").status_code == 400


def test_a_report_of_somebody_else_is_not_there(shop: Shop) -> None:
    shop.place()
    report = make(shop)
    other = shop.sim.authorize(shop.app, shop.sim.add_seller())
    token = shop.login(refresh_token=other).json()["access_token"]
    assert shop.get(f"{REPORTS}/{report['reportId']}", token=token).status_code == 404
    path = f"{ROOT}/documents/{report['reportDocumentId']}"
    assert shop.get(path, token=token).status_code == 404
    assert shop.get(REPORTS, token=token, reportTypes=BY_DATE).json() == {"reports": []}
    assert shop.get(f"{REPORTS}/50000000000").status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"reportType": None}, 400, "reportType is required"),
        ({"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA"}, 400, "unsupported"),
        ({"reportType": SHIPPING_XML}, 400, "only made by a schedule"),
        ({"reportType": "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING"}, 400, "these marketplaces"),
        ({"marketplaceIds": None}, 400, "marketplaceIds"),
        ({"marketplaceIds": []}, 400, "1 to 25"),
        ({"marketplaceIds": [US] * 26}, 400, "1 to 25"),
        ({"marketplaceIds": US}, 400, "1 to 25"),
        ({"marketplaceIds": ["A1PA6795UKMFR9"]}, 403, "not valid for region"),
        ({"marketplaceIds": ["A2EUQ1WTGCTBG2"]}, 403, "denied"),
        ({"dataStartTime": "2026-11-02T08:00:01Z"}, 400, "later than now"),
        ({"dataEndTime": "2026-11-02T08:00:01Z"}, 400, "later than now"),
        ({"dataEndTime": "2026-11-02T06:59:59Z"}, 400, "earlier than dataStartTime"),
        ({"dataStartTime": "yesterday"}, 400, "ISO 8601"),
        ({"reportOptions": "all"}, 400, "reportOptions"),
        ({"reportOptions": {"ShowSalesChannel": True}}, 400, "reportOptions"),
    ],
)
def test_a_request_for_a_report_is_refused(
    shop: Shop, changes: dict[str, Any], status: int, words: str
) -> None:
    answer = ask(shop, **changes)
    assert answer.status_code == status
    assert words in answer.text


def test_personal_data_needs_the_role_already_when_asked_for() -> None:
    tax = open_shop(roles=[Role.TAX_REMITTANCE])
    assert error(ask(tax, UNSHIPPED))[:2] == (403, "Unauthorized")
    assert ask(tax, "GET_FLAT_FILE_ORDER_REPORT_DATA_TAX").status_code == 202
    shipping = open_shop(roles=[Role.DIRECT_TO_CONSUMER_SHIPPING])
    assert ask(shipping, UNSHIPPED).status_code == 202
    assert ask(shipping, "GET_FLAT_FILE_ORDER_REPORT_DATA_TAX").status_code == 403
    tracking = open_shop(roles=[Role.INVENTORY_AND_ORDER_TRACKING])
    assert ask(tracking, BY_DATE).status_code == 202


def test_a_restricted_document_needs_an_rdt_for_exactly_its_path(shop: Shop) -> None:
    shop.place()
    first, second = (make(shop, UNSHIPPED)["reportDocumentId"] for _ in range(2))
    path = f"{ROOT}/documents/{first}"
    assert error(shop.get(path))[:2] == (403, "Unauthorized")
    assert document(shop, first).status_code == 200
    other = shop.rdt({"method": "GET", "path": f"{ROOT}/documents/{second}"}).json()["restrictedDataToken"]
    assert shop.get(path, token=other).status_code == 403
    generic = {"method": "GET", "path": f"{ROOT}/documents/{{reportDocumentId}}"}
    assert error(shop.rdt(generic)) == (400, "InvalidInput", "Invalid or unsupported document ID found")
    for wrong in (REPORTS, f"{ROOT}/documents/amzn1.spdoc.1.4.na.unknown"):
        assert "document ID" in shop.rdt({"method": "GET", "path": wrong}).text


def test_an_application_without_the_role_gets_no_rdt_for_a_document(shop: Shop) -> None:
    shop.place()
    path = f"{ROOT}/documents/{make(shop, UNSHIPPED)['reportDocumentId']}"
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller, [Role.INVENTORY_AND_ORDER_TRACKING])
    assert error(shop.rdt({"method": "GET", "path": path}))[0] == 400
    assert shop.get(path).status_code == 403


def test_an_rdt_for_a_document_opens_no_other_operation(shop: Shop) -> None:
    shop.place()
    report = make(shop, UNSHIPPED)
    path = f"{ROOT}/documents/{report['reportDocumentId']}"
    token = shop.rdt({"method": "GET", "path": path}).json()["restrictedDataToken"]
    assert shop.get(f"{REPORTS}/{report['reportId']}", token=token).status_code == 403
    assert shop.post(REPORTS, {}, token=token).status_code == 403


def test_the_document_of_a_feed_is_not_one_of_a_report(shop: Shop) -> None:
    answer = shop.post("/feeds/2021-06-30/documents", {"contentType": "text/xml; charset=UTF-8"})
    assert shop.get(f"{ROOT}/documents/{answer.json()['feedDocumentId']}").status_code == 404


def test_a_document_without_personal_data_needs_no_rdt_and_gets_none(shop: Shop) -> None:
    shop.place()
    report = make(shop)
    path = f"{ROOT}/documents/{report['reportDocumentId']}"
    assert shop.get(path).status_code == 200
    assert shop.rdt({"method": "GET", "path": path}).status_code == 400


def test_a_link_lives_five_minutes_and_a_document_thirty_days(shop: Shop) -> None:
    shop.place()
    report = make(shop)
    path = f"{ROOT}/documents/{report['reportDocumentId']}"
    answer = shop.get(path).json()
    assert "compressionAlgorithm" not in answer
    shop.clock.advance(seconds=299)
    assert shop.http.get(answer["url"]).status_code == 200
    shop.clock.advance(seconds=1)
    assert shop.http.get(answer["url"]).status_code == 403
    shop.clock.advance(timedelta(days=30))
    assert shop.get(path).status_code == 404
    assert state(shop, report["reportId"])["processingStatus"] == "DONE"
    shop.clock.advance(timedelta(days=60))
    assert shop.get(f"{REPORTS}/{report['reportId']}").status_code == 404


def test_large_documents_are_compressed_and_say_so_when_asked() -> None:
    shop = open_shop(behaviours=Behaviours(report_gzip_from_bytes=1))
    order_id = shop.place()
    path = f"{ROOT}/documents/{make(shop)['reportDocumentId']}"
    plain = shop.get(path).json()
    assert plain["compressionAlgorithm"] == "GZIP"
    raw = shop.http.get(plain["url"])
    assert "content-encoding" not in raw.headers
    assert order_id in gzip.decompress(raw.content).decode()
    shown = shop.http.get(shop.get(path, enableContentEncodingUrlHeader="true").json()["url"])
    assert shown.headers["content-encoding"] == "gzip"
    assert order_id in shown.text
    assert shop.get(path, enableContentEncodingUrlHeader="yes").status_code == 400


def test_reports_are_listed_newest_first_in_pages(shop: Shop) -> None:
    made = []
    for _ in range(5):
        made.append(ask(shop).json()["reportId"])
        shop.clock.advance(seconds=1)
    first = shop.get(REPORTS, reportTypes=f"{BY_DATE},{BY_UPDATE}", pageSize="2").json()
    ask(shop)
    seen = [one["reportId"] for one in first["reports"]]
    token = first["nextToken"]
    while token:
        page = shop.get(REPORTS, nextToken=token).json()
        seen += [one["reportId"] for one in page["reports"]]
        token = page.get("nextToken")
    assert seen == made[::-1]


def test_a_page_holds_ten_reports_unless_told_otherwise(shop: Shop) -> None:
    shop.sim.limits.off()
    for _ in range(11):
        ask(shop)
    answer = shop.get(REPORTS, reportTypes=BY_DATE).json()
    assert len(answer["reports"]) == 10
    assert "nextToken" in answer
    assert len(shop.get(REPORTS, reportTypes=BY_DATE, pageSize="100").json()["reports"]) == 11


def test_lists_are_filtered(shop: Shop) -> None:
    shop.place()
    shop.clock.advance(seconds=1)
    done = make(shop)["reportId"]
    queued = ask(shop, BY_UPDATE).json()["reportId"]

    def found(**query: str) -> list[str]:
        answer = shop.get(REPORTS, **({"reportTypes": f"{BY_DATE},{BY_UPDATE}"} | query)).json()
        return [one["reportId"] for one in answer["reports"]]

    assert found() == [queued, done]
    assert found(reportTypes=BY_DATE) == [done]
    assert found(processingStatuses="IN_QUEUE,IN_PROGRESS") == [queued]
    assert found(marketplaceIds=US) == [queued, done]
    assert found(createdSince="2026-11-02T08:00:30Z") == [queued]
    assert found(createdUntil="2026-11-02T08:00:30Z") == [done]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Either reportTypes or nextToken"),
        ({"reportTypes": "BAD"}, "reportTypes"),
        ({"reportTypes": ",".join([BY_DATE] * 11)}, "10 values"),
        ({"reportTypes": BY_DATE, "processingStatuses": "BAD_VALUE"}, "processingStatuses"),
        ({"reportTypes": BY_DATE, "marketplaceIds": ",".join([US] * 11)}, "10 values"),
        ({"reportTypes": BY_DATE, "pageSize": "0"}, "between 1 and 100"),
        ({"reportTypes": BY_DATE, "pageSize": "101"}, "between 1 and 100"),
        ({"reportTypes": BY_DATE, "createdSince": "2026-08-04T07:59:59Z"}, "90 days"),
        ({"reportTypes": BY_DATE, "createdSince": "soon"}, "ISO 8601"),
        (
            {"reportTypes": BY_DATE, "createdSince": SINCE, "createdUntil": "2026-11-02T06:00:00Z"},
            "earlier than createdSince",
        ),
        ({"nextToken": "never issued"}, "could not decode"),
        ({"nextToken": "x", "reportTypes": BY_DATE}, "NextToken cannot be specified with other input"),
    ],
)
def test_a_list_is_refused(shop: Shop, query: dict[str, str], words: str) -> None:
    status, _, sentence = error(shop.get(REPORTS, **query))
    assert status == 400
    assert words in sentence


def test_an_old_start_of_a_list_may_be_let_through() -> None:
    shop = open_shop(behaviours=Behaviours(refuse_created_since_before_retention=False))
    report_id = ask(shop).json()["reportId"]
    answer = shop.get(REPORTS, reportTypes=BY_DATE, createdSince="2020-01-01T00:00:00Z").json()
    assert [one["reportId"] for one in answer["reports"]] == [report_id]


def test_a_page_token_is_good_for_a_day_and_for_its_seller(shop: Shop) -> None:
    for _ in range(2):
        ask(shop)
    token = shop.get(REPORTS, reportTypes=BY_DATE, pageSize="1").json()["nextToken"]
    other = shop.sim.authorize(shop.app, shop.sim.add_seller())
    stranger = shop.login(refresh_token=other).json()["access_token"]
    assert shop.get(REPORTS, token=stranger, nextToken=token).status_code == 400
    assert shop.get(REPORTS, nextToken=token).status_code == 200
    shop.clock.advance(timedelta(days=1, seconds=1))
    assert shop.get(REPORTS, nextToken=token).status_code == 400


def test_every_operation_has_amazons_usage_plan(shop: Shop) -> None:
    answers = [ask(shop) for _ in range(16)]
    assert [answer.status_code for answer in answers] == [202] * 15 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0167"
    lists = [shop.get(REPORTS, reportTypes=BY_DATE) for _ in range(11)]
    assert [answer.status_code for answer in lists] == [200] * 10 + [429]
    assert lists[0].headers["x-amzn-RateLimit-Limit"] == "0.0222"


def test_the_end_of_a_report_is_notified(shop: Shop) -> None:
    queue = shop.sim.add_queue("reports")
    shop.sim.subscribe(shop.app, shop.seller, queue, "REPORT_PROCESSING_FINISHED")
    shop.place()
    shop.clock.advance(seconds=1)
    done, fatal = make(shop), make(shop, SHIPPING, dataStartTime="2026-01-01T00:00:00Z")
    cancelled = ask(shop).json()["reportId"]
    delete(shop, f"{REPORTS}/{cancelled}")
    shop.clock.advance(seconds=MADE)
    bodies = [httpx.Response(200, content=body).json() for body in shop.sim.messages(queue)]
    payloads = [one["payload"]["reportProcessingFinishedNotification"] for one in bodies]
    assert [(one["reportId"], one["processingStatus"]) for one in payloads] == [
        (done["reportId"], "DONE"),
        (fatal["reportId"], "FATAL"),
        (cancelled, "CANCELLED"),
    ]
    assert [one.get("reportDocumentId") for one in payloads] == [done["reportDocumentId"], None, None]
    assert {one["payloadVersion"] for one in bodies} == {"2020-09-04"}


def test_the_same_seed_gives_the_same_reports() -> None:
    reports = []
    for _ in range(2):
        shop = open_shop()
        shop.place()
        report = make(shop, UNSHIPPED)
        reports.append((report, fetch(shop, report).content))
    assert reports[0] == reports[1]
