"""Where windows begin and end: whatever Amazon answers, no instant falls between two of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import SellerId
from dockseal.domain.notice import Watermark
from dockseal.order_synchronization.windows import (
    LONGEST,
    SETTLED,
    SHORTEST,
    TOKEN_LIVES,
    goes_on,
    moved,
    narrowed,
    opened,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)
LAG = timedelta(minutes=2)


def marked(*, back: timedelta) -> Watermark:
    """A watermark without an open window."""
    return Watermark(seller=SellerId("acme-us"), complete_to=NOW - back)


def test_a_near_window_is_asked_for_as_late_as_amazon_can() -> None:
    mark = opened(marked(back=timedelta(minutes=10)), NOW, OVERLAP)
    assert mark.window_since == NOW - timedelta(minutes=15)
    assert mark.window_bound is None


def test_a_far_stretch_is_read_in_parts_and_each_moves_the_watermark() -> None:
    mark, ends = marked(back=timedelta(days=7)), []
    while True:
        window = opened(mark, NOW, OVERLAP)
        after = moved(window, next_token="", echo=window.window_bound or NOW - LAG)
        ends.append(after.complete_to)
        if not goes_on(window, after):
            break
        mark = after
    assert ends == [NOW - timedelta(days=4), NOW - timedelta(days=1), NOW - LAG]


def test_an_open_window_goes_on_with_its_token_and_its_end_and_jumps_after_the_last_page() -> None:
    window = opened(marked(back=timedelta(hours=1)), NOW, OVERLAP)
    first = moved(window, next_token="t1", echo=NOW - LAG)
    assert first.complete_to == NOW - timedelta(hours=1), "it moved before the window was finished"
    assert opened(first, NOW + timedelta(hours=22), OVERLAP) == first
    last = moved(first, next_token="", echo=NOW + timedelta(hours=22))
    assert last.complete_to == NOW - LAG, "the echo of a later page says nothing of the first"


def test_a_token_that_died_starts_its_window_over_at_half_the_width() -> None:
    window = opened(marked(back=timedelta(hours=10)), NOW, OVERLAP)
    first = moved(window, next_token="t1", echo=NOW - LAG)
    again = opened(first, NOW + TOKEN_LIVES, OVERLAP)
    assert again.page_token == ""
    assert again.window_since == first.window_since
    assert again.window_bound is not None
    assert again.window_bound - first.complete_to == (NOW - LAG - first.complete_to) / 2


def test_windows_are_not_halved_for_ever() -> None:
    mark = opened(marked(back=timedelta(hours=10)), NOW, OVERLAP)
    for _ in range(20):
        mark = opened(narrowed(moved(mark, next_token="t", echo=None), NOW), NOW, OVERLAP)
        assert mark.window_bound is None or mark.window_bound - mark.complete_to >= SHORTEST


def test_an_echo_that_is_behind_holds_the_watermark_back_and_one_ahead_does_not_push_it() -> None:
    window = opened(marked(back=timedelta(hours=1)), NOW, OVERLAP)
    behind = moved(window, next_token="", echo=NOW - timedelta(minutes=40))
    assert behind.complete_to == NOW - timedelta(minutes=40)
    assert moved(window, next_token="", echo=NOW + timedelta(days=300)).complete_to <= NOW
    absurd = moved(window, next_token="", echo=datetime(1995, 1, 1, tzinfo=UTC))
    assert absurd.complete_to == window.complete_to


def test_a_bounded_window_that_brought_nothing_further_is_not_asked_for_at_once_again() -> None:
    window = opened(marked(back=timedelta(days=7)), NOW, OVERLAP)
    stuck = moved(window, next_token="", echo=datetime(1995, 1, 1, tzinfo=UTC))
    assert not goes_on(window, stuck)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["page", "last", "refused", "wait"]),
        st.integers(0, 60 * 30),
        st.one_of(st.none(), st.integers(-90, 60 * 24 * 400)),
    ),
    max_size=40,
)


@given(back=st.integers(0, 60 * 24 * 9), acts=ACTS)
def test_windows_leave_no_gap_and_never_claim_what_was_not_read(
    back: int, acts: list[tuple[str, int, int | None]]
) -> None:
    """`read_to` is how far a whole window was truly listed; the watermark may never be past it."""
    now, mark = NOW, marked(back=timedelta(minutes=back))
    read_to = mark.complete_to
    for act, minutes, behind in acts:
        now += timedelta(minutes=minutes)
        window = opened(mark, now, OVERLAP)
        assert window.window_since is not None
        assert window.window_since <= mark.complete_to - OVERLAP
        if window.window_bound is not None:
            assert window.window_bound <= now - SETTLED or window.page_token
            assert window.window_bound - window.complete_to <= LONGEST
        listed = min(window.window_bound or now, (window.window_started_at or now) - LAG)
        echo = None if behind is None else now - timedelta(minutes=behind)
        if act == "wait":
            continue
        if act == "refused":
            mark = narrowed(window, now) if window.page_token else mark
        else:
            told = echo if echo is None else min(echo, listed)
            mark = moved(window, next_token="t" if act == "page" else "", echo=told)
            if act == "last":
                read_to = max(read_to, listed)
        assert mark.complete_to <= read_to
