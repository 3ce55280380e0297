from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.credential_age import TERMS, Credential, CredentialClass, Stage

SINCE = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
BORDERS = dict.fromkeys(CredentialClass, (300, 335, 365)) | {CredentialClass.CLIENT_SECRET: (90, 150, 180)}


def credential(kind: CredentialClass, **changes: Any) -> Credential:
    values: dict[str, Any] = {
        "name": "warehouse/reno/secret",
        "kind": kind,
        "owner": "warehouse reno",
        "rotate": "rotate it",
        "stored_at": SINCE,
        "since": SINCE,
    }
    return Credential(**values | changes)


@pytest.mark.parametrize("kind", list(CredentialClass))
def test_each_class_has_a_stage_that_begins_at_its_own_day_and_not_a_moment_before(
    kind: CredentialClass,
) -> None:
    each = credential(kind)
    soon, urgent, limit = (SINCE + timedelta(days=days) for days in BORDERS[kind])
    assert each.stage(SINCE) is Stage.FRESH
    assert each.stage(soon - MOMENT) is Stage.FRESH
    assert each.stage(soon) is each.stage(urgent - MOMENT) is Stage.SOON
    assert each.stage(urgent) is each.stage(limit - MOMENT) is Stage.URGENT
    assert each.stage(limit) is Stage.OVERDUE
    assert each.due == limit


def test_every_class_has_its_term_and_the_term_its_source() -> None:
    assert set(TERMS) == set(CredentialClass)
    assert all(term.source and term.soon < term.urgent < term.limit for term in TERMS.values())
    assert TERMS[CredentialClass.CLIENT_SECRET].limit == timedelta(days=180)
    assert max(term.limit for term in TERMS.values()) == timedelta(days=365)


def test_an_end_that_amazon_told_counts_more_than_the_age() -> None:
    told = SINCE + timedelta(days=400)
    each = credential(CredentialClass.CLIENT_SECRET, ends_at=told)
    assert each.due == told
    assert each.stage(told - timedelta(days=90) - MOMENT) is Stage.FRESH
    assert each.stage(told - timedelta(days=90)) is Stage.SOON
    assert each.stage(told - timedelta(days=30)) is Stage.URGENT
    assert each.stage(told) is Stage.OVERDUE


def test_the_alarm_says_by_when_and_how() -> None:
    each = credential(CredentialClass.WAREHOUSE_SECRET)
    assert each.alarm(SINCE + timedelta(days=300) - MOMENT) == ""
    assert each.alarm(SINCE + timedelta(days=300)) == (
        "The warehouse secret of warehouse reno is to be rotated soon, by 2027-11-02, in 65 days: rotate it"
    )
    assert "is to be rotated now" in each.alarm(SINCE + timedelta(days=335))
    assert "was to be rotated by 2027-11-02, 3 days ago" in each.alarm(SINCE + timedelta(days=368))


def test_what_dockseal_rotates_by_itself_is_told_of_only_once_that_is_late() -> None:
    each = credential(CredentialClass.CLIENT_SECRET, by_itself=True)
    assert each.alarm(SINCE + timedelta(days=150) - MOMENT) == ""
    assert each.alarm(SINCE + timedelta(days=150)) != ""


def test_an_age_nobody_wrote_down_is_an_alarm() -> None:
    each = credential(CredentialClass.API_KEY, since=None, stored_at=None)
    assert each.stage(SINCE) is Stage.UNKNOWN
    assert each.alarm(SINCE) == "The API key of warehouse reno is of an unknown age: rotate it"


def test_what_was_never_replaced_was_never_rotated() -> None:
    assert credential(CredentialClass.API_KEY).rotated_at is None
    later = SINCE + timedelta(days=9)
    assert credential(CredentialClass.API_KEY, since=later).rotated_at == later
