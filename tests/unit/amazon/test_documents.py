import gzip

import pytest

from dockseal.amazon.documents import plain, presigned
from dockseal.amazon.session import Answer
from dockseal.errors import AmazonUnavailable, AnswerUnreadable


def answer(**values: object) -> Answer:
    return Answer(status=200, json=values, request_id="invented")


@pytest.mark.parametrize("url", ["https://files.example.com/report", "http://127.0.0.1:8000/report"])
def test_an_encrypted_address_is_followed_and_one_of_this_machine(url: str) -> None:
    assert presigned(answer(url=url), "the report").reveal() == url


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/report",
        "http://127.0.0.1:80@files.example.com/report",
        "http://127.0.0.1.example.com/report",
        "file:///report",
        "https://",
    ],
)
def test_any_other_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(AnswerUnreadable) as caught:
        presigned(answer(url=url), "the report")
    assert "files.example.com" not in str(caught.value)


def test_without_an_address_there_is_nothing_to_follow() -> None:
    with pytest.raises(AnswerUnreadable):
        presigned(answer(), "the report")


def test_a_packed_document_is_unpacked_and_one_that_was_cut_off_is_fetched_again() -> None:
    packed = gzip.compress(b"order-id\n")
    assert plain(packed, "the report") == b"order-id\n"
    assert plain(b"order-id\n", "the report") == b"order-id\n"
    with pytest.raises(AmazonUnavailable):
        plain(packed[:-4], "the report")
