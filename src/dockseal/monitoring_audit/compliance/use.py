"""The clauses of the Acceptable Use Policy that software sees to: what data is used for, and who gets it."""

from dockseal.domain.access import Purpose
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts

_PURPOSES = frozenset(purpose.name.lower() for purpose in Purpose)


def _only_registered(facts: Facts) -> Evidence:
    unknown = facts.use.unknown_operations
    figures = (("unregistered operations", len(unknown)),)
    if unknown:
        sentence = (
            f"Amazon was called for what is not registered: {', '.join(unknown)}. Find out what called it"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = "Amazon was called for registered operations alone; personal data for orders about to ship"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _throttled(facts: Facts) -> Evidence:
    fast = facts.use.too_fast
    figures = (("buckets too large", len(fast)),)
    if fast:
        sentence = (
            f"More calls would go out than Amazon allows: {', '.join(fast)}. Delete these buckets' rows"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        "One bucket for each seller and operation, none larger than Amazon's own; they outlive restarts"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _purposes(facts: Facts) -> Evidence:
    other = sorted(facts.access.purposes - _PURPOSES)
    figures = (("purposes", len(_PURPOSES)), ("other purposes used", len(other)))
    if other:
        sentence = f"Personal data was opened for {', '.join(other)}, which is no purpose here: open a case"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"Personal data is opened for {len(_PURPOSES)} purposes alone, all of them about sending an order or "
        "keeping what a law demands: there is none for marketing or analysis"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _apart(facts: Facts) -> Evidence:
    mixed = facts.retention.of_another
    figures = (("sellers", facts.sellers), ("records of another seller's order", mixed))
    if mixed:
        sentence = f"{mixed} sealed records name another seller than their orders: open a case; none opens"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = "Each record is bound to its seller by its encryption; none lies with another seller's order"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _disclosed(facts: Facts) -> Evidence:
    elsewhere = facts.use.unregistered
    figures = (("warehouses", len(facts.use.warehouses)), ("hand-overs elsewhere", elsewhere))
    if elsewhere:
        sentence = f"{elsewhere} orders were handed to a warehouse that is not configured: open a case"
        return Evidence(met=False, sentence=sentence, figures=figures)
    names = ", ".join(name for name, _ in facts.use.warehouses) or "nobody yet"
    sentence = f"Orders are handed to these warehouses and Amazon alone, each on record: {names}"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _no_models(facts: Facts) -> Evidence:
    found = facts.use.model_clients
    figures = (("clients loaded", len(found)),)
    if found:
        sentence = f"This process has loaded {', '.join(found)}: take it out of the installation"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = "Nothing that speaks to a provider of artificial intelligence is loaded"
    return Evidence(met=True, sentence=sentence, figures=figures)


CONTROLS = (
    Control(
        id="AUP-1.1",
        title="Only what is needed for a permitted activity is asked of Amazon",
        certainty=Certainty.READER,
        enforced_by=("amazon/operations.py", "pii_security/retrieval.py"),
        proved_by=(
            "tests/house/test_security_edges.py::"
            "test_of_the_room_that_speaks_with_amazon_the_listed_places_alone_build_recipients",
        ),
        probe=_only_registered,
    ),
    Control(
        id="AUP-2.9",
        title="Amazon's quotas are kept, per seller and operation",
        certainty=Certainty.READER,
        enforced_by=("amazon/quotas.py", "amazon/session.py"),
        proved_by=(
            "tests/unit/amazon/test_quotas.py::test_in_no_window_are_more_calls_made_than_amazon_allows",
        ),
        probe=_throttled,
    ),
    Control(
        id="AUP-4.1",
        title="Personal data serves fulfilment, tax and law alone",
        certainty=Certainty.READERS,
        enforced_by=("domain/access.py", "pii_security/grants.py"),
        proved_by=(
            "tests/unit/domain/test_access.py::test_every_purpose_has_its_fields",
            "tests/unit/pii_security/test_grants.py::"
            "test_only_the_pairs_of_the_table_are_granted_and_with_exactly_their_fields",
        ),
        probe=_purposes,
    ),
    Control(
        id="AUP-4.3",
        title="Data of several sellers is never put together",
        certainty=Certainty.READERS,
        enforced_by=("pii_security/envelope.py", "pii_security/replay.py"),
        proved_by=(
            "tests/unit/pii_security/test_mixed_up.py::"
            "test_no_row_opens_with_one_or_two_columns_of_any_other",
        ),
        probe=_apart,
    ),
    Control(
        id="AUP-4.6",
        title="Nobody gets data but who the order needs, and that is on record",
        certainty=Certainty.READERS,
        enforced_by=("fulfillment_processing/release.py", "fulfillment_processing/intents.py"),
        proved_by=(
            "tests/unit/pii_security/test_grants_by_model.py::"
            "test_nothing_opens_that_the_model_refuses_and_every_open_has_its_row",
        ),
        probe=_disclosed,
    ),
    Control(
        id="SPPA-6",
        title="Nothing of Amazon's trains or improves a model",
        certainty=Certainty.READER,
        enforced_by=("pii_security/telemetry.py", "pii_security/exporters.py"),
        proved_by=("tests/faults/test_watched.py::test_with_our_hooks_faults_leave_and_no_canary_with_them",),
        probe=_no_models,
    ),
)
