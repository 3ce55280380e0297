"""Whether a warehouse is handed personal data: its own choice, where its adapter works both ways."""

from collections.abc import Mapping
from enum import StrEnum

from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput

OPTION = "personal_data"
"""The option of a warehouse that holds its choice; without it: sealed."""


class PersonalData(StrEnum):
    """What a warehouse is handed of the buyer."""

    SEALED = "sealed"
    """The recipient: retrieved from Amazon, sealed, and opened for the release alone."""
    PASSED = "passed"
    """The recipient: retrieved from Amazon for the release alone, passed on through memory, never stored."""
    NONE = "none"
    """Nothing, and nothing is retrieved: its labels come from Amazon, or from the seller's own route."""


def needs_recipient(warehouse: Warehouse, factory: object) -> bool:
    """Tells whether a warehouse is handed personal data; in doubt it is not spared.

    Args:
        warehouse: The warehouse with its options.
        factory: Its adapter's class.
    """
    if getattr(factory, "needs_recipient", True) is False:
        return False
    return not (_works_without(factory) and warehouse.option(OPTION) == PersonalData.NONE)


def is_pulled(adapter: object) -> bool:
    """Tells whether a warehouse comes and gets its orders; `adapter` is its adapter, or that one's class."""
    return getattr(adapter, "pulled", False) is True


def is_opened_later(adapter: object) -> bool:
    """Tells whether a hand-over takes no personal data, since it is opened when the order is packed.

    By the warehouse that comes and gets it, or by a person at the console.
    """
    return is_pulled(adapter) or getattr(adapter, "opened_at_console", False) is True


def is_passed(warehouse: Warehouse, factory: object) -> bool:
    """Tells whether personal data is passed on to a warehouse, and never stored.

    Args:
        warehouse: The warehouse with its options.
        factory: Its adapter's class.
    """
    return _pushed_to(factory) and warehouse.option(OPTION) == PersonalData.PASSED


def check_choice(adapter: str, factory: object, options: Mapping[str, str]) -> None:
    """Refuses a choice that means nothing to an adapter, when a warehouse is added.

    Raises:
        BadInput: there is no such choice, or the adapter leaves none.
    """
    chosen = options.get(OPTION)
    if chosen is None:
        return
    choices = [each.value for each in PersonalData]
    if chosen not in choices:
        raise BadInput(f"personal data is one of {', '.join(choices)}, not {chosen!r}; choose one")
    if chosen == PersonalData.PASSED:
        if not _pushed_to(factory):
            raise BadInput(
                f"nothing is pushed to the adapter {adapter}, so nothing is passed on; choose another"
            )
        return
    needs = getattr(factory, "needs_recipient", True) is not False
    if needs == (chosen == PersonalData.SEALED) or (needs and _works_without(factory)):
        return
    always = "always needs the address" if needs else "never takes an address"
    raise BadInput(f"the adapter {adapter} {always}: leave the choice of personal data out")


def _works_without(factory: object) -> bool:
    return getattr(factory, "works_without_recipient", False) is True


def _pushed_to(factory: object) -> bool:
    needs = getattr(factory, "needs_recipient", True) is not False
    return needs and getattr(factory, "pushed_to", False) is True
