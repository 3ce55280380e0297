import copy
import io
import json
import logging
import pickle
import pprint
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.recipient import Field, Recipient, recipient_from
from dockseal.errors import PlaintextRefused

LEAKS: dict[str, Callable[[Recipient], object]] = {
    "str": str,
    "repr": repr,
    "format": lambda person: f"{person}",
    "format with a spec": lambda person: format(person, ">40"),
    "percent": lambda person: "%s" % person,  # noqa: UP031 - one more way to leak
    "percent r": lambda person: "%r" % person,  # noqa: UP031 - one more way to leak
    "str.format": lambda person: "{}".format(person),  # noqa: UP032, PLW0108 - one more way to leak
    "print": lambda person: print(person, file=io.StringIO()),
    "pprint": pprint.pformat,
    "in a list": lambda person: str([person]),
    "in a dict": lambda person: repr({"person": person}),
    "list": list,
    "tuple": tuple,
    "iter": iter,
    "unpacking": lambda person: [*person],
    "json": json.dumps,
    "json with default": lambda person: json.dumps({"person": person}, default=str),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy in a list": lambda person: copy.deepcopy([person]),
    "vars": vars,
}
contents = st.dictionaries(st.sampled_from(Field), st.text(max_size=40))


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_recipient_refuses_every_way_a_value_usually_leaks(leak: Callable[[Recipient], object]) -> None:
    with pytest.raises((PlaintextRefused, TypeError)) as caught:
        leak(Recipient({Field.NAME: "Testperson Alpha"}))
    assert "Testperson" not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_protocol_of_pickle_takes_it(protocol: int) -> None:
    with pytest.raises(PlaintextRefused):
        pickle.dumps(Recipient({Field.NAME: "Testperson Alpha"}), protocol)


def test_logging_it_writes_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    logger = logging.Logger("test")
    logger.addHandler(logging.StreamHandler(stream))
    name = "Testperson " + "Alpha"
    logger.error("for %s", Recipient({Field.NAME: name}))
    written = capsys.readouterr().err
    assert "Logging error" in written
    assert name not in stream.getvalue() + written


@given(values=contents, wanted=st.frozensets(st.sampled_from(Field)))
def test_only_keeps_the_wanted_fields_that_are_present_and_no_others(
    values: dict[Field, str], wanted: frozenset[Field]
) -> None:
    present = {field: text for field, text in values.items() if text}
    person = Recipient(values)
    assert person.fields() == frozenset(present)
    assert person.only(wanted).disclose() == {
        field.value: text for field, text in present.items() if field in wanted
    }


@given(values=contents)
def test_what_is_disclosed_makes_the_same_recipient_again(values: dict[Field, str]) -> None:
    person = Recipient(values)
    assert recipient_from(person.disclose()).disclose() == person.disclose()


def test_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        recipient_from({"shoe_size": "44"})
