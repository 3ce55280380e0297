"""What is new among the packages that Amazon shows of an order: pure."""

from collections.abc import Iterable

from dockseal.domain.label import Label, LabelState
from dockseal.domain.order import AmazonOrder, AmazonPackage
from dockseal.domain.shipment import Package
from dockseal.domain.shown import failed, matched

_SOLD = frozenset({LabelState.BOUGHT, LabelState.FOUND})


def unknown(before: AmazonOrder, now: AmazonOrder, ours: Iterable[Package]) -> tuple[AmazonPackage, ...]:
    """Returns the packages that Amazon shows since this reading, and that nobody reported here."""
    seen = {_key(each) for each in before.packages or ()}
    others = matched(ours, now.packages or ()).others
    return tuple(each for each in others if _key(each) not in seen)


def newly_failed(before: AmazonOrder, now: AmazonOrder) -> tuple[AmazonPackage, ...]:
    """Returns the packages that do not reach the buyer, and of which that was not shown before."""
    known = {_key(each) for each in before.packages or () if failed(each)}
    return tuple(each for each in now.packages or () if failed(each) and _key(each) not in known)


def label_under_way(labels: Iterable[Label]) -> bool:
    """Tells whether Amazon may show a package whose label we bought and that is not taken in yet."""
    return any(
        label.state is LabelState.INTENDED or (label.state in _SOLD and not label.reported)
        for label in labels
    )


def _key(package: AmazonPackage) -> tuple[str, str]:
    return package.reference_id, package.tracking_number
