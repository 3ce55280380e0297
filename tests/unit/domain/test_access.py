from dockseal.domain.access import FIELDS, Purpose
from dockseal.domain.fields import Field


def test_every_purpose_has_its_fields() -> None:
    assert set(FIELDS) == set(Purpose)
    assert all(FIELDS.values())


def test_no_purpose_reads_who_bought() -> None:
    assert not any(fields & {Field.BUYER_NAME, Field.BUYER_EMAIL} for fields in FIELDS.values())


def test_a_packing_slip_tells_no_address() -> None:
    assert FIELDS[Purpose.PACKING_SLIP] == {Field.NAME, Field.GIFT_MESSAGE}


def test_a_hand_over_is_what_label_and_slip_need() -> None:
    assert FIELDS[Purpose.HAND_OVER] == FIELDS[Purpose.SHIPPING_LABEL] | FIELDS[Purpose.PACKING_SLIP]
