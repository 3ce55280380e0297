import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.access import Purpose
from dockseal.domain.order import OrdersApi
from dockseal.monitoring_audit.kinds import Kind, code, count, field_names, flag, instant, purpose, reference
from dockseal.monitoring_audit.specs import SPECS, checked
from dockseal.monitoring_audit.tags import Tag

GOOD: dict[Kind, object] = {
    code: "no_sku",
    count: 3,
    field_names: "name,city",
    flag: True,
    instant: datetime(2026, 11, 2, tzinfo=UTC),
    purpose: Purpose.SHIPPING_LABEL,
    reference: "acme-us",
}


def test_every_tag_has_three_parts_and_a_spec() -> None:
    assert set(SPECS) == set(Tag)
    for tag in Tag:
        assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z_]+", tag.value)
        assert tag.name == tag.value.upper().replace(":", "_")


@given(tag=st.sampled_from(Tag), data=st.data())
def test_fields_that_fit_the_tag_are_taken(tag: Tag, data: st.DataObject) -> None:
    spec = SPECS[tag]
    chosen = data.draw(st.sets(st.sampled_from(sorted(spec.kinds)))) if spec.kinds else set()
    fields = {name: GOOD[spec.kinds[name]] for name in chosen | spec.needed}
    kept = checked(tag, fields)
    assert list(kept) == sorted(fields)
    assert all(isinstance(text, str) for text in kept.values())


@given(tag=st.sampled_from(Tag), name=st.text(min_size=1))
def test_an_unknown_field_is_refused_by_name(tag: Tag, name: str) -> None:
    spec = SPECS[tag]
    if name in spec.kinds:
        return
    fields = {needed: GOOD[spec.kinds[needed]] for needed in spec.needed} | {name: "x"}
    with pytest.raises(ValueError, match=re.escape(f"{tag.value} takes no field {name}")):
        checked(tag, fields)


@pytest.mark.parametrize("tag", [tag for tag in Tag if SPECS[tag].needed])
def test_a_row_that_would_not_say_enough_is_refused(tag: Tag) -> None:
    with pytest.raises(ValueError, match=f"{tag} needs "):
        checked(tag, {})


@given(tag=st.sampled_from([tag for tag in Tag if SPECS[tag].kinds]), data=st.data())
def test_no_field_of_any_tag_takes_free_text_and_the_refusal_does_not_show_it(
    tag: Tag, data: st.DataObject
) -> None:
    spec = SPECS[tag]
    name = data.draw(st.sampled_from(sorted(spec.kinds)))
    text = data.draw(
        st.sampled_from(
            [
                "Testperson Alpha",
                "1 Sample Street",
                "alpha@example.com",
                "+1 555 0100",
                "113-0000000-0000001",
                "order-113-0000000-0000001",
                "Ünnamed",
                "two\nlines",
                "x" * 101,
                "",
            ]
        )
    )
    fields = {needed: GOOD[spec.kinds[needed]] for needed in spec.needed} | {name: text}
    with pytest.raises(ValueError, match=f"^{name} of {tag} takes ") as caught:
        checked(tag, fields)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (count, -1, "a whole number"),
        (count, True, "a whole number"),
        (count, "3", "a whole number"),
        (count, 1.5, "a whole number"),
        (flag, 1, "True or False"),
        (instant, datetime(2026, 11, 2), "with a zone"),  # noqa: DTZ001 - a naive one is what is tried
        (instant, "2026-11-02T00:00:00Z", "an instant"),
        (code, "Upper", "small letters"),
        (reference, 5, "a reference of ours"),
        (purpose, "marketing", "one of the purposes"),
        (field_names, "name,height", "names of fields"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        kind(value)


def test_what_is_kept_of_a_value() -> None:
    assert code(OrdersApi.V2026) == "v2026"
    assert purpose("hand-over to the warehouse") == purpose(Purpose.HAND_OVER) == "hand_over"
    assert field_names("name,city,name") == "city,name"
    assert flag(False) == "false"
    assert instant(datetime.fromisoformat("2026-11-02T09:00:00+01:00")) == "2026-11-02T08:00:00+00:00"
