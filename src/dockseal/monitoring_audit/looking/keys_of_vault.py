"""Whether the keys that are here open what the vault has."""

from collections.abc import Collection, Iterator, Mapping

from dockseal.monitoring_audit.checks import Check


def look_at_keys_of_vault(sealed: Collection[str], masters: Mapping[str, str]) -> Iterator[Check]:
    """Tells of epochs that records are kept of, and whose key is missing or opened by no master key.

    Args:
        sealed: The epochs that records are kept of, without those that are over.
        masters: The label of the master key that each epoch's key lies under; empty: none opens it.
    """
    missing = sorted(set(sealed) - set(masters))
    closed = sorted(epoch for epoch, master in masters.items() if not master)
    restore = "restore the backup of the keys that belongs to this vault"
    if missing:
        sentence = f"The vault holds records of epoch {missing[0]}, and its key is not here: {restore}."
        yield Check(name="keys fit", ok=False, sentence=sentence, vital=True)
    if closed:
        sentence = f"No master key opens the key of epoch {closed[0]}: {restore}."
        yield Check(name="keys fit", ok=False, sentence=sentence, vital=True)
    if not missing and not closed:
        yield Check(name="keys fit", ok=True, sentence="The keys open what the vault holds.", vital=True)
