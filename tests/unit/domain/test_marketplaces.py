"""The marketplaces: the ones Amazon has, each in its own time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.marketplaces import MARKETPLACES, local, local_text, local_time
from dockseal.domain.seller import Region
from spapi_simulator.world.marketplaces import MARKETPLACES as AT_AMAZON

US, DE, IN, AU = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A21TJRUUN4KGV", "A39IBJ37TRP1C6"
_NORTHERN_WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
_SOUTHERN_WINTER = datetime(2026, 7, 15, 12, tzinfo=UTC)


def test_they_are_those_of_the_simulator_with_the_same_region_country_and_currency() -> None:
    ours = {each.id: (each.region, each.country, each.currency) for each in MARKETPLACES.values()}
    theirs = {each.marketplace_id: (each.region, each.country, each.currency) for each in AT_AMAZON.values()}
    assert ours == theirs
    assert len(ours) == 23


@pytest.mark.parametrize("name", sorted(MARKETPLACES))
def test_standard_time_is_what_the_simulator_ends_its_days_by(name: str) -> None:
    zone = ZoneInfo(MARKETPLACES[name].zone)
    offsets = [at.astimezone(zone).utcoffset() for at in (_NORTHERN_WINTER, _SOUTHERN_WINTER)]
    assert min(offset for offset in offsets if offset is not None) == timedelta(
        hours=AT_AMAZON[name].utc_offset
    )


def test_every_id_has_the_form_amazon_gives_them() -> None:
    assert all(re.fullmatch(r"A[A-Z0-9]{11,13}", name) for name in MARKETPLACES)
    assert {each.region for each in MARKETPLACES.values()} == set(Region)


@pytest.mark.parametrize(
    ("marketplace", "instant", "text"),
    [
        (US, datetime(2026, 11, 4, 7, 59, tzinfo=UTC), "Tue 3 Nov 2026 23:59 PST"),
        (US, datetime(2026, 7, 4, 6, 59, tzinfo=UTC), "Fri 3 Jul 2026 23:59 PDT"),
        (DE, datetime(2026, 11, 3, 22, 59, tzinfo=UTC), "Tue 3 Nov 2026 23:59 CET"),
        (DE, datetime(2026, 7, 3, 21, 59, tzinfo=UTC), "Fri 3 Jul 2026 23:59 CEST"),
        (IN, datetime(2026, 11, 3, 18, 29, tzinfo=UTC), "Tue 3 Nov 2026 23:59 IST"),
        (AU, datetime(2026, 1, 3, 12, 59, tzinfo=UTC), "Sat 3 Jan 2026 23:59 AEDT"),
        ("A2VIGQ35RCS4UG", datetime(2026, 11, 3, 19, 59, tzinfo=UTC), "Tue 3 Nov 2026 23:59 UTC+04:00"),
        ("A_NEW_ONE", datetime(2026, 11, 3, 23, 59, tzinfo=UTC), "Tue 3 Nov 2026 23:59 UTC"),
    ],
)
def test_the_end_of_a_day_is_shown_where_it_ends(marketplace: str, instant: datetime, text: str) -> None:
    assert local_text(instant, marketplace) == text


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_text(first, DE).endswith("02:30 CEST")
    assert local_text(first + timedelta(hours=1), DE).endswith("02:30 CET")


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([*MARKETPLACES, "A_NEW_ONE"]))
def test_any_instant_can_be_shown_and_is_still_the_same(instant: datetime, marketplace: str) -> None:
    assert local(instant, marketplace) == instant
    assert local_text(instant, marketplace)


def test_where_there_is_little_room_the_weekday_stands_for_the_date() -> None:
    instant = datetime(2026, 11, 4, 7, 59, 59, tzinfo=UTC)
    assert (local_time(instant, US), local_time(instant, IN)) == ("Tue 23:59 PST", "Wed 13:29 IST")
    assert local_time(instant, "A0NOWHERE") == "Wed 07:59 UTC"
