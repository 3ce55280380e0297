"""The clauses of secrets and keys: encrypted, rotated, out of reach, and in no setting."""

from dockseal.domain.credential_age import Stage
from dockseal.domain.policy import RISK_ASSESSED_WITHIN
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts

_TOO_OLD = frozenset({Stage.OVERDUE, Stage.UNKNOWN})


def _rotated(facts: Facts) -> Evidence:
    old = [each for each in facts.credentials if each.stage(facts.now) in _TOO_OLD]
    figures = (("credentials", len(facts.credentials)), ("overdue", len(old)))
    if old:
        names = ", ".join(each.name for each in old)
        sentence = (
            f"Overdue, or of an unknown age: {names}. `dockseal credentials list` says what rotates each"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    due = min((each.due for each in facts.credentials if each.due), default=None)
    then = f"; the next is due on {due:%Y-%m-%d}" if due else ""
    sentence = f"All {len(facts.credentials)} credentials are sealed, and within their terms{then}"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _at_rest(facts: Facts) -> Evidence:
    keys, records = facts.keys, facts.retention.records
    figures = (
        ("cipher", "AES-256-GCM"),
        ("sealed records", records),
        ("keys of epochs", keys.epochs),
        ("key provider", keys.provider),
        ("the master key lies under", keys.guard),
    )
    faults = [*keys.faults, *(f"no master key opens the key of epoch {each}" for each in keys.unopened)]
    if faults:
        sentence = f"The keys are not what they should be: {faults[0]}"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"{records} records are sealed with AES-256-GCM, each under a key of its own; the keys of "
        f"{keys.epochs} epochs wrap those, and lie apart from the data, closed to every other user"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _no_secret_in_the_settings(facts: Facts) -> Evidence:
    found = facts.settings_with_secrets
    figures = (("settings with a secret", len(found)),)
    if found:
        sentence = f"A secret stands in {', '.join(found)}: take it out, and rotate it"
        return Evidence(met=False, sentence=sentence, figures=figures)
    against = "a simulator" if facts.simulated else "Amazon"
    sentence = f"No setting holds a secret; this installation works against {against}"
    return Evidence(met=True, sentence=sentence, figures=figures)


CONTROLS = (
    Control(
        id="1.4.2",
        title="Credentials of programs are encrypted, listed, and rotated within twelve months",
        certainty=Certainty.READERS,
        enforced_by=(
            "pii_security/credentials.py",
            "domain/credential_age.py",
            "monitoring_audit/inventory.py",
            "order_synchronization/rotating.py",
        ),
        proved_by=(
            "tests/unit/monitoring_audit/test_inventory.py::"
            "test_health_tells_of_each_by_name_from_its_day_on",
            "tests/unit/monitoring_audit/test_inventory.py::"
            "test_every_credential_has_its_class_owner_age_and_the_command_that_rotates_it",
        ),
        probe=_rotated,
    ),
    Control(
        id="2.4",
        title="Personal data is encrypted at rest, backups too, with keys only the service can use",
        certainty=Certainty.AMAZON,
        enforced_by=("pii_security/envelope.py", "pii_security/keys.py", "pii_security/vault.py"),
        proved_by=(
            "tests/unit/pii_security/test_envelope.py::test_any_changed_byte_breaks_the_seal",
            "tests/unit/pii_security/test_keys.py::test_only_the_owner_can_read_any_of_it",
            "tests/faults/test_attacker.py::test_with_every_database_and_no_key_nothing_is_read",
        ),
        probe=_at_rest,
    ),
    Control(
        id="2.4-classification",
        title="A document says how data is classified and handled",
        certainty=Certainty.AMAZON,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/data-handling-policy.md",
    ),
    Control(
        id="2.5",
        title="No secret stands in code or settings; tests use no real personal data",
        certainty=Certainty.READERS,
        enforced_by=("settings.py", "domain/database_url.py", "domain/secret.py"),
        proved_by=(
            "tests/house/test_no_secrets.py::"
            "test_no_tracked_file_and_no_commit_ever_held_a_secret_and_every_known_one_has_its_reason",
            "tests/unit/test_settings.py::test_a_password_in_an_url_is_refused_and_not_repeated",
        ),
        probe=_no_secret_in_the_settings,
    ),
)
