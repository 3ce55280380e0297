"""Documents behind presigned URLs, at the seam that feeds and reports use."""

from datetime import timedelta

import httpx
import pytest
from shop import START

from spapi_simulator import ManualClock
from spapi_simulator.front.documents import Document, Documents
from spapi_simulator.front.transport import SimulatorTransport
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

BASE = "https://spapi-documents.s3.amazonaws.com"
KIND = "text/xml; charset=UTF-8"


class Shelf:
    """Documents with a client at the links' end."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.documents = Documents(Seeded(7), Present(self.clock))
        answer = lambda request: self.documents.answer(request, request_id="1", now=self.clock.now())  # noqa: E731 - said once
        self.http = httpx.Client(transport=SimulatorTransport(answer))

    def open(self) -> Document:
        return self.documents.open("doc-1", content_type=KIND, life=timedelta(days=2))

    def upload(self, url: str, kind: str = KIND) -> httpx.Response:
        return self.http.put(url, content=b"<a/>", headers={"content-type": kind})


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_what_is_uploaded_can_be_fetched(shelf: Shelf) -> None:
    document = shelf.open()
    url = shelf.documents.link(document, base=BASE, method="PUT")
    assert shelf.upload(url).status_code == 200
    answer = shelf.http.get(shelf.documents.link(document, base=BASE))
    assert (answer.content, answer.headers["content-type"]) == (b"<a/>", KIND)


def test_a_link_lives_five_minutes(shelf: Shelf) -> None:
    url = shelf.documents.link(shelf.open(), base=BASE, method="PUT")
    shelf.clock.advance(seconds=299)
    assert shelf.upload(url).status_code == 200
    shelf.clock.advance(seconds=1)
    refused = shelf.upload(url)
    assert (refused.status_code, "<Code>AccessDenied</Code>" in refused.text) == (403, True)


@pytest.mark.parametrize("kind", ["text/xml", "text/xml;charset=UTF-8", "application/json"])
def test_an_upload_must_carry_the_content_type_it_was_made_for(shelf: Shelf, kind: str) -> None:
    refused = shelf.upload(shelf.documents.link(shelf.open(), base=BASE, method="PUT"), kind)
    assert (refused.status_code, "SignatureDoesNotMatch" in refused.text) == (403, True)


def test_a_link_is_good_for_its_method_its_document_and_its_signature(shelf: Shelf) -> None:
    document = shelf.open()
    url = shelf.documents.link(document, base=BASE, method="PUT")
    assert shelf.http.get(url).status_code == 403
    assert shelf.upload(url.replace("doc-1", "doc-2")).status_code == 403
    assert shelf.upload(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert shelf.http.get(shelf.documents.link(document, base=BASE)).status_code == 404


def test_a_document_is_forgotten_after_its_life(shelf: Shelf) -> None:
    document = shelf.open()
    shelf.documents.fill(document, b"x")
    shelf.clock.advance(timedelta(days=2))
    url = shelf.documents.link(document, base=BASE)
    assert shelf.http.get(url).status_code == 403
    assert shelf.documents.find("doc-1") is None


def test_a_compressed_document_says_so_only_where_that_was_asked_for(shelf: Shelf) -> None:
    document = shelf.open()
    shelf.documents.fill(document, b"long text", compress=True)
    plain = shelf.http.get(shelf.documents.link(document, base=BASE))
    assert plain.content == document.content
    unpacked = shelf.http.get(shelf.documents.link(document, base=BASE, shows_encoding=True))
    assert unpacked.content == document.plain == b"long text"
