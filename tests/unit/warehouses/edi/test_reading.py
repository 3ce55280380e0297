"""The reader is strict, and nothing that comes makes it fall."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import badx12
import pytest
import x12
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dockseal.warehouses.edi.reading import read
from edi_counterparty import Counterparty
from edi_exchange import Exchange


def advice(version: str = "4010") -> str:
    """An interchange with two 945s."""
    far = Counterparty(root=Path("nowhere"), version=version)
    lines = ["W06*F*testreference2345678-1*20261102*SHP1", "G62*11*20261102", "W27*M*UPSN", "LX*1"]
    lines += ["MAN*CP*1Z999AA10123456784", "W12*CC*1*1*0*EA**SK*MUG-BLUE", "W03*1"]
    return far.interchange("SW", [("945", lines), ("945", lines)])


def test_a_sound_interchange_has_no_fault() -> None:
    reading = read(advice().encode())
    (interchange,) = reading.interchanges
    (group,) = interchange.groups
    assert reading.faults == []
    assert (interchange.fault, group.fault) == ("", "")
    assert [(each.code, each.control, each.fault) for each in group.sets] == [
        ("945", "0001", None),
        ("945", "0002", None),
    ]


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: "\ufeff" + text,
        lambda text: "\r\n" + text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("~\n", "\n"),
        lambda text: text.replace("*", "|").replace("~\n", "\x1e"),
        lambda text: text + "\n\x1a",
    ],
    ids=["BOM", "CRLF", "one line", "line ends as terminators", "other delimiters", "end-of-file mark"],
)
def test_it_takes_the_delimiters_that_the_isa_declares(bend: Callable[[str], str]) -> None:
    (interchange,) = read(bend(advice()).encode()).interchanges
    assert interchange.fault == ""
    assert [len(group.sets) for group in interchange.groups] == [2]


@pytest.mark.parametrize(
    ("bend", "words"),
    [
        (
            lambda text: text.replace("IEA*1*000000500", "IEA*1*000000501"),
            "control numbers of its ISA and IEA",
        ),
        (lambda text: text.replace("IEA*1", "IEA*2"), "its IEA counts 2 functional groups, but there are 1"),
        (lambda text: text.replace("IEA*1", "IEA*x"), "its IEA counts no number of functional groups"),
        (lambda text: text[: text.index("IEA")], "it ends without an IEA: it was cut off"),
        (lambda text: text[: len(text) // 2], "it ends without an IEA: it was cut off"),
        (lambda text: text.replace("GS*", "N9*X~\nGS*"), "1 of its segments stand in no functional group"),
    ],
)
def test_an_envelope_that_does_not_add_up_is_a_fault(bend: Callable[[str], str], words: str) -> None:
    (interchange,) = read(bend(advice()).encode()).interchanges
    assert words in interchange.fault


@pytest.mark.parametrize(
    ("bend", "words", "code"),
    [
        (lambda text: text.replace("GE*2*500", "GE*2*501"), "control numbers of its GS and GE", "4"),
        (lambda text: text.replace("GE*2*", "GE*3*"), "its GE counts 3 documents, but there are 2", "5"),
        (lambda text: text.replace("GE*2*500~\n", ""), "it has no GE trailer", "3"),
        (lambda text: text.replace("GE*2*", "N9*X~\nGE*2*"), "1 of its segments stand in no document", "5"),
    ],
)
def test_a_group_that_does_not_add_up_is_a_fault(bend: Callable[[str], str], words: str, code: str) -> None:
    (interchange,) = read(bend(advice()).encode()).interchanges
    (group,) = interchange.groups
    assert words in group.fault
    assert group.fault_code == code


@pytest.mark.parametrize(
    ("bend", "words", "code"),
    [
        (
            lambda text: text.replace("SE*9*0001", "SE*8*0001"),
            "its SE counts 8 segments, but there are 9",
            "4",
        ),
        (lambda text: text.replace("SE*9*0001", "SE*9*0007"), "control numbers of its ST and SE differ", "3"),
        (lambda text: text.replace("SE*9*0001~\n", ""), "it has no SE trailer", "2"),
        (lambda text: text.replace("W27*", "w2*", 1), "its segment 4 has no tag", "5"),
    ],
)
def test_a_set_that_does_not_add_up_spoils_itself_alone(
    bend: Callable[[str], str], words: str, code: str
) -> None:
    (interchange,) = read(bend(advice()).encode()).interchanges
    (group,) = interchange.groups
    first, second = group.sets
    assert first.fault is not None
    assert words in first.fault.words
    assert first.fault.code == code
    assert second.fault is None
    assert (interchange.fault, group.fault) == ("", "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b" \r\n\x1a", "it is empty"),
        (b"ORDER,TRACKING\n1,2\n", "does not begin with a whole ISA segment"),
        (advice().encode()[:105], "does not begin with a whole ISA segment"),
        (advice().replace("*ZZ*DOCKSEAL ", "*ZZ*DOCKSEAL").encode(), "a field has a wrong length"),
        (advice().replace("*P*>~", "*P**~").encode(), "blanks or twice the same"),
        (b"\xff\xfe\x00\x01" * 100, "does not begin with a whole ISA segment"),
    ],
)
def test_what_is_no_interchange_is_said(content: bytes, words: str) -> None:
    reading = read(content)
    assert reading.interchanges == []
    assert words in reading.faults[0]


def test_an_interchange_that_was_cut_off_does_not_take_the_next_one_with_it() -> None:
    whole = advice()
    first, second = read((whole[: len(whole) // 2] + "~\n" + whole).encode()).interchanges
    assert "cut off" in first.fault
    assert second.fault == ""


def test_garbage_behind_an_interchange_does_not_spoil_it() -> None:
    reading = read((advice() + "garbage").encode())
    assert [each.fault for each in reading.interchanges] == [""]
    assert len(reading.faults) == 1


def test_too_large_a_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dockseal.warehouses.edi.reading.LARGEST", 100)
    assert "more than 100 are not read" in read(advice().encode()).faults[0]


@pytest.mark.parametrize("version", ["4010", "5010"])
def test_what_the_tests_send_is_x12_to_a_parser_from_elsewhere_as_well(version: str) -> None:
    theirs = x12.parse_x12_interchange(x12.tokenize_x12(advice(version).encode()))
    (ours,) = read(advice(version).encode()).interchanges
    sets = [
        [(each.tag, *(element.decode() for element in each.elements)) for each in document.all_segments]
        for document in theirs.groups[0].transactions
    ]
    assert [[(each.tag, *each.elements) for each in one.segments] for one in ours.groups[0].sets] == sets


@given(noise=st.binary(max_size=400))
def test_no_noise_makes_it_fall(noise: bytes) -> None:
    reading = read(noise)
    assert reading.faults or reading.interchanges


@given(at=st.integers(0, 900), noise=st.binary(min_size=1, max_size=6), cut=st.integers(0, 40))
def test_no_noise_inside_an_interchange_makes_it_fall(at: int, noise: bytes, cut: int) -> None:
    text = advice().encode()
    reading = read(text[:at] + noise + text[at + cut :])
    assert reading.faults or reading.interchanges


PERSONAL_TEXT = st.text("abc DEF-,.'é漢🎁~*>\n ", min_size=2, max_size=50)


@settings(max_examples=60)
@given(
    values=st.tuples(*[PERSONAL_TEXT | st.text("abc D.", min_size=2, max_size=28)] * 5),
    charset=st.sampled_from(["extended", "utf8"]),
)
def test_whatever_an_order_holds_it_is_refused_or_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, values: tuple[str, ...], charset: str
) -> None:
    name, line, city, phone, gift = values
    exchange = Exchange(
        folder=tmp_path_factory.mktemp("exchange"),
        more=f'[syntax]\ncharset = "{charset}"\nline_ends = "none"\n',
    )
    order = exchange.order(name=name, address_line_1=line, city=city, phone=phone, gift_message=gift)
    (answer,) = exchange.edi.submit_all([order])
    files = list((exchange.mailbox / "out").glob("*.edi"))
    event("sent" if files else "refused")
    if not files:
        assert "cannot be written" in str(answer) or "has no name" in str(answer)
        return
    (interchange,) = read(files[0].read_bytes()).interchanges
    (sent,) = interchange.groups[0].sets
    assert sent.fault is None
    ours = [[each.tag, *each.elements] for each in sent.segments]
    assert [each[1:] for each in ours if each[0] == "N1"] == [["ST", " ".join(nfc(name).split())]]
    notes = " ".join(each[2] for each in ours if each[0] == "NTE")
    assert notes == " ".join(nfc(gift).split())
    text = files[0].read_bytes().decode("utf-8")
    (theirs,) = badx12.Parser().parse_document(text).interchange.groups[0].transaction_sets
    assert [[element.content for element in each.fields] for each in theirs.transaction_body] == ours[1:-1]


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
