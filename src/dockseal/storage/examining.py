"""Looks at what the databases hold, of a stopped Dockseal too, and makes or changes nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from dockseal.errors import DocksealError, SettingsFault
from dockseal.storage.apart import refuse_one_database, refuse_other_tables
from dockseal.storage.edge import translated
from dockseal.storage.migrating import is_behind, refuse_behind, refuse_newer
from dockseal.storage.places import DatabasePlaces, Place, on_servers
from dockseal.storage.rights import refuse_missing, refuse_rights
from dockseal.storage.router import NAMES


def table_faults(places: DatabasePlaces) -> tuple[str, ...]:
    """Returns a sentence for each thing that is wrong; Django is configured with these places."""
    by_alias = places.by_alias()
    found = list(_refused(partial(refuse_one_database, by_alias)))
    if not found and on_servers(by_alias):
        found.extend(_refused(partial(refuse_rights, by_alias)))
    for alias, place in by_alias.items():
        if _is_there(place):
            found.extend(_refused(partial(_refuse, alias, place)))
    return tuple(dict.fromkeys(found))


def _is_there(place: Place) -> bool:
    # To connect to a file that is not there would make it.
    return not isinstance(place, Path) or place.exists()


def _refuse(alias: str, place: Place) -> None:
    refuse_newer(alias, place)
    refuse_other_tables(alias, place)
    if not isinstance(place, Path):
        refuse_behind(alias, place)
        refuse_missing(alias, place)
    elif is_behind(alias):
        raise SettingsFault(
            (
                f"the tables of the {NAMES[alias]} database {place} are behind: start `dockseal serve` anew, "
                "which brings them up to date",
            )
        )


def _refused(look: Callable[[], None]) -> Iterator[str]:
    try:
        translated(look)()
    except SettingsFault as fault:
        yield from fault.faults
    except DocksealError as fault:
        yield str(fault)
