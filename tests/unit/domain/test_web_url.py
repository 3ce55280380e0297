import pytest

from dockseal.domain.web_url import bare, protected
from dockseal.errors import SettingsFault
from dockseal.settings import load


@pytest.mark.parametrize(
    "url", ["https://example.com", "http://127.0.0.1:8000/x", "http://localhost", "http://[::1]:9"]
)
def test_tls_or_this_machine_is_protected(url: str) -> None:
    assert protected(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://example.com",
        "ftp://127.0.0.1",
        "https://",
        "http://[",
        # A host that only begins like this machine is somebody else's.
        "http://127.0.0.1.example.com",
        "http://localhost.example.com/",
        "http://localhost@example.com",
        "http://127.0.0.1:80@example.com",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert not protected(url)


@pytest.mark.parametrize(
    "url", ["https://a:b@example.com", "https://example.com/?key=1", "https://example.com#x"]
)
def test_what_could_hold_a_secret_is_not_bare(url: str) -> None:
    assert protected(url)
    assert not bare(url)


@pytest.mark.parametrize("name", ["AMAZON_URL", "AUDIT_WITNESS", "OTLP_ENDPOINT"])
@pytest.mark.parametrize("url", ["http://127.0.0.1.example.com", "https://a:invented@example.com"])
def test_no_setting_takes_such_an_address_and_none_repeats_it(name: str, url: str) -> None:
    with pytest.raises(SettingsFault, match=f"DOCKSEAL_{name}") as fault:
        load({f"DOCKSEAL_{name}": url, "DOCKSEAL_AUDIT_WITNESS_KEY": "w" if name == "AUDIT_WITNESS" else ""})
    assert "example.com" not in str(fault.value)
