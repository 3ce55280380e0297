"""What a look found, as alerts may carry it."""

from dockseal.monitoring_audit.alerts.findings import LONGEST_SENTENCE, found
from dockseal.pii_security.shapes import without_secrets
from unit.monitoring_audit.alerts.made import bad, findings, well


def test_what_is_not_well_is_found_by_name() -> None:
    seen = findings(bad("sweep acme-us", "It is late."), well("database"))
    assert dict(seen.bad) == {"sweep acme-us": "It is late."}
    assert seen.well == {"database"}


def test_of_checks_that_share_a_name_each_sentence_counts_and_the_bad_one_wins() -> None:
    seen = findings(
        bad("shredder", "One."), bad("shredder", "Two."), bad("shredder", "One."), well("shredder")
    )
    assert seen.bad["shredder"] == "One. Two."
    assert not seen.over("shredder")


def test_no_text_carries_an_order_id_of_amazon_or_a_secret() -> None:
    check = bad("lane verify/acme-us", "Amazon refused order 113-1234567-7654321 with Atza|abcdef: look.")
    (sentence,) = found([check], without_secrets).bad.values()
    assert sentence == "Amazon refused order (see the console) with [redacted] look."


def test_a_sentence_ends_somewhere() -> None:
    assert len(findings(bad("archive a", "long " * 1000)).bad["archive a"]) == LONGEST_SENTENCE


def test_what_could_not_be_looked_at_is_not_over() -> None:
    assert findings().over("sweep acme-us")
    assert not findings(bad("blind sellers")).over("sweep acme-us")
    assert findings(bad("blind sellers"), well("sweep acme-us")).over("sweep acme-us")


def test_more_opens_than_usual_in_all_blind_nobody() -> None:
    assert findings(bad("openings in all")).over("sweep acme-us")
    assert not findings(bad("openings")).over("sweep acme-us")


def test_a_look_that_could_not_go_on_blinds_whichever_it_was() -> None:
    assert not findings(bad("blind incidents")).over("canary person:ada")
    assert findings(bad("blindfold")).over("canary person:ada")
