"""Whether the databases and the key store answer."""

from collections.abc import Callable, Iterator
from datetime import datetime

from dockseal.errors import DocksealError
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.storage.store import Storage


def look_at_stores(storage: Storage, now: datetime, keys: Callable[[], object] | None) -> Iterator[Check]:
    """Tries out each store; `keys` reads the key store, None where nobody looks at it."""
    yield _try("database", "The operations database can be written.", lambda: storage.probe.write(now))
    yield _try("vault", "The vault database can be read.", storage.probe.read_vault)
    if keys is not None:
        yield _try("keys", "The key store can be read.", keys)


def _try(name: str, well: str, act: Callable[[], object]) -> Check:
    try:
        act()
    except DocksealError as fault:
        return Check(name=name, ok=False, sentence=sentence_of(str(fault)), vital=True)
    return Check(name=name, ok=True, sentence=well, vital=True)
