from datetime import timedelta

import pytest

from dockseal.domain.access import Actor
from dockseal.errors import SignatureRefused
from dockseal.pii_security.notes import verified, verifier_keys
from dockseal.pii_security.signing import NAME, Signing
from unit.pii_security.safe import Safe

TEXT = "a certificate of something\n"


@pytest.fixture
def signing(safe: Safe) -> Signing:
    return Signing(credentials=safe.credentials)


def test_the_first_signature_makes_the_key_and_the_next_one_uses_it(
    safe: Safe, signing: Signing, person: Actor
) -> None:
    assert signing.public_keys() == []
    first, again = signing.sign(TEXT, person), signing.sign(TEXT, person)
    assert first == again, "Ed25519 signs the same text the same"
    assert verified(first, signing.public_keys())[0] == TEXT
    assert [dict(row.fields) for row in safe.rows(tag="key:signing:stored")] == [
        {"credential": NAME, "version": "1"}
    ]


def test_an_altered_certificate_is_refused(signing: Signing, person: Actor) -> None:
    note = signing.sign(TEXT, person)
    with pytest.raises(SignatureRefused, match="altered"):
        verified(note.replace("something", "somethinG"), signing.public_keys())


def test_after_a_rotation_old_certificates_verify_by_the_old_public_key(
    safe: Safe, signing: Signing, person: Actor
) -> None:
    old = signing.sign(TEXT, person)
    (handed_out,) = signing.public_keys()
    safe.clock.advance(timedelta(days=300))
    newest = signing.rotate(person)
    new = signing.sign(TEXT, person)
    assert new != old
    assert signing.public_keys() == [handed_out, newest]
    assert verified(old, signing.public_keys()) == (TEXT, handed_out)
    assert verified(old, verifier_keys(handed_out.text)) == (TEXT, handed_out)
    assert verified(new, [newest]) == (TEXT, newest)
    with pytest.raises(SignatureRefused):
        verified(new, [handed_out])


def test_of_a_key_that_was_rotated_nothing_is_left_but_its_public_part(
    safe: Safe, signing: Signing, person: Actor
) -> None:
    signing.sign(TEXT, person)
    before = safe.credentials.contents(NAME)
    signing.rotate(person)
    after = safe.credentials.contents(NAME)
    assert before is not None
    assert after is not None
    assert before["seed"] not in "".join(after.values())
    assert [each.version for each in safe.storage.credentials.all()] == [2]
    assert safe.storage.credentials.several() == []


def test_the_key_survives_a_new_master_key(safe: Safe, signing: Signing, person: Actor) -> None:
    note = signing.sign(TEXT, person)
    label = safe.keys.begin_rotation()
    safe.credentials.reseal(person)
    safe.keys.finish_rotation(label)
    assert signing.sign(TEXT, person) == note
