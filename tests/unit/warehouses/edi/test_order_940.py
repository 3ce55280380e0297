"""What a 940 says, segment by segment, and what parsers from elsewhere make of it."""

from dataclasses import replace
from pathlib import Path

import badx12
import pytest
import x12

from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.errors import WarehouseRefused
from dockseal.warehouses.contract import PERSONAL
from dockseal.warehouses.edi.numbers import order_number, reference_of
from edi_exchange import Exchange

REFERENCE = "testreference2345678-1"


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(folder=tmp_path)


def written(exchange: Exchange, **personal: str) -> list[str]:
    """The lines of the file of one order."""
    exchange.edi.submit(exchange.order(REFERENCE, **personal))
    (path,) = (exchange.mailbox / "out").glob("*.edi")
    return path.read_text(encoding="utf-8").splitlines()


def refusal(exchange: Exchange, **personal: str) -> str:
    """The sentence to an order; it repeats nothing of what it is about."""
    with pytest.raises(WarehouseRefused) as error:
        exchange.edi.submit(exchange.order(REFERENCE, **personal))
    for value in personal.values():
        assert value not in str(error.value)
    assert "order 113-0000000-0000001 cannot be written for warehouse reno" in str(error.value)
    return str(error.value)


def test_a_whole_order(exchange: Exchange) -> None:
    lines = written(exchange)
    number = lines[-1].split("*")[2].rstrip("~")
    assert lines == [
        "ISA*00*          *00*          *ZZ*DOCKSEAL       *14*RENO3PL        *261102*1700*U*00401*"
        f"{number}*0*P*>~",
        f"GS*OW*DOCKSEAL*RENO*20261102*1700*{int(number)}*X*004010~",
        "ST*940*0001~",
        "W05*N*testreference2345678-1*113-0000000-0000001~",
        "N1*ST*Testperson Quillfeather~",
        "N3*12 Sample Row~",
        "N4*Exampleton*NV*89999*US~",
        "PER*IC**TE*+1 555 0100~",
        "G62*10*20261102~",
        "G62*02*20261105~",
        "NTE*OTH*Happy inventing day, says Aunt Placeholder~",
        "LX*1~",
        "W01*2*EA**SK*MUG-BLUE~",
        "N9*LI*00000000000001~",
        "LX*2~",
        "W01*1*EA**SK*MUG-RED~",
        "G69*Red mug~",
        "N9*LI*00000000000002~",
        "W76*3~",
        "SE*18*0001~",
        f"GE*1*{int(number)}~",
        f"IEA*1*{number}~",
    ]


def test_version_5010_declares_its_repetitions(tmp_path: Path) -> None:
    isa, gs, *_ = written(Exchange(folder=tmp_path, version="5010"))
    assert "*^*00501*" in isa
    assert gs.endswith("*X*005010~")
    assert len(isa) == 106


def test_the_day_to_ship_by_is_the_warehouses_not_greenwichs(tmp_path: Path) -> None:
    """07:59:59 UTC on the third is still the second in Reno: one day later would be a late shipment."""
    lines = written(Exchange(folder=tmp_path))
    assert "G62*10*20261102~" in lines


def test_badx12_reads_our_940(exchange: Exchange) -> None:
    text = "\n".join(written(exchange))
    document = badx12.Parser().parse_document(text)
    assert document.validate().is_document_valid(), [str(each) for each in document.validate().error_list]
    (group,) = document.interchange.groups
    (order,) = group.transaction_sets
    assert order.header.fields[1].content == "940"
    values = [[element.content for element in each.fields] for each in order.transaction_body]
    assert ["N1", "ST", PERSONAL[Field.NAME]] in values
    assert ["W01", "2", "EA", "", "SK", "MUG-BLUE"] in values


@pytest.mark.parametrize("version", ["4010", "5010"])
def test_ansi_x12_reads_our_940_with_all_its_counts(tmp_path: Path, version: str) -> None:
    exchange = Exchange(folder=tmp_path, version=version)
    exchange.edi.submit_all([exchange.order(f"reference{n}23456789ab-1") for n in range(3)])
    (path,) = (exchange.mailbox / "out").glob("*.edi")
    interchange = x12.parse_x12_interchange(x12.tokenize_x12(path.read_bytes()))
    (group,) = interchange.groups
    assert group.functional_identifier_code == b"OW"
    assert len(group.transactions) == 3
    assert {each.transaction_set_code for each in group.transactions} == {b"940"}


def test_a_warehouse_without_personal_data_is_given_no_recipient(exchange: Exchange) -> None:
    exchange.edi.submit(replace(exchange.order(REFERENCE), recipient=Recipient({})))
    (order,) = exchange.counterparty.look()
    assert order.all("N1") == order.all("N3") == order.all("PER") == order.all("NTE") == []


def test_long_names_and_addresses_flow_on_at_word_borders(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more="[orders]\nname_length = 35\naddress_length = 35\n")
    name = "Testperson Quillfeather-Placeholder of the Invented House"
    street = "12 Sample Row behind the Imaginary Harbour Warehouse"
    exchange.edi.submit(
        exchange.order(REFERENCE, name=name, company="Placeholder Inc.", address_line_1=street,
                       address_line_2="Apartment 7")
    )  # fmt: skip
    (order,) = exchange.counterparty.look()
    first = order.first("N1", "ST")[1]
    assert " ".join([first, order.first("N2")[0]]) == name
    assert order.first("N2")[1] == "Placeholder Inc."
    pieces = [piece for each in order.all("N3") for piece in each]
    assert pieces == ["12 Sample Row behind the Imaginary", "Harbour Warehouse", "Apartment 7"]


def test_an_address_of_many_short_lines_is_joined_before_it_is_refused(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more="[orders]\naddress_length = 20\n")
    lines = {f"address_line_{n}": f"{n} Sample Row at Sea" for n in (1, 2, 3)}
    exchange.edi.submit(exchange.order(REFERENCE, **lines, district="Harbour Side of Port"))
    (order,) = exchange.counterparty.look()
    assert len([piece for each in order.all("N3") for piece in each]) == 4


@pytest.mark.parametrize(
    ("personal", "words"),
    [
        ({"address_line_1": "word " * 60}, "its address is longer than 4 lines of 55 characters"),
        ({"address_line_1": "x" * 56}, "its address has a word of more than 55 characters"),
        ({"name": "山田太郎"}, "its name holds characters that the partner's character set (extended)"),
        ({"name": "רחל אמנו"}, "its name holds characters that the partner's character set"),
        ({"gift_message": "For you 🎁"}, "its gift message holds characters that the partner's"),
        ({"city": "Exampleton~ISA"}, "its city holds a character that parts values"),
        ({"city": "E"}, "its city has 1 characters, and 2 to 30 fit"),
        ({"name": "Bob *Star* Placeholder"}, "its name holds a character that parts values"),
        ({"phone": "5" * 81}, "its phone number has 81 characters"),
        ({"address_line_1": "12 Sample\x00Row"}, "its address holds characters"),
        ({"postal_code": "1" * 16}, "its postal code has 16 characters, and 3 to 15 fit"),
        ({"gift_message": "word " * 200}, "its gift message is longer than 8 lines of 80 characters"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_cut(
    exchange: Exchange, personal: dict[str, str], words: str
) -> None:
    assert words in refusal(exchange, **personal)
    assert exchange.files("out") == exchange.files("staging") == []


def test_accents_go_by_agreement_alone(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path)
    assert "its name holds characters" in refusal(exchange, name="Müller")
    agreed = Exchange(folder=tmp_path, more="[syntax]\ntransliterate = true\n")
    lines = written(agreed, name="Jürgen Łukasz Straße “Ñandú” Ørsted", city="Exampletøn\u200e")
    assert 'N1*ST*Jurgen Lukasz Strasse "Nandu" Orsted~' in lines
    assert any(line.startswith("N4*Exampleton*") for line in lines)


def test_what_has_no_plain_spelling_is_refused_although_accents_may_go(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more="[syntax]\ntransliterate = true\n")
    assert "its name holds characters" in refusal(exchange, name="Müller 山田")


@pytest.mark.parametrize("name", ["山田太郎 🎁", "רחל \u202dQuillfeather", "Müller"])
def test_utf_8_carries_everything_by_agreement(tmp_path: Path, name: str) -> None:
    exchange = Exchange(folder=tmp_path, more='[syntax]\ncharset = "utf8"\n')
    assert f"N1*ST*{name}~" in written(exchange, name=name)


def test_a_letter_and_its_accent_are_one_letter(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more='[syntax]\ncharset = "latin1"\n')
    exchange.edi.submit(exchange.order(REFERENCE, name="Mu\u0308ller"))
    (path,) = (exchange.mailbox / "out").glob("*.edi")
    assert "N1*ST*Müller~" in path.read_text(encoding="latin-1").splitlines()


def test_the_basic_set_has_capitals_alone_and_no_sku_is_changed_for_it(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more='[syntax]\ncharset = "basic"\n')
    order = exchange.order(REFERENCE)
    exchange.edi.submit(order)
    (found,) = exchange.counterparty.look()
    assert found.number == REFERENCE.upper()
    assert found.first("N1", "ST")[1] == "TESTPERSON QUILLFEATHER"
    small = replace(order, reference=ReleaseRef("secondreference23456-1"))
    small = replace(small, lines=(OrderLine(order_item_id="1", sku="mug-blue", ordered=1),))
    with pytest.raises(WarehouseRefused, match=r"its SKU in line 1 cannot be written .* unchanged"):
        exchange.edi.submit(small)


def test_gift_text_with_line_breaks_becomes_one_text_in_pieces(exchange: Exchange) -> None:
    message = "Happy day!\n\nYours,\r\nAunt Placeholder\t" + "and all the others " * 8
    lines = written(exchange, gift_message=message)
    notes = [line.removeprefix("NTE*OTH*").rstrip("~") for line in lines if line.startswith("NTE*OTH")]
    assert len(notes) > 1
    assert " ".join(notes) == " ".join(message.split())


def test_a_gift_message_can_stand_in_msg(tmp_path: Path) -> None:
    lines = written(Exchange(folder=tmp_path, more='[orders]\ngift_message = "N9"\ngift_code = "ZZ"\n'))
    at = lines.index("N9*ZZ*GIFT~")
    assert lines[at + 1].startswith("MSG*Happy inventing day")


def test_a_warehouse_that_writes_no_gift_messages_is_given_no_gifts(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more='[orders]\ngift_message = "refuse"\n')
    with pytest.raises(WarehouseRefused, match="has a gift message, and warehouse reno takes none"):
        exchange.edi.submit(exchange.order(REFERENCE))


def test_delivery_instructions_have_a_code_of_their_own(exchange: Exchange) -> None:
    assert "NTE*DEL*Ring twice~" in written(exchange, delivery_instructions="Ring twice")


@pytest.mark.parametrize(
    ("personal", "n4"),
    [
        ({"region": "Bayern", "country": "DE"}, "N4*Exampleton**89999*DE*SP*Bayern~"),
        ({"region": "AP", "city": "FPO"}, "N4*FPO*AP*89999*US~"),
        ({"region": "", "postal_code": ""}, "N4*Exampleton***US~"),
        ({"region": "PR", "country": "US"}, "N4*Exampleton*PR*89999*US~"),
    ],
)
def test_regions_go_by_code_or_by_name(exchange: Exchange, personal: dict[str, str], n4: str) -> None:
    assert n4 in written(exchange, **personal)


def test_only_a_company(exchange: Exchange) -> None:
    assert "N1*ST*Placeholder Inc.~" in written(exchange, name="", company="Placeholder Inc.")


def test_nobody_to_ship_to(exchange: Exchange) -> None:
    with pytest.raises(WarehouseRefused, match="has no name to ship to"):
        exchange.edi.submit(exchange.order(REFERENCE, name=""))


def test_a_formula_and_a_phone_with_extension_go_as_they_are(exchange: Exchange) -> None:
    lines = written(exchange, name="=cmd|' /C calc'!A0", phone="+1 555 0100 ext. 12345")
    assert "N1*ST=cmd" not in lines
    assert "N1*ST*=cmd|' /C calc'!A0~" in lines
    assert "PER*IC**TE*+1 555 0100 ext. 12345~" in lines


def test_parties_and_terms_come_from_the_profile(tmp_path: Path) -> None:
    more = '[orders]\npayment = "PP"\n[parties.DE]\nname = "Acme Mugs"\nqualifier = "91"\nid = "ACME"\n'
    lines = written(Exchange(folder=tmp_path, more=more))
    assert "N1*DE*Acme Mugs*91*ACME~" in lines
    assert "W66*PP*M~" in lines


def test_999_lines(exchange: Exchange) -> None:
    lines = tuple(OrderLine(order_item_id=f"{n:014}", sku=f"SKU-{n}", ordered=1) for n in range(1, 1000))
    exchange.edi.submit(replace(exchange.order(REFERENCE), lines=lines))
    (order,) = exchange.counterparty.look()
    assert [line.sku for line in order.lines] == [line.sku for line in lines]
    assert order.first("W76") == ["999"]


def test_an_order_without_days(exchange: Exchange) -> None:
    exchange.edi.submit(replace(exchange.order(REFERENCE), ship_by=None, deliver_by=None))
    (order,) = exchange.counterparty.look()
    assert order.all("G62") == []


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("testreference2345678-1", "testreference2345678-1"),
        ("testreference2345678-12", "testreference2345678e2"),
        ("testreference2345678-1-2", "testreference234567834"),
    ],
)
def test_a_long_reference_has_a_number_that_is_read_back(
    exchange: Exchange, reference: str, number: str
) -> None:
    assert order_number(ReleaseRef(reference)) == number
    assert reference_of(number.upper()) == reference
    exchange.edi.submit(exchange.order(reference))
    (order,) = exchange.counterparty.look()
    assert order.number == number
    assert (["CO", reference] in order.all("N9")) == (number != reference)


def test_a_reference_without_a_number_is_refused(exchange: Exchange) -> None:
    with pytest.raises(WarehouseRefused, match="no order number of 22 characters"):
        exchange.edi.submit(exchange.order("testreference2345678-1-31"))


def test_test_orders_say_so(tmp_path: Path) -> None:
    assert written(Exchange(folder=tmp_path, usage="test"))[0].endswith("*0*T*>~")
