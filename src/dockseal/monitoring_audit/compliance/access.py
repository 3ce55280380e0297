"""The clauses of access: who is let in, for how long, and who looks at that."""

from datetime import timedelta

from dockseal.domain.policy import (
    ACCESS_REVIEWED_WITHIN,
    LEAVER_OUT_WITHIN,
    LONGEST_IDLE,
    MOST_FAILURES,
    PASSWORD_LIVES,
    PASSWORDS_REMEMBERED,
    RISK_ASSESSED_WITHIN,
    SHORTEST_PASSWORD,
    TRAINED_WITHIN,
)
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts

_MOST_BY_HAND = 1000
"""More than this within an hour is no budget for one person."""
_MOST_BY_MACHINE = 200_000
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def _idle(facts: Facts) -> Evidence:
    idle = facts.access.session_idle
    figures = (("minutes", idle // _MINUTE),)
    if idle > LONGEST_IDLE:
        sentence = (
            f"The console stays open for {idle // _MINUTE} idle minutes: set DOCKSEAL_SESSION_IDLE to PT15M"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    return Evidence(
        met=True,
        sentence=f"The console signs out after {idle // _MINUTE} idle minutes",
        figures=figures,
    )


def _lockout(facts: Facts) -> Evidence:
    after, locked = facts.access.refused_after, facts.access.locked_out
    figures = (("refused after", after or "never"), ("locked out now", locked))
    if after is None or after > MOST_FAILURES:
        sentence = (
            "A trial failed again and again and was not locked out: restore the operations database's table "
            "of lockouts, and look for whoever changed it"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = f"A trial was locked out after {after} failures in a row; {locked} are locked out now"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _leavers(facts: Facts) -> Evidence:
    longest = facts.access.session_longest
    figures = (("hours", longest // _HOUR),)
    if longest > LEAVER_OUT_WITHIN:
        sentence = (
            f"Sessions last {longest // _HOUR} hours, and whoever left stays signed in: set "
            "DOCKSEAL_SESSION_LONGEST to PT12H"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"Nobody stays signed in for more than {longest // _HOUR} hours without a new link, which takes a "
        "login on the machine; a warehouse's key ends with the command that removes it"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _least(facts: Facts) -> Evidence:
    places = facts.access.open_files
    figures = (("open to others", len(places)), ("API keys", len(facts.access.api_keys)))
    if places:
        sentence = f"Others than the service can read {', '.join(places)}: take their rights away with chmod"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        "Nothing opens without a grant for one order, one purpose and its fields; no other user of this "
        f"machine reads the databases; each of the API keys ({len(facts.access.api_keys)}) is one warehouse's"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _bulk(facts: Facts) -> Evidence:
    access = facts.access
    figures = (
        ("a person within an hour", access.person_budget),
        ("a service", access.service_budget),
        ("a warehouse", access.warehouse_budget),
    )
    machines = max(access.service_budget, access.warehouse_budget)
    if access.person_budget > _MOST_BY_HAND or machines > _MOST_BY_MACHINE:
        sentence = (
            "The budgets of opens bound nobody: lower DOCKSEAL_OPENS_AN_HOUR, "
            "DOCKSEAL_SERVICE_OPENS_AN_HOUR and DOCKSEAL_WAREHOUSE_OPENS_AN_HOUR"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"No call and no command gives out personal data in bulk; one person opens {access.person_budget} "
        "orders within an hour at most, and health tells of whoever wants more"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


_REVIEW = "docs/templates/access-review.md"

CONTROLS = (
    Control(
        id="1.1.2",
        title="A screen left alone is locked within 15 minutes",
        certainty=Certainty.READERS,
        enforced_by=("console/sessions.py", "settings.py"),
        proved_by=("tests/unit/console/test_sign_in.py::test_a_session_ends_after_fifteen_idle_minutes",),
        probe=_idle,
    ),
    Control(
        id="1.1.2-endpoints",
        title="Workstations are protected against malware, and their disks encrypted",
        certainty=Certainty.AMAZON,
        every=ACCESS_REVIEWED_WITHIN,
        template=_REVIEW,
    ),
    Control(
        id="1.2.1",
        title="Every person has an account of their own, asked for and approved",
        certainty=Certainty.READERS,
        lacks=(
            "The console knows one person, person:console, whoever signed in: it has no accounts. Let one "
            "named person use it, and keep a register of who that is (docs/templates/access-review.md)"
        ),
        template=_REVIEW,
    ),
    Control(
        id="1.2.2-lockout",
        title="Ten failures in a row lock out, at the latest",
        certainty=Certainty.AMAZON,
        enforced_by=("pii_security/lockouts.py", "console/machine_auth.py", "console/sign_in.py"),
        proved_by=(
            "tests/unit/pii_security/test_lockouts.py::"
            "test_the_tenth_refusal_in_a_row_locks_a_person_out_for_half_an_hour",
            "tests/unit/console/test_sign_in.py::"
            "test_ten_wrong_links_in_a_row_lock_their_address_for_a_while",
        ),
        probe=_lockout,
    ),
    Control(
        id="1.2.2-review",
        title="Who has access is reviewed every quarter",
        certainty=Certainty.READERS,
        every=ACCESS_REVIEWED_WITHIN,
        template=_REVIEW,
    ),
    Control(
        id="1.2.3",
        title="Whoever leaves has no access any more within 24 hours",
        certainty=Certainty.AMAZON,
        enforced_by=("console/sessions.py", "console/parts.py", "settings.py"),
        proved_by=(
            "tests/unit/console/test_sign_in.py::test_a_busy_session_ends_after_twelve_hours",
            "tests/unit/console/test_scopes.py::test_a_removed_key_is_nobodys",
        ),
        probe=_leavers,
        template=_REVIEW,
    ),
    Control(
        id="1.2.4",
        title="Everyone with access is trained once a year",
        certainty=Certainty.READERS,
        every=TRAINED_WITHIN,
        template="docs/templates/training-record.md",
    ),
    Control(
        id="1.3",
        title="The least access that the work needs, down to the field",
        certainty=Certainty.AMAZON,
        enforced_by=(
            "pii_security/grants.py",
            "pii_security/vault.py",
            "domain/access.py",
            "storage/rights.py",
        ),
        proved_by=(
            "tests/unit/pii_security/test_grants_by_model.py::"
            "test_nothing_opens_that_the_model_refuses_and_every_open_has_its_row",
            "tests/unit/storage/test_store.py::test_files_are_readable_by_their_owner_alone",
            "tests/unit/storage/test_roles.py::test_the_role_that_serves_is_refused_what_serving_does_not_need",
        ),
        probe=_least,
    ),
    Control(
        id="1.4.1",
        title="Passwords of twelve characters and more, and a second factor for everyone",
        certainty=Certainty.AMAZON,
        lacks=(
            "The console has no passwords and no second factor: a one-time link of 256 bits, made by a login "
            "on the machine, signs in. Amazon names no exception for that: have the machine's logins ask for "
            f"{SHORTEST_PASSWORD} characters of four kinds, remember {PASSWORDS_REMEMBERED}, end after "
            f"{PASSWORD_LIVES.days} days, and take a second factor"
        ),
        template=_REVIEW,
    ),
    Control(
        id="2.3-dlp",
        title="Personal data does not leave in bulk",
        certainty=Certainty.UNVERIFIED,
        enforced_by=("pii_security/budgets.py", "settings.py"),
        proved_by=(
            "tests/unit/pii_security/test_budgets.py::"
            "test_past_its_budget_an_open_is_refused_until_the_moment_it_says",
        ),
        probe=_bulk,
    ),
    Control(
        id="2.3-assets",
        title="Software and devices with access are listed every quarter; printed addresses are shredded",
        certainty=Certainty.UNVERIFIED,
        every=ACCESS_REVIEWED_WITHIN,
        template=_REVIEW,
    ),
    Control(
        id="2.8",
        title="Subcontractors are assessed before they have access, and every year",
        certainty=Certainty.READERS,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/subcontractors.md",
    ),
)
