"""What a feed's end says of each package in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.feeds import FeedStatus
from dockseal.amazon.processing_report import WHOLE_FEED, ProcessingReport
from dockseal.shipment_confirmation.feeding import Heard
from dockseal.shipment_confirmation.verdicts import Fate, Verdict, verdicts

F = Fate
SENT = (11, 12, 13)


def ended(
    status: FeedStatus = FeedStatus.DONE,
    *,
    processed: int = 3,
    faults: dict[str, str] | None = None,
    warnings: dict[str, str] | None = None,
    failed: int | None = None,
) -> Heard:
    faults = faults or {}
    report = ProcessingReport(
        processed=processed,
        faults=faults,
        warnings=warnings or {},
        failed=len(faults) if failed is None else failed,
    )
    return Heard(status=status, report=report)


def fates(heard: Heard | None) -> list[Fate]:
    return [verdict.fate for verdict in verdicts(heard, SENT).values()]


def test_what_no_fault_names_is_confirmed() -> None:
    assert fates(ended()) == [F.CONFIRMED] * 3


def test_a_warning_is_told_and_the_package_confirmed() -> None:
    found = verdicts(ended(warnings={"12": "99: mind"}), SENT)
    assert found[12] == Verdict(fate=F.CONFIRMED, words="99: mind")
    assert found[11] == Verdict(fate=F.CONFIRMED)


def test_a_message_that_failed_goes_by_call_with_amazons_words() -> None:
    found = verdicts(ended(faults={"12": "8123: nobody knows this code"}), SENT)
    assert found[12] == Verdict(fate=F.RETURNED, words="8123: nobody knows this code")
    assert found[11].fate is found[13].fate is F.CONFIRMED


def test_an_order_that_amazon_does_not_know_is_refused_for_good() -> None:
    assert verdicts(ended(faults={"12": "18028: no such order"}), SENT)[12].fate is F.REFUSED


@pytest.mark.parametrize("status", list(FeedStatus)[1:])
def test_a_file_that_amazon_worked_on_not_at_all_goes_by_call(status: FeedStatus) -> None:
    found = verdicts(ended(status, processed=0, faults={WHOLE_FEED: "5000: unreadable"}), SENT)
    assert {each.fate for each in found.values()} == {F.RETURNED}


def test_a_cancelled_feed_did_nothing() -> None:
    assert fates(Heard(status=FeedStatus.CANCELLED)) == [F.RETURNED] * 3


@pytest.mark.parametrize(
    "heard",
    [
        None,
        Heard(status=FeedStatus.FATAL),
        Heard(status=FeedStatus.DONE),
        ended(FeedStatus.FATAL, processed=2),
        ended(FeedStatus.CANCELLED, processed=1),
        ended(processed=2),
        ended(processed=0),
        ended(processed=3, faults={WHOLE_FEED: "the file"}),
        ended(processed=3, failed=1),
        ended(processed=3, faults={"99": "a message nobody sent"}),
    ],
    ids=[
        "unreadable",
        "fatal without a report",
        "done without a report",
        "fatal in the middle",
        "cancelled in the middle",
        "one is missing",
        "an empty report",
        "a fault of the whole file after all were processed",
        "a failure that names nobody",
        "a failure of a message that was not sent",
    ],
)
def test_where_the_report_does_not_add_up_amazon_is_read_back(heard: Heard | None) -> None:
    assert fates(heard) == [F.UNSURE] * 3


def test_more_messages_than_were_sent_do_no_harm() -> None:
    assert fates(ended(processed=7)) == [F.CONFIRMED] * 3


@given(
    st.sampled_from([FeedStatus.DONE, FeedStatus.FATAL, FeedStatus.CANCELLED]),
    st.integers(0, 5),
    st.dictionaries(st.sampled_from(["0", "11", "12", "13", "99"]), st.text(min_size=1), max_size=4),
    st.integers(0, 4),
)
def test_each_package_has_one_fate_and_none_with_a_fault_is_confirmed(
    status: FeedStatus, processed: int, faults: dict[str, str], failed: int
) -> None:
    found = verdicts(ended(status, processed=processed, faults=faults, failed=failed), SENT)
    assert tuple(found) == SENT
    for number, verdict in found.items():
        if verdict.fate is F.CONFIRMED:
            assert status is FeedStatus.DONE
            assert str(number) not in faults
            assert "0" not in faults
            assert processed >= len(SENT)
