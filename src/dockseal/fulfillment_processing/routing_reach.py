"""Rules that can never match, because an earlier one takes everything they could."""

from collections.abc import Iterable, Iterator

from dockseal.fulfillment_processing.routing_rules import Rule, sku_matches


def hidden(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Gives each rule that no line ever reaches, with an earlier one that takes all of its lines."""
    earlier: list[Rule] = []
    for rule in rules:
        above = next((each for each in earlier if takes_all(each, rule)), None)
        if above is not None:
            yield rule, above
        earlier.append(rule)


def takes_all(above: Rule, rule: Rule) -> bool:
    """Tells whether whatever `rule` matches, `above` matches too. In doubt it does not."""
    return (
        _covers(above.seller, rule.seller)
        and _covers(above.marketplace, rule.marketplace)
        and _covers(above.program, rule.program)
        and _skus_cover(above.sku, rule.sku)
        and above.at_least <= rule.at_least
        and (above.at_most is None or (rule.at_most is not None and rule.at_most <= above.at_most))
        and (not above.in_stock or (rule.in_stock and rule.warehouse == above.warehouse))
        and _covers(_packed(above.destination.country), _packed(rule.destination.country))
        and _covers(_packed(above.destination.region), _packed(rule.destination.region))
        and _codes_cover(above.destination.postal_code, rule.destination.postal_code)
    )


def _covers(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    return not above or (bool(below) and set(below) <= set(above))


def _skus_cover(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    if not above:
        return True
    return bool(below) and all(any(_sku_covers(wide, each) for wide in above) for each in below)


def _sku_covers(wide: str, narrow: str) -> bool:
    # A `*` of the wide pattern takes a `*` of the narrow one whole; a `?` would take only one of its letters.
    return wide == narrow or (("?" not in wide or "*" not in narrow) and sku_matches(wide, narrow))


def _codes_cover(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    wide = _packed(above)
    return not above or (bool(below) and all(each.startswith(wide) for each in _packed(below)))


def _packed(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("".join(value.split()).casefold() for value in values)
