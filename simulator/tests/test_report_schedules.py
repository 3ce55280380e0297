from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from shop import US, Shop, error, open_shop
from test_reports import (
    BY_DATE,
    BY_UPDATE,
    REPORTS,
    SCHEDULES,
    SHIPPING,
    SHIPPING_XML,
    UNSHIPPED,
    delete,
    fetch,
)

from spapi_simulator import Behaviours

PERIODS = (
    *("PT5M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "PT84H"),
    *("P1D", "P2D", "P3D", "P7D", "P14D", "P15D", "P18D", "P30D", "P1M"),
)


def schedule(shop: Shop, kind: str = UNSHIPPED, **changes: Any) -> httpx.Response:
    body = {"reportType": kind, "marketplaceIds": [US], "period": "PT30M"} | changes
    return shop.post(SCHEDULES, {name: value for name, value in body.items() if value is not None})


def scheduled(shop: Shop, kind: str = UNSHIPPED, **changes: Any) -> dict[str, Any]:
    answer = schedule(shop, kind, **changes)
    assert answer.status_code == 201, answer.text
    one: dict[str, Any] = shop.get(f"{SCHEDULES}/{answer.json()['reportScheduleId']}").json()
    return one


def made(shop: Shop, kind: str = UNSHIPPED) -> list[dict[str, Any]]:
    """The reports of a type, oldest first."""
    answer = shop.get(REPORTS, reportTypes=kind, pageSize="100").json()
    reports: list[dict[str, Any]] = answer["reports"]
    return reports[::-1]


def test_a_schedule_makes_reports_about_the_period_that_ended(shop: Shop) -> None:
    one = scheduled(shop, nextReportCreationTime="2026-11-02T08:10:00Z")
    assert one["reportScheduleId"].isdigit()
    assert one["nextReportCreationTime"] == "2026-11-02T08:10:00+00:00"
    order_id = shop.place()
    shop.clock.advance(timedelta(minutes=41))
    reports = made(shop)
    windows = [(one["createdTime"], one["dataStartTime"], one["dataEndTime"]) for one in reports]
    assert windows == [
        ("2026-11-02T08:10:00+00:00", "2026-11-02T07:40:00+00:00", "2026-11-02T08:10:00+00:00"),
        ("2026-11-02T08:40:00+00:00", "2026-11-02T08:10:00+00:00", "2026-11-02T08:40:00+00:00"),
    ]
    assert {report["reportScheduleId"] for report in reports} == {one["reportScheduleId"]}
    assert [report["processingStatus"] for report in reports] == ["DONE", "CANCELLED"]
    assert reports[0]["processingEndTime"] == "2026-11-02T08:11:00+00:00"
    assert order_id in fetch(shop, reports[0]).text
    again = shop.get(f"{SCHEDULES}/{one['reportScheduleId']}").json()
    assert again["nextReportCreationTime"] == "2026-11-02T09:10:00+00:00"


def test_without_a_time_the_first_report_comes_after_a_period(shop: Shop) -> None:
    assert scheduled(shop)["nextReportCreationTime"] == "2026-11-02T08:30:00+00:00"


def test_a_time_in_the_past_keeps_its_rhythm(shop: Shop) -> None:
    one = scheduled(shop, nextReportCreationTime="2025-01-01T00:07:00Z")
    assert one["nextReportCreationTime"] == "2026-11-02T08:07:00+00:00"
    one = scheduled(shop, nextReportCreationTime="2025-01-31T00:00:00Z", period="P1M")
    assert one["nextReportCreationTime"] == "2026-11-30T00:00:00+00:00"
    one = scheduled(shop, nextReportCreationTime="0001-01-01T00:01:00Z", period="PT5M")
    assert one["nextReportCreationTime"] == "2026-11-02T08:01:00+00:00"
    one = scheduled(shop, nextReportCreationTime="9999-12-31T23:59:59Z", period="P1M")
    assert one["nextReportCreationTime"] == "9999-12-31T23:59:59+00:00"


def test_an_order_at_the_border_of_two_periods_is_in_one_report(shop: Shop) -> None:
    scheduled(shop, period="PT5M")
    shop.clock.advance(timedelta(minutes=5))
    shop.place()
    shop.clock.advance(timedelta(minutes=7))
    assert [report["processingStatus"] for report in made(shop)] == ["CANCELLED", "DONE"]


def test_reports_that_see_orders_late_miss_some_for_good() -> None:
    shop = open_shop(behaviours=Behaviours(report_lag_seconds=120))
    scheduled(shop, BY_DATE, period="PT5M")
    shop.clock.advance(seconds=150)
    seen = shop.place()
    shop.clock.advance(seconds=100)
    missed = shop.place()
    shop.clock.advance(timedelta(hours=1))
    done = [report for report in made(shop, BY_DATE) if report["processingStatus"] == "DONE"]
    texts = [fetch(shop, report, restricted=False).text for report in done]
    assert sum(seen in text for text in texts) == 1
    assert not any(missed in text for text in texts)


@pytest.mark.parametrize("period", PERIODS)
def test_every_period_of_amazons_is_known(shop: Shop, period: str) -> None:
    one = scheduled(shop, BY_UPDATE, period=period)
    first = datetime.fromisoformat(one["nextReportCreationTime"])
    shop.clock.set(first)
    (report,) = made(shop, BY_UPDATE)
    assert report["dataEndTime"] == one["nextReportCreationTime"]
    assert datetime.fromisoformat(report["dataStartTime"]) == datetime.fromisoformat(
        "2026-11-02T08:00:00+00:00"
    )


def test_a_month_is_a_month_of_the_calendar(shop: Shop) -> None:
    scheduled(shop, BY_DATE, period="P1M", nextReportCreationTime="2026-12-31T06:00:00Z")
    shop.clock.set(datetime(2027, 3, 30, tzinfo=UTC))
    windows = [(one["dataStartTime"][:10], one["dataEndTime"][:10]) for one in made(shop, BY_DATE)]
    assert windows == [
        ("2026-11-30", "2026-12-31"),
        ("2026-12-31", "2027-01-31"),
        ("2027-01-31", "2027-02-28"),
    ]


def test_a_new_schedule_takes_the_place_of_the_old_one(shop: Shop) -> None:
    old = scheduled(shop)["reportScheduleId"]
    other = scheduled(shop, BY_DATE)["reportScheduleId"]
    new = scheduled(shop, period="PT1H")["reportScheduleId"]
    assert shop.get(f"{SCHEDULES}/{old}").status_code == 404
    listed = shop.get(SCHEDULES, reportTypes=f"{UNSHIPPED},{BY_DATE}").json()["reportSchedules"]
    assert [one["reportScheduleId"] for one in listed] == [other, new]
    shop.clock.advance(timedelta(hours=2))
    assert {report["reportScheduleId"] for report in made(shop)} == {new}
    assert len(made(shop)) == 2


def test_schedules_for_other_marketplaces_stand_beside_each_other(shop: Shop) -> None:
    canada = "A2EUQ1WTGCTBG2"
    shop.seller = shop.sim.add_seller(marketplaces=(US, canada))
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    scheduled(shop, marketplaceIds=[US])
    scheduled(shop, marketplaceIds=[canada])
    scheduled(shop, marketplaceIds=[US, canada])
    scheduled(shop, marketplaceIds=[canada, US])
    listed = shop.get(SCHEDULES, reportTypes=UNSHIPPED).json()["reportSchedules"]
    assert [one["marketplaceIds"] for one in listed] == [[US], [canada], [canada, US]]


def test_a_cancelled_schedule_makes_no_more_reports(shop: Shop) -> None:
    one = scheduled(shop)["reportScheduleId"]
    shop.clock.advance(timedelta(minutes=31))
    assert len(made(shop)) == 1
    answer = delete(shop, f"{SCHEDULES}/{one}")
    assert (answer.status_code, answer.content) == (200, b"{}")
    shop.clock.advance(timedelta(hours=2))
    assert len(made(shop)) == 1
    assert delete(shop, f"{SCHEDULES}/{one}").status_code == 404
    assert shop.get(f"{SCHEDULES}/{one}").status_code == 404


def test_a_schedule_of_somebody_else_is_not_there(shop: Shop) -> None:
    one = scheduled(shop)["reportScheduleId"]
    other = shop.sim.authorize(shop.app, shop.sim.add_seller())
    token = shop.login(refresh_token=other).json()["access_token"]
    assert shop.get(f"{SCHEDULES}/{one}", token=token).status_code == 404
    assert shop.get(SCHEDULES, token=token, reportTypes=UNSHIPPED).json() == {"reportSchedules": []}


def test_only_one_of_the_two_shipping_reports_may_be_scheduled(shop: Shop) -> None:
    first = scheduled(shop, SHIPPING)["reportScheduleId"]
    assert error(schedule(shop, SHIPPING_XML))[0] == 400
    delete(shop, f"{SCHEDULES}/{first}")
    assert schedule(shop, SHIPPING_XML).status_code == 201
    assert schedule(shop, SHIPPING).status_code == 400


def test_a_type_that_may_not_be_scheduled_is_refused(shop: Shop) -> None:
    kind = "GET_XML_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
    sentence = f"Creation of report schedule type {kind} is not allowed at this time"
    assert error(schedule(shop, kind)) == (400, "InvalidInput", sentence)
    assert schedule(shop, BY_DATE).status_code == 201
    strict = open_shop(behaviours=Behaviours(undocumented_report_schedules=False))
    assert "not allowed" in error(schedule(strict, BY_DATE))[2]
    assert schedule(strict, SHIPPING).status_code == 201


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"period": None}, "period"),
        ({"period": "PT10M"}, "period"),
        ({"reportType": None}, "reportType"),
        ({"reportType": "BAD_FEE_DISCOUNTS_REPORT"}, "unsupported"),
        ({"marketplaceIds": []}, "marketplaceIds"),
        ({"nextReportCreationTime": "tomorrow"}, "ISO 8601"),
    ],
)
def test_a_schedule_is_refused(shop: Shop, changes: dict[str, Any], words: str) -> None:
    answer = schedule(shop, **changes)
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize("query", [{}, {"reportTypes": "BAD"}, {"reportTypes": ",".join([BY_DATE] * 11)}])
def test_a_list_of_schedules_is_refused(shop: Shop, query: dict[str, str]) -> None:
    assert error(shop.get(SCHEDULES, **query))[:2] == (400, "InvalidInput")


def test_a_schedule_shows_its_options_and_its_reports_obey_them(shop: Shop) -> None:
    options = {"ShowSalesChannel": "true"}
    one = scheduled(shop, SHIPPING, reportOptions=options, period="PT5M")
    assert one["reportOptions"] == options
    shop.place()
    shop.clock.advance(timedelta(minutes=7))
    assert "sales-channel" in fetch(shop, made(shop, SHIPPING)[0]).text
