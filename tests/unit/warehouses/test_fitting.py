"""Fitting a recipient into what a system can take: nothing is lost, cut off or made a question mark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.recipient import Field, Recipient
from dockseal.errors import DoesNotFit
from dockseal.warehouses.fitting import LINES, fit
from dockseal.warehouses.limits import NO_LIMITS, Charset, Limits, limits_of

NARROW = dict.fromkeys(LINES, 35)
PERSON = {Field.NAME: "Testperson Quillfeather", Field.ADDRESS_LINE_1: "12 Sample Row", Field.COUNTRY: "US"}


def fitted(values: dict[Field, str], **limits: object) -> dict[str, str]:
    """What becomes of these fields."""
    return fit(Recipient(PERSON | values), Limits(**limits)).disclose()  # type: ignore[arg-type]  # any limits


def lines(values: dict[Field, str], **limits: object) -> list[str]:
    """What becomes of the address lines."""
    done = fitted(values, **limits)
    return [done[line.value] for line in LINES if line.value in done]


def test_what_fits_stays_as_it_is_letter_by_letter() -> None:
    values = PERSON | {
        Field.ADDRESS_LINE_3: "two  spaces",
        Field.GIFT_MESSAGE: "one\ntwo ☕",
        Field.PHONE: "5 55",
    }
    assert fit(Recipient(values), Limits(lengths=NARROW)).disclose() == {
        field.value: text for field, text in values.items()
    }


def test_without_limits_nothing_is_touched() -> None:
    recipient = Recipient(PERSON | {Field.COUNTRY: "UK"})
    assert fit(recipient, NO_LIMITS) is recipient


def test_a_line_that_is_too_long_goes_on_in_the_next_between_words() -> None:
    street = "Building 12 of the Long Sample Industrial Estate"
    assert lines({Field.ADDRESS_LINE_1: street}, lengths=NARROW) == [
        "Building 12 of the Long Sample",
        "Industrial Estate",
    ]


def test_lines_are_joined_only_where_they_do_not_fit_otherwise() -> None:
    values = {
        Field.ADDRESS_LINE_1: "Building 12 of the Long Sample Estate",
        Field.ADDRESS_LINE_2: "Floor 3",
        Field.ADDRESS_LINE_3: "Door 4",
    }
    assert lines(values, lengths=NARROW) == ["Building 12 of the Long Sample", "Estate Floor 3 Door 4"]
    assert lines(values | {Field.ADDRESS_LINE_3: ""}, lengths=NARROW) == [
        "Building 12 of the Long Sample",
        "Estate",
        "Floor 3",
    ]


def test_three_lines_go_into_two_where_there_are_two() -> None:
    values = {
        Field.ADDRESS_LINE_1: "12 Sample Row",
        Field.ADDRESS_LINE_2: "Floor 3",
        Field.ADDRESS_LINE_3: "B",
    }
    assert lines(values, lengths=NARROW, address_lines=2) == ["12 Sample Row Floor 3 B"]


def test_a_company_that_is_too_long_goes_on_above_the_street_where_the_system_allows_it() -> None:
    values = {Field.COMPANY: "The Invented Company of Sample Mugs"}
    limits = {"lengths": NARROW | {Field.COMPANY: 20}, "spill": (Field.COMPANY,)}
    assert fitted(values, **limits)["company"] == "The Invented Company"
    assert lines(values, **limits) == ["of Sample Mugs", "12 Sample Row"]
    with pytest.raises(DoesNotFit, match="the company has more than 20 characters"):
        fitted(values, lengths={Field.COMPANY: 20})


def test_a_field_that_a_system_does_not_have_stands_in_a_spare_line_or_the_order_is_not_handed_over() -> None:
    values = {Field.COMPANY: "Sample Mugs", Field.DISTRICT: "Exampleshire"}
    nowhere = {Field.COMPANY: 0, Field.DISTRICT: 0}
    spill = (Field.COMPANY, Field.DISTRICT)
    assert lines(values, lengths=nowhere, spill=spill) == ["Sample Mugs", "12 Sample Row", "Exampleshire"]
    with pytest.raises(DoesNotFit, match="no place for the company"):
        fitted(values, lengths=nowhere)


def test_a_name_goes_on_before_a_company_whatever_came_first() -> None:
    short = {Field.NAME: 12, Field.COMPANY: 10}
    values = {Field.COMPANY: "Sample Mugs Works", Field.NAME: "Testperson Quillfeather"}
    assert lines(values, lengths=short, spill=(Field.COMPANY, Field.NAME)) == [
        "Quillfeather",
        "Mugs Works",
        "12 Sample Row",
    ]


def test_a_word_longer_than_a_line_is_not_cut() -> None:
    with pytest.raises(DoesNotFit, match="3 lines of 35, 35, 35 characters"):
        lines({Field.ADDRESS_LINE_1: "x" * 36}, lengths=NARROW)
    with pytest.raises(DoesNotFit, match="the name has more than 35 characters"):
        fitted({Field.NAME: "x" * 36 + " y"}, lengths={Field.NAME: 35}, spill=(Field.NAME,))


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        (Charset.BMP, "Happy day 🎁"),
        (Charset.LATIN_1, "Příjemce Zkušební"),
        (Charset.LATIN_1, "שלום לדוגמה"),
        (Charset.ASCII, "Zoë Beispiel"),
        (Charset.X12_EXTENDED, "a^b"),
        (Charset.X12_BASIC, "a_b"),
    ],
)
def test_letters_that_a_system_lacks_are_never_made_question_marks(charset: Charset, text: str) -> None:
    with pytest.raises(DoesNotFit) as refused:
        fitted({Field.GIFT_MESSAGE: text}, charset=charset)
    assert "the gift message" in str(refused.value)
    assert text not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("charset", "text", "becomes"),
    [
        (Charset.BMP, "שלום לדוגמה\u200f", "שלום לדוגמה\u200f"),
        (Charset.LATIN_1, "Zoe\u0308 Beispiel", "Zoë Beispiel"),
        (Charset.LATIN_1, "“Aunt’s” — day…", '"Aunt\'s" - day...'),
        (Charset.ASCII, "12\xa0Sample\u200bRow", "12 SampleRow"),
        (Charset.X12_BASIC, "Testperson Ä".replace("Ä", "A"), "TESTPERSON A"),
    ],
)
def test_what_means_the_same_in_plain_form_is_written_so(charset: Charset, text: str, becomes: str) -> None:
    assert fitted({Field.NAME: text}, charset=charset)["name"] == becomes


def test_a_gift_message_is_one_line_where_a_system_has_no_lines() -> None:
    values = {Field.GIFT_MESSAGE: "Happy day,\r\n\tsays Aunt  Placeholder\n"}
    assert fitted(values, line_breaks=False)["gift_message"] == "Happy day, says Aunt Placeholder"


def test_a_mark_that_sets_fields_apart_is_not_handed_over() -> None:
    with pytest.raises(DoesNotFit, match=r"and none of \* ~"):
        fitted({Field.NAME: "Testperson *"}, charset=Charset.ASCII, never="*~")


@pytest.mark.parametrize(
    ("phone", "most", "becomes"),
    [
        ("+1 555-010-0199 ext. 12345", 26, "+1 555-010-0199 ext. 12345"),
        ("+1 555-010-0199 ext. 12345", 20, "+15550100199x12345"),
        ("+1 555-010-0199 ext. 12345", 17, "5550100199x12345"),
        ("(555) 010-0199", 12, "+15550100199"),
    ],
)
def test_a_phone_number_gives_up_what_is_for_the_eye_and_keeps_its_extension(
    phone: str, most: int, becomes: str
) -> None:
    assert fitted({Field.PHONE: phone}, lengths={Field.PHONE: most})["phone"] == becomes


def test_a_phone_number_without_room_for_its_extension_is_not_handed_over() -> None:
    with pytest.raises(DoesNotFit, match="the phone has more than 15 characters"):
        fitted({Field.PHONE: "+1 555-010-0199 ext. 12345"}, lengths={Field.PHONE: 15})


def test_a_state_is_named_by_its_code_only_where_its_name_does_not_fit() -> None:
    values = {Field.REGION: "California"}
    assert fitted(values, lengths={Field.REGION: 2})["region"] == "CA"
    assert fitted(values, lengths={Field.REGION: 20})["region"] == "California"
    with pytest.raises(DoesNotFit, match="the region has more than 2"):
        fitted({Field.REGION: "Exampleshire"}, lengths={Field.REGION: 2})


def test_a_country_is_written_as_iso_has_it() -> None:
    assert fitted({Field.COUNTRY: "uk"}, lengths={Field.COUNTRY: 2})["country"] == "GB"


def test_an_adapter_says_its_limits_as_a_class_or_by_itself() -> None:
    class Narrow:
        limits = Limits(address_lines=2)

    assert limits_of(Narrow).address_lines == limits_of(Narrow()).address_lines == 2
    assert limits_of(object()) == NO_LIMITS


def texts_of(letters: str, *, most: int = 5) -> st.SearchStrategy[str]:
    """Texts of a few words."""
    return st.lists(st.text(letters, min_size=1, max_size=8), max_size=most).map(" ".join)


LATIN, MANY = "abcXYZ129", "abZ9é’—ß日ש\u200f🎁\n"
texts = texts_of(LATIN)
PLACES = (*LINES, Field.NAME, Field.COMPANY, Field.DISTRICT, Field.GIFT_MESSAGE)
SHORT = (Field.NAME, Field.COMPANY, Field.DISTRICT)
people = st.fixed_dictionaries(dict.fromkeys(PLACES, texts_of(LATIN, most=4)))
systems = st.builds(
    Limits,
    lengths=st.fixed_dictionaries(
        dict.fromkeys(LINES, st.integers(16, 40)), optional=dict.fromkeys(SHORT, st.integers(8, 24))
    ),
    address_lines=st.integers(2, 3),
    spill=st.sampled_from([(), SHORT, (Field.COMPANY,)]),
)


def _words(values: dict[str, str]) -> list[str]:
    """Every word of an address, in a form that plain marks do not change."""
    order = [*LINES, Field.NAME, Field.COMPANY, Field.DISTRICT, Field.GIFT_MESSAGE]
    return sorted(word for field in order for word in values.get(field.value, "").split())


@settings(max_examples=400)
@given(values=people, limits=systems)
def test_every_word_arrives_and_no_line_is_longer_than_its_limit(
    values: dict[Field, str], limits: Limits
) -> None:
    recipient = Recipient(values)
    try:
        done = fit(recipient, limits)
    except DoesNotFit:
        return
    before, after = recipient.disclose(), done.disclose()
    for field, most in limits.lengths.items():
        assert len(after.get(field.value, "")) <= most
    assert all(line.value not in after for line in LINES[limits.address_lines :])
    assert _words(after) == _words(before)
    assert fit(done, limits).disclose() == after


@given(
    text=texts_of(MANY),
    charset=st.sampled_from(Charset),
    never=st.sampled_from(["", "~"]),
    breaks=st.booleans(),
)
def test_a_system_gets_its_letters_alone_and_never_a_question_mark(
    *, text: str, charset: Charset, never: str, breaks: bool
) -> None:
    limits = Limits(charset=charset, never=never, line_breaks=breaks)
    try:
        done = fit(Recipient({Field.GIFT_MESSAGE: text}), limits)
    except DoesNotFit:
        assert not charset.takes(text)
        return
    after = done.disclose().get("gift_message", "")
    assert charset.takes(after)
    assert "?" not in after
    assert breaks or "\n" not in after
    assert fit(done, limits).disclose().get("gift_message", "") == after


@given(texts=st.lists(texts, min_size=1, max_size=3), most=st.integers(14, 40), count=st.integers(1, 3))
def test_the_words_of_an_address_keep_their_order(texts: list[str], most: int, count: int) -> None:
    recipient = Recipient(dict(zip(LINES, texts, strict=False)))
    try:
        done = fit(recipient, Limits(lengths=dict.fromkeys(LINES, most), address_lines=count)).disclose()
    except DoesNotFit:
        assert len(" ".join(" ".join(texts).split())) > most  # what has room in one line always fits
        return
    assert " ".join(done.get(line.value, "") for line in LINES).split() == " ".join(texts).split()
