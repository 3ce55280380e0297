"""The clauses of how long what is kept, where it comes from, and what is erased on request."""

from datetime import datetime

from dockseal.domain.policy import ERASED_WITHIN, LONGEST_IMPERSONAL, LONGEST_KEEP, RISK_ASSESSED_WITHIN
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts


def _days(facts: Facts, since: datetime | None) -> int:
    return 0 if since is None else (facts.now - since).days


def _in_time(facts: Facts) -> Evidence:
    kept = facts.retention
    figures = (
        ("sealed records", kept.records),
        ("past their deadline", kept.past_deadline),
        ("keys past their end", kept.ended_keys),
        ("shredded epochs", kept.shredded_epochs),
        ("age of the oldest record in days", _days(facts, kept.oldest_sealed_at)),
        ("archives past their end", len(kept.overdue_archives)),
    )
    faults = list(kept.copies)
    if kept.past_deadline or kept.ended_keys:
        faults.append(
            f"{kept.past_deadline} records and {kept.ended_keys} keys are there past their deadline: look at "
            "the lane shred, and at who may delete in the key store and the vault"
        )
    if kept.oldest_sealed_at is not None and facts.now - kept.oldest_sealed_at > LONGEST_KEEP:
        faults.append(
            f"The oldest record was sealed {_days(facts, kept.oldest_sealed_at)} days ago, whatever its "
            "deadline says: find out who moved it, and erase its order"
        )
    if kept.overdue_archives:
        faults.append(
            f"No law demands archive {', '.join(kept.overdue_archives)} any more: run `dockseal archive "
            "delete` on its file, and destroy every copy of it"
        )
    if faults:
        return Evidence(met=False, sentence=faults[0], figures=figures)
    sentence = (
        f"None of {kept.records} records and no key is there past its deadline, and none of {kept.archives} "
        f"archives past its law's; the oldest record is {_days(facts, kept.oldest_sealed_at)} days old"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _from_shipment(facts: Facts) -> Evidence:
    kept = facts.retention
    figures = (
        ("days kept", kept.keep.days),
        ("days of key backups", kept.key_backups.days),
        ("kept for longer", kept.too_long),
    )
    if kept.keep > LONGEST_KEEP or kept.too_long:
        sentence = (
            f"{kept.too_long} records are to be kept for more than {LONGEST_KEEP.days} days after their "
            "retrieval: somebody moved their deadlines; erase those orders"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"Deadlines lie {kept.keep.days} days at most after the first of retrieval, shipment and delivery, "
        f"less {kept.key_backups.days} days that backups of the keys live; no record lies beyond"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _left(facts: Facts) -> Evidence:
    left = facts.retention.left_behind
    figures = (("sellers", facts.sellers), ("not erased in time", len(left)))
    if left:
        sentence = (
            f"The consent of {', '.join(left)} ended more than {ERASED_WITHIN.days} days ago, and data of "
            "theirs is still kept: renew it, or run `dockseal erase seller`"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = f"Of {facts.sellers} sellers none left more than {ERASED_WITHIN.days} days ago unerased"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _impersonal(facts: Facts) -> Evidence:
    kept, overdue = facts.retention, facts.trail.segments.overdue
    oldest, days = kept.oldest_order_at, _days(facts, kept.oldest_order_at)
    figures = (
        ("orders", kept.orders),
        ("age of the oldest in days", days),
        ("segments of the trail past their end", len(overdue)),
    )
    if oldest is not None and facts.now - oldest > LONGEST_IMPERSONAL:
        sentence = (
            f"The oldest order was taken in {days} days ago, and Amazon's other data may be kept for 18 "
            "months: run `dockseal orders forget`, and on PostgreSQL then `dockseal database forget` as the "
            "owner of the tables"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    if overdue:
        sentence = (
            f"The segment of the audit trail up to row {overdue[0]} is over 18 months old: delete each copy "
            f"of it, and run `dockseal audit deleted {overdue[0]}`"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    ends = f"; `dockseal orders forget` by {oldest + LONGEST_IMPERSONAL:%Y-%m-%d}" if oldest else ""
    sentence = f"The oldest of {kept.orders} orders is {days} days old, and no segment past its end{ends}"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _origin(facts: Facts) -> Evidence:
    lost = facts.retention.without_origin
    figures = (("orders", facts.retention.orders), ("without their seller", lost))
    if lost:
        sentence = f"{lost} orders or records name no seller that is configured: find out who wrote them"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = "Every order and every record names its seller; personal data has a database of its own"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _requests(facts: Facts) -> Evidence:
    unfinished = facts.retention.unfinished_erasures
    figures = (("not finished", unfinished),)
    if unfinished:
        sentence = (
            f"{unfinished} erasures were asked for and not finished: run `dockseal erase` for each again"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    return Evidence(
        met=True, sentence="Every erasure that was asked for was finished, and certified", figures=figures
    )


CONTROLS = (
    Control(
        id="1.7-left",
        title="Everything of a seller is deleted within 30 days of Amazon's word or of its leaving",
        certainty=Certainty.READERS,
        enforced_by=("pii_security/erasure.py", "pii_security/shredding.py"),
        proved_by=(
            "tests/unit/pii_security/test_erasure.py::"
            "test_a_seller_who_leaves_takes_everything_along_and_no_other_seller_loses_anything",
        ),
        probe=_left,
    ),
    Control(
        id="1.7-age",
        title="Amazon's data that is not personal is kept for 18 months at most",
        certainty=Certainty.READERS,
        enforced_by=(
            "monitoring_audit/forgetting.py",
            "storage/forgetting.py",
            "monitoring_audit/looking/old_orders.py",
            "monitoring_audit/segments.py",
        ),
        proved_by=(
            "tests/unit/monitoring_audit/test_forgetting.py::"
            "test_old_orders_go_with_all_that_was_kept_for_them_and_young_ones_stay",
            "tests/unit/monitoring_audit/test_segments.py::test_old_rows_and_old_segments_are_told_of",
        ),
        probe=_impersonal,
    ),
    Control(
        id="1.8",
        title="The origin of every datum is known",
        certainty=Certainty.READERS,
        enforced_by=("storage/operations/models.py", "storage/vault/models.py", "storage/apart.py"),
        proved_by=(
            "tests/unit/storage/test_schema.py::test_no_column_holds_personal_data",
            "tests/unit/storage/test_store.py::test_swapped_databases_are_refused",
        ),
        probe=_origin,
    ),
    Control(
        id="2.1",
        title="Personal data is gone 30 days after delivery, every copy of it",
        certainty=Certainty.AMAZON,
        enforced_by=("pii_security/shredding.py", "pii_security/vault.py", "pii_security/copies.py"),
        proved_by=(
            "tests/faults/test_canaries.py::test_after_the_deadline_no_key_and_no_row_of_it_is_left",
            "tests/faults/test_attacker.py::"
            "test_with_every_copy_nothing_is_read_past_its_promised_end_and_most_is_before",
        ),
        probe=_in_time,
    ),
    Control(
        id="2.1-form",
        title="It is gone 30 days after shipment, as the registration form has it",
        certainty=Certainty.READER,
        enforced_by=("pii_security/deadlines.py", "pii_security/epochs.py", "settings.py"),
        proved_by=(
            "tests/unit/pii_security/test_deadlines.py::"
            "test_with_the_last_key_backup_nothing_outlives_thirty_days_after_anything_that_was_told",
            "tests/unit/test_settings.py::"
            "test_no_settings_are_accepted_that_keep_a_readable_copy_beyond_30_days",
        ),
        probe=_from_shipment,
    ),
    Control(
        id="2.2",
        title="A written policy, published on the seller's own domain, says how personal data is handled",
        certainty=Certainty.READERS,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/data-handling-policy.md",
    ),
    Control(
        id="2.2-requests",
        title="What a person or Amazon asks to erase is erased",
        certainty=Certainty.UNVERIFIED,
        enforced_by=("pii_security/erasure.py", "pii_security/restoring.py"),
        proved_by=(
            "tests/unit/pii_security/test_erasing_buyers.py::"
            "test_all_orders_of_a_buyer_are_erased_at_this_seller_alone",
            "tests/unit/pii_security/test_restored.py::"
            "test_an_erasure_that_was_killed_is_finished_by_the_next_start",
        ),
        probe=_requests,
    ),
)
