"""Somebody with the whole vault database, no keys, and a list of everybody who may be in it.

What such an attacker can use are equal clues: who ordered three times in a day has three of them. So each
person of the list is told to the attacker with how often they ordered, and the best matching of the two is
made. Chance is what is right without the database: always naming who ordered most.
"""

import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.clue import ClueKind
from dockseal.pii_security import blind_index
from dockseal.pii_security.blind_index import clue_bits
from dockseal.pii_security.blind_words import words_of
from dockseal.storage.store import DatabasePlaces, Storage
from unit.pii_security.safe import NOW, SELLER, Safe, someone

BUYERS = 500
"""Of one seller in one epoch: five bits are meant for 65 to 1,023."""
KEYS = 100
NO_BETTER = 1.3
"""The bound: so many times chance, in the mean over the keys; by luck alone it varies by a tenth."""
_REPEATS = (1,) * 17 + (2, 2, 3)
Mark = Callable[[bytes, bytes], int]
"""Makes what the database shows of a key and a word."""


def phones() -> list[str]:
    """A list as of a census: everybody's number, in plainly invented ranges."""
    return [f"+1 {206 + number // 100}-555-01{number % 100:02}" for number in range(BUYERS)]


def placed(seed: int) -> list[int]:
    """Whose orders the rows are, in the order that they lie in the table."""
    chosen = Random(seed)
    orders = [buyer for buyer in range(BUYERS) for _ in range(chosen.choice(_REPEATS))]
    chosen.shuffle(orders)
    return orders


def guesses(marks: Sequence[int], often: Counter[int]) -> list[int]:
    """Whom the attacker names for each row: the commonest clue is whoever ordered most, and so on."""
    ranked = [mark for mark, _ in Counter(marks).most_common()]
    people = [buyer for buyer, _ in often.most_common()]
    named = dict(zip(ranked, people, strict=False))
    return [named[mark] for mark in marks]


def right(mark: Mark, *, keys: Sequence[bytes]) -> tuple[float, float]:
    """How often the attacker is right, and how often who has no database is: means over keys."""
    words = [words_of(SELLER, someone(phone=phone))[ClueKind.PHONE] for phone in phones()]
    found, chance = [], []
    for seed, key in enumerate(keys):
        orders = placed(seed)
        often = Counter(orders)
        named = guesses([mark(key, words[buyer]) for buyer in orders], often)
        found.append(sum(map(int.__eq__, named, orders)) / len(orders))
        chance.append(max(often.values()) / len(orders))
    return mean(found), mean(chance)


def our_mark(key: bytes, word: bytes) -> int:
    return clue_bits(key, SELLER, ClueKind.PHONE, word)


def test_an_attacker_without_keys_guesses_no_better_than_chance(capsys: pytest.CaptureFixture[str]) -> None:
    keys = [sha256(bytes([number])).digest() for number in range(KEYS)]
    found, chance = right(our_mark, keys=keys)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{found:.2%} of the rows named rightly, {chance:.2%} by chance, over {KEYS} keys\n"
        )
    assert found <= NO_BETTER * chance


def test_the_same_attacker_is_right_where_a_clue_is_no_blind_one() -> None:
    """Without truncation the often ones stand out; a hash without a key is looked up in the list."""
    keys = [sha256(bytes([number])).digest() for number in range(4)]
    whole, chance = right(lambda key, word: int.from_bytes(sha256(key + word).digest()), keys=keys)
    assert whole > 1.2 * NO_BETTER * chance
    words = [words_of(SELLER, someone(phone=phone))[ClueKind.PHONE] for phone in phones()]
    known = {sha256(word).digest(): buyer for buyer, word in enumerate(words)}
    assert all(known[sha256(word).digest()] == buyer for buyer, word in enumerate(words))


def test_guessed_keys_match_the_rows_of_a_real_vault_as_often_as_chance_does(tmp_path: Path) -> None:
    """Who knows the code, the seller, the epoch and the right number, but no key, learns nothing of a row."""
    storage = Storage.open(
        DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3"),
        secret_key="only for tests",
    )
    safe = Safe(folder=tmp_path, storage=storage, clock=ManualClock(start=NOW))
    listed = phones()[:32]
    for phone in listed:
        safe.vault.seal(safe.order(), someone(phone=phone))
    (epoch,) = safe.keys.epochs()
    key = safe.keys.existing_key(epoch)
    storage.close()
    with closing(sqlite3.connect(tmp_path / "vault.sqlite3")) as vault:
        rows = vault.execute(
            "SELECT seller, epoch, bits FROM vault_clue WHERE kind = 'phone' ORDER BY id"
        ).fetchall()
    words = [words_of(SELLER, someone(phone=phone))[ClueKind.PHONE] for phone in listed]
    pairs = list(zip(words, (bits for _, _, bits in rows), strict=True))
    assert all(our_mark(key, word) == bits for word, bits in pairs), "with the key all match"
    guessed = [b"\0" * 32, *(sha256(f"{guess}".encode()).digest() for guess in (*range(200), epoch, SELLER))]
    hits = sum(our_mark(guess, word) == bits for guess in guessed for word, bits in pairs)
    tries = len(guessed) * len(rows)
    expected = tries / 2**blind_index.BITS
    assert abs(hits - expected) < 6 * expected**0.5, f"{hits} of {tries} match, {expected:.0f} by chance"
