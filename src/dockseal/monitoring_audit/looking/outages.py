"""What of Amazon's is down, though it looks like a refusal."""

from collections.abc import Iterator, Sequence

from dockseal.domain.outage import Outage
from dockseal.monitoring_audit.checks import Check


def look_at_outages(outages: Sequence[Outage]) -> Iterator[Check]:
    """Tells of each."""
    for each in outages:
        name = f"amazon {each.operation} {each.seller}"
        yield Check(name=name, ok=False, sentence=each.sentence, about=each.seller)
