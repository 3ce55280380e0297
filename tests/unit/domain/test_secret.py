import copy
import json
import pickle
from collections.abc import Callable

import pytest

from dockseal.domain.secret import LwaCredentials, Secret

LEAKS: dict[str, Callable[[Secret], object]] = {
    "str": str,
    "format": lambda secret: f"{secret}",
    "json": json.dumps,
    "json with default": lambda secret: json.dumps(secret, default=str),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_secret_refuses_to_be_shown(leak: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as caught:
        leak(Secret("an invented secret"))
    assert "invented" not in str(caught.value)


def test_showing_what_holds_secrets_shows_none() -> None:
    login = LwaCredentials(client_id="id", client_secret=Secret("one"), refresh_token=Secret("two"))
    assert (
        repr(login)
        == "LwaCredentials(client_id='id', client_secret=Secret(****), refresh_token=Secret(****))"
    )


def test_equal_secrets_are_equal() -> None:
    assert Secret("one") == Secret("one")
    assert Secret("one") != Secret("two")
    assert Secret("one") != "one"
