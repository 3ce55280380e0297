from dockseal.console.filters import coded, grouped, spoken
from dockseal.domain.sync_run import SyncSource


def test_what_stands_between_backticks_is_code_and_nothing_is_markup() -> None:
    assert coded("see `A<b>` & wait") == "see <code>A&lt;b&gt;</code> &amp; wait"
    assert coded("one ` alone <b>") == "one ` alone &lt;b&gt;"


def test_numbers_are_grouped_and_names_spoken() -> None:
    assert [grouped(number) for number in (7, 1204, 1204000)] == ["7", "1\u202f204", "1\u202f204\u202f000"]
    assert spoken(SyncSource.ORDER_BY_ORDER) == "order by order"
