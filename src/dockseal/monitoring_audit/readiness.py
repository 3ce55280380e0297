"""Whether work may be sent to a process: not while a store is old or missing, or its tables are behind."""

from collections.abc import Callable, Iterable, Iterator

from dockseal.errors import DocksealError, SettingsFault


def unready(tries: Iterable[Callable[[], object]], *faults: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Returns each reason once, and never raises an error of ours.

    Args:
        tries: Each uses a store, and raises an error of ours when that fails.
        *faults: Each returns what is wrong.
    """
    found = [sentence for each in tries for sentence in _refused(each)]
    found += [sentence for each in faults for sentence in _told(each)]
    return tuple(dict.fromkeys(found))


def _refused(store: Callable[[], object]) -> Iterator[str]:
    try:
        store()
    except DocksealError as fault:
        yield from _sentences(fault)


def _told(look: Callable[[], Iterable[str]]) -> Iterator[str]:
    try:
        yield from look()
    except DocksealError as fault:
        yield from _sentences(fault)


def _sentences(fault: DocksealError) -> tuple[str, ...]:
    return fault.faults if isinstance(fault, SettingsFault) else (str(fault),)
