import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.monitoring_audit.verifier.signatures import fits, keys_in, signed_at
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.pii_security.notes import VerifierKey, public_of, signed

SEED = bytes(range(32))
KEY = VerifierKey(name="dockseal/test", public=public_of(SEED)).text
# RFC 8032, 7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595"
        "bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb43"
        "02aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716"
        "ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_signatures_of_rfc_8032_fit_and_altered_ones_do_not(
    public: str, message: str, signature: str
) -> None:
    key, text, value = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert fits(key, value, text)
    assert not fits(key, value, text + b"x")
    assert not fits(key, value[:-1] + bytes([value[-1] ^ 1]), text)
    assert not fits(key, bytes([value[0] ^ 1]) + value[1:], text)
    assert not fits(bytes([key[0] ^ 1]) + key[1:], value, text)
    order = 2**252 + 27742317777372353535851937790883648493
    malleable = (int.from_bytes(value[32:], "little") + order).to_bytes(32, "little")
    assert not fits(key, value[:32] + malleable, text)


@settings(max_examples=20)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=50))
def test_a_note_that_the_library_signed_is_one_here_too(text: str) -> None:
    note = signed(f"{text}\n", name="dockseal/test", seed=SEED)
    assert signed_at(note, keys_in(KEY)) == [0.0]
    assert signed_at(f"x{note}", keys_in(KEY)) == []


def test_a_note_of_another_key_is_nobodys() -> None:
    note = signed("text\n", name="dockseal/test", seed=bytes(32))
    assert signed_at(note, keys_in(KEY)) == []


@pytest.mark.parametrize("text", ["x", "a+b+c", KEY[:-4], f"other{KEY}", KEY.replace("+", "-")])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Broken, match="public keys cannot be read"):
        keys_in(text)


def test_a_key_of_another_kind_is_refused() -> None:
    name, _, rest = KEY.partition("+")
    value = b"\x02" + base64.b64decode(rest.partition("+")[2])[1:]
    with pytest.raises(Broken):
        keys_in(f"{name}+{rest.partition('+')[0]}+{base64.b64encode(value).decode()}")
