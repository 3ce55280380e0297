"""The rules: what carriers publish as examples fits them, and what is wrong does not."""

import random

import pytest

from dockseal.shipment_confirmation.carriers.table import ROWS
from dockseal.shipment_confirmation.tracking_numbers.rule import Reading, Rule
from dockseal.shipment_confirmation.tracking_numbers.rulebook import (
    COMPLETE,
    FAMILIES,
    RULES,
    relatives,
)
from dockseal.shipment_confirmation.tracking_numbers.upu import ISSUERS as POSTS
from spapi_simulator.world.carriers import CARRIERS
from unit.shipment_confirmation.tracking_numbers.issuing import ISSUERS, Issuer
from unit.shipment_confirmation.tracking_numbers.published import NOBODYS, RIGHT, SHAPED, WRONG

NAMED = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_published_fits_its_rule(name: str) -> None:
    expected = Reading.RIGHT if NAMED[name].check else Reading.NONE
    assert {number: NAMED[name].read(number) for number in RIGHT[name]} == dict.fromkeys(
        RIGHT[name], expected
    )


@pytest.mark.parametrize("name", WRONG)
def test_what_is_published_as_wrong_has_a_wrong_check_digit(name: str) -> None:
    assert {NAMED[name].read(number) for number in WRONG[name]} == {Reading.WRONG}


@pytest.mark.parametrize("name", SHAPED)
def test_what_has_the_shape_of_a_rule_fits_it(name: str) -> None:
    assert all(NAMED[name].read(number) in {Reading.RIGHT, Reading.NONE} for number in SHAPED[name])


def test_every_rule_has_examples() -> None:
    posts = {f"UPU S10 {country}" for country in POSTS}
    rest = {rule.name for rule in RULES} - RIGHT.keys() - SHAPED.keys() - posts
    assert rest == {
        "DPD 15"
    }  # its check digits are letters but for one in four; the generated ones have them


@pytest.mark.parametrize("number", NOBODYS)
def test_what_only_looks_like_a_number_fits_no_exclusive_rule(number: str) -> None:
    assert [rule.name for rule in RULES if rule.exclusive and rule.read(number)] == []


@pytest.mark.parametrize("country", POSTS)
def test_the_items_of_every_post_are_read(country: str) -> None:
    rule = NAMED[f"UPU S10 {country}"]
    assert rule.read(f"RB123456785{country}") is Reading.RIGHT
    assert rule.read(f"RB123456786{country}") is Reading.WRONG
    assert rule.read(f"RB12345678{country}") is None


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda each: f"{each.carrier} {each.kind}")
def test_generated_numbers_fit_a_rule_of_their_carrier_and_one_wrong_digit_is_found(issuer: Issuer) -> None:
    chance = random.Random(1)
    own = [rule for rule in RULES if rule.used_by(issuer.carrier)]
    for _ in range(100):
        number = issuer.number(chance)
        assert Reading.RIGHT in {rule.read(number) for rule in own}, number
        wrong = issuer.with_one_wrong_digit(chance)
        assert Reading.NONE not in {rule.read(wrong) for rule in own}, wrong


def test_no_two_exclusive_rules_take_the_same_number() -> None:
    numbers = [number for each in (*RIGHT.values(), *SHAPED.values()) for number in each]
    chance = random.Random(2)
    numbers += [issuer.number(chance) for issuer in ISSUERS for _ in range(50)]
    for number in numbers:
        found = [
            rule for rule in RULES if rule.exclusive and rule.read(number) in {Reading.RIGHT, Reading.NONE}
        ]
        assert len(found) <= 1, (number, [rule.name for rule in found])


def test_names_are_unique_and_every_rule_says_its_shape_and_its_source() -> None:
    assert len(NAMED) == len(RULES)
    assert all(rule.shape and rule.source and rule.carriers for rule in RULES)


ABROAD = {
    "Chunghwa Post", "ELTA", "Israel Post", "Korea Post", "Latvijas Pasts", "Lietuvos paštas", "Magyar Posta",
    "Omniva", "POST Luxembourg", "Pos Malaysia", "Posten", "Pošta Slovenije", "Poșta Română",
    "Slovenská pošta", "Thailand Post", "Česká pošta",
}  # fmt: skip
"""Postal services without a marketplace of Amazon's: they only appear as issuers of numbers."""


def test_carriers_are_named_as_in_the_table_of_carriers() -> None:
    """Under another name it would never be found."""
    named = {carrier for rule in RULES for carrier in (*rule.carriers, *rule.shared)}
    named |= {carrier for family in FAMILIES for carrier in family.carriers} | set(COMPLETE)
    labels = {row.label for row in ROWS} | CARRIERS
    assert named - labels == ABROAD


@pytest.mark.parametrize("carrier", COMPLETE)
def test_a_carrier_that_is_known_completely_has_rules_or_uses_those_of_others(carrier: str) -> None:
    assert any(rule.used_by(carrier) for rule in RULES)


def test_families_are_symmetric_and_say_why() -> None:
    for family in FAMILIES:
        assert family.reason
        for carrier in family.carriers:
            assert set(family.carriers) <= relatives(carrier)
    assert relatives("Blue Package") == {"Blue Package"}
    assert "DPD" not in relatives("La Poste")  # Chronopost belongs to both; they do not to each other


def test_a_rule_reads_only_whole_numbers() -> None:
    for name, numbers in RIGHT.items():
        rule: Rule = NAMED[name]
        for number in numbers:
            assert rule.read(f"{number} ") is None
            assert rule.read(f"#{number}") is None
