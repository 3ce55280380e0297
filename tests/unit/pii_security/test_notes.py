import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dockseal.errors import BadInput, SignatureRefused
from dockseal.pii_security.notes import VerifierKey, public_of, signed, verified, verifier_keys

SEED = bytes(range(32))
NAME = "dockseal/invented"
KEY = VerifierKey(name=NAME, public=public_of(SEED))
OTHER = VerifierKey(name=NAME, public=public_of(SEED[::-1]))
TEXT = "one line\n\nanother after an empty one ☕\n"


def test_a_note_is_verified_with_the_public_key_alone() -> None:
    note = signed(TEXT, name=NAME, seed=SEED)
    (key,) = verifier_keys(KEY.text)
    assert verified(note, [OTHER, key]) == (TEXT, KEY)
    (bare,) = verifier_keys(KEY.pem)
    assert verified(note, [bare])[0] == TEXT
    assert bare.name == ""


def test_the_example_of_the_go_library_for_notes_verifies() -> None:
    # golang.org/x/mod/sumdb/note, the example of Open: made by a program nobody here wrote.
    (key,) = verifier_keys("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert verified(f"{text}\n— PeterNeumann {signature}\n", [key]) == (text, key)


def test_no_byte_of_a_note_can_be_changed() -> None:
    note = signed("ab\n", name=NAME, seed=SEED)
    for place in range(len(note)):
        for other in ("x", "\n", ""):
            altered = note[:place] + other + note[place + 1 :]
            if altered != note:
                with pytest.raises(SignatureRefused):
                    verified(altered, [KEY])


@pytest.mark.parametrize("more", ["\n", " ", "x\n", "\n\n"])
def test_nothing_can_be_added_at_its_end_or_its_beginning(more: str) -> None:
    note = signed(TEXT, name=NAME, seed=SEED)
    for altered in (note + more, more + note):
        with pytest.raises(SignatureRefused):
            verified(altered, [KEY])


def test_the_key_of_somebody_else_is_named_as_such() -> None:
    note = signed(TEXT, name=NAME, seed=SEED)
    with pytest.raises(SignatureRefused, match="none of these keys"):
        verified(note, [OTHER])
    with pytest.raises(SignatureRefused, match="none of these keys"):
        verified(note, [VerifierKey(name="dockseal/another", public=KEY.public)])
    with pytest.raises(SignatureRefused, match="none of these keys"):
        verified(note, [])


def test_a_text_without_a_signature_is_no_note() -> None:
    with pytest.raises(SignatureRefused, match="no signed note"):
        verified(TEXT, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        f"{NAME}+00000000+{KEY.text.split('+', 2)[2]}",
        f"{NAME}+{KEY.id_as(NAME).hex()}+{base64.b64encode(b'x' * 33).decode()}",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        verifier_keys(text)


def test_the_public_key_is_that_of_the_library() -> None:
    raw = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    assert raw == KEY.public
