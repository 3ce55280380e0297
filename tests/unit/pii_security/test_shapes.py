import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.pii_security.shapes import LONGEST, shown, without_secrets

SECRETS = [
    "Atza|IwEBIExampleExample",
    "Atzr|IwEBIExampleExample",
    "Atc|MQEBIExampleExample",
    "Atz.sprdt|IQEBIExample/Example+Example=",
    "amzn1.oa2-cs.v1.exampleexample",
    "whsec_ZXhhbXBsZWV4YW1wbGU=",
    "dsk_example-example_example",
    "Bearer exampleexample",
    "AKIAEXAMPLEEXAMPLE00",
    "ASIAEXAMPLEEXAMPLE00",
    "IQoJb3JpZ2luExample/Example=",
    "Atza%7CIwEBIExampleExample",
    "amzn1.oa2-cs.v1.0example0example",
]
words = st.text(st.characters(categories=["Ll", "Zs"]), max_size=20)


@given(secret=st.sampled_from(SECRETS), before=words, after=words)
def test_no_known_shape_of_a_secret_stays_in_a_text(secret: str, before: str, after: str) -> None:
    text = without_secrets(f"{before} {secret} {after}")
    assert secret not in text
    assert secret.rsplit("|", maxsplit=1)[-1].removeprefix("Bearer ") not in text
    assert text.startswith(f"{before} [redacted]")
    assert text.endswith(f" {after}")


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_found_inside_json_and_urls(secret: str) -> None:
    for text in (f'{{"token":"{secret}","more":1}}', f"https://example.com/?token={secret}&more=1"):
        assert secret not in without_secrets(text)


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Security-Token=Example&X-Amz-Signature=0example",
        "AWSAccessKeyId=Example&Signature=Example%3D&Expires=1700000000",
        "spapi_oauth_code=Example&state=Example",
        "search=Testperson+Alpha",
    ],
)
def test_a_url_keeps_its_host_and_path_and_loses_its_query(query: str) -> None:
    text = without_secrets(f'"GET https://documents.example/reports/1?{query}" 200')
    assert text == '"GET https://documents.example/reports/1?[redacted]" 200'
    assert without_secrets(f"GET /orders?{query} HTTP/1.1") == "GET /orders?[redacted] HTTP/1.1"


def test_a_login_in_a_url_is_left_out() -> None:
    assert (
        without_secrets("from https://someone:word@reports.example/1")
        == "from https://[redacted]@reports.example/1"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic ZXhhbXBsZQ==",
        "authorization: AWS4-HMAC-SHA256 Credential=ZXhhbXBsZQ, Signature=ZXhhbXBsZQ",
        '{"Authorization": "Basic ZXhhbXBsZQ=="}',
        '{\\"x-amz-access-token\\": \\"ZXhhbXBsZQ\\"}',
        "[(b'Proxy-Authorization', b'Basic ZXhhbXBsZQ==')]",
        "{'Cookie': 'dockseal_session=ZXhhbXBsZQ; other=1'}",
        "Set-Cookie: dockseal_session=ZXhhbXBsZQ; HttpOnly",
    ],
)
def test_a_header_that_lets_in_is_left_out_however_it_is_written(text: str) -> None:
    assert "ZXhhbXBsZQ" not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "the queue gave no usable answer to ReceiveMessage; it is asked again",
        "set DOCKSEAL_TLS_CERTIFICATE, or listen on 127.0.0.1:8377",
        "https://sellingpartnerapi-na.amazon.com/orders/v0/orders: is it down?",
        "no cookie was sent; sign in again at /sign-in?",
    ],
)
def test_an_ordinary_sentence_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("before", [LONGEST - 10, 8 * LONGEST - 10])
def test_a_long_text_is_cut_and_no_secret_shows_at_the_cut(before: int) -> None:
    text = shown("x" * before + " Atza|IwEBIExampleExample" + "-/" * 1_000_000)
    assert len(text) <= LONGEST
    assert "IwEB" not in text
