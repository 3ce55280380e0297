"""When a file of the warehouse is whole, what it acknowledges, and how long files of ours lie there."""

from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken
from dockseal.warehouses.contract import hand_over
from unit.warehouses.folder_box import Box
from unit.warehouses.test_folder_in import HEAD, LINE, REF, faults, reports


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def test_a_file_that_grows_is_left_alone(box: Box) -> None:
    box.put("t.csv", HEAD, at=1)
    assert list(box.folder.collect()) == []
    box.put("t.csv", HEAD + LINE, at=2)
    assert list(box.folder.collect()) == []
    assert len(list(box.folder.collect())) == 1


@pytest.mark.parametrize("name", ["t.csv.part", "t.csv.tmp", "t.csv.FILEPART", ".t.csv", "~t.csv", "t.done"])
def test_a_file_that_is_half_written_by_its_name_is_left_alone(box: Box, name: str) -> None:
    box.put(name, HEAD + LINE)
    assert box.look() == []


def test_where_files_are_renamed_into_place_one_look_is_enough(tmp_path: Path) -> None:
    box = Box(tmp_path, at_once="yes")
    box.put("t.csv", HEAD + LINE)
    assert len(list(box.folder.collect())) == 1


def test_a_file_waits_for_its_done_file_where_that_is_agreed(tmp_path: Path) -> None:
    box = Box(tmp_path, done_files="yes")
    box.put("t.csv", HEAD + LINE)
    assert box.look() == []
    box.put("t.csv.done", "")
    (delivery,) = list(box.folder.collect())
    box.folder.done(delivery)
    assert box.files("in") == []


def test_what_is_not_put_away_is_given_again(box: Box) -> None:
    box.put("t.csv", HEAD + LINE)
    (first,) = box.look()
    (again,) = list(box.folder.collect())
    assert first == again
    box.folder.done(again)
    box.folder.done(again)
    assert list(box.folder.collect()) == []


def test_another_file_that_came_under_the_same_name_is_read_too(box: Box) -> None:
    box.put("t.csv", HEAD + LINE, at=1)
    (first,) = box.look()
    box.put("t.csv", HEAD + LINE.replace("784", "785"), at=2)
    box.folder.done(first)
    assert [report.tracking_number for report in reports(box)] == ["1Z999AA10123456785"]


def test_what_was_taken_in_may_be_removed(tmp_path: Path) -> None:
    box = Box(tmp_path, after="remove")
    box.put("t.csv", HEAD + LINE)
    box.take()
    assert (box.files("in"), box.files("archive")) == ([], [])


# Acknowledgements, answers, and what was not fetched.


def test_an_empty_acknowledgement_takes_every_order_of_its_file(box: Box) -> None:
    box.folder.submit_all([hand_over("one-1"), hand_over("two-1")])
    (name,) = box.files("out")
    for ending in (".ack", ".csv.ack"):
        box.put(name.removesuffix(".csv") + ending, "")
        (delivery,) = box.look()
        assert delivery.messages == (Taken(release="one-1"), Taken(release="two-1"))
        box.folder.done(delivery)
    assert box.files("out") == []


def test_an_acknowledgement_of_a_file_we_did_not_send_is_told_of(box: Box) -> None:
    box.put("ORDERS_1.csv.ack", "")
    assert "acknowledges a file that we did not send" in faults(box)[0]


def test_an_acknowledgement_tells_of_each_order(box: Box) -> None:
    box.put(
        "a.csv",
        f"reference,status,warehouse_order_id,reason\n{REF},Taken,W-1,\n{REF[:-1]}2,refused,,Out of Stock\n"
        f"{REF[:-1]}3,refused,,Testperson Quillfeather moved\n{REF[:-1]}4,perhaps,,\nx y,taken,,\n",
    )
    (delivery,) = box.take()
    assert delivery.messages == (
        Taken(release=REF, reference_at_warehouse="W-1"),
        LateRefusal(release=f"{REF[:-1]}2", words="it is out of stock"),
        LateRefusal(
            release=f"{REF[:-1]}3", words="its reason was left out: it is none of those in docs/folder.md"
        ),
    )
    assert [fault.partition(": ")[2][:14] for fault in delivery.faults] == [
        "its status is ",
        "its reference ",
    ]


def test_a_list_of_references_acknowledges_them(box: Box) -> None:
    box.put("morning.ack", f"Reference\n{REF}\n")
    assert box.take()[0].messages == (Taken(release=REF),)


def test_an_answer_to_a_stop_is_understood(box: Box) -> None:
    box.put("s.csv", f"reference,answer\n{REF},stopped\n{REF[:-1]}2,Too late\n{REF[:-1]}3,perhaps\n")
    (delivery,) = box.take()
    assert delivery.messages == (
        StopReply(release=REF, stopped=True),
        StopReply(release=f"{REF[:-1]}2", stopped=False),
    )
    assert "its answer is neither" in delivery.faults[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "reference,status\none-1,taken\n"),
        ("t.csv", "reference,carrier,tracking_number\none-1,UPS,1Z1\n"),
    ],
)
def test_a_file_is_removed_once_the_warehouse_tells_of_one_of_its_orders(
    box: Box, name: str, content: str
) -> None:
    box.folder.submit_all([hand_over("one-1"), hand_over("two-1")])
    box.folder.submit(hand_over("three-1"))
    first, second = sorted(box.files("out"), key=lambda each: "three" in str(box.rows(each)))
    box.put(name, content)
    box.take()
    assert box.files("out") == [second]
    assert first != second


def test_a_file_in_clear_that_is_not_fetched_is_told_of_and_removed(tmp_path: Path) -> None:
    box = Box(tmp_path, fetch_within="12")
    box.folder.submit_all([hand_over("one-1"), hand_over("two-1")])
    (name,) = box.files("out")
    box.clock.advance(timedelta(hours=11))
    assert box.take() == []
    box.clock.advance(timedelta(hours=1))
    (delivery,) = list(box.folder.collect())
    assert delivery.messages == ()
    assert f"file {name} with 2 orders was not fetched by warehouse reno in 12 hours" in delivery.faults[0]
    assert box.files("out") == [name]
    box.folder.done(delivery)
    assert b"Sample Row" not in box.everything()
    assert list(box.again().collect()) == []
    assert box.folder.ask(hand_over("one-1").reference) is not None


def test_the_files_of_others_in_out_are_left_alone(box: Box) -> None:
    box.folder.submit(hand_over())
    (box.root / "out" / "README").write_text("ours")
    box.clock.advance(timedelta(days=30))
    box.take()
    assert box.files("out") == ["README"]
