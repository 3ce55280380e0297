"""Checks an export of Dockseal's audit trail.

    python verify_trail.py EXPORT... --key KEYS [--anchor PLACE]... [--witness KEYS]

EXPORT is a folder that `dockseal audit export` wrote (several, where the trail was cut into segments: in
order), KEYS a file with public keys, as `dockseal credentials public-keys` prints them, PLACE a file or
folder of anchors: what was kept outside while the trail grew. It prints how far the trail adds up, or the
first bad row and what was done to it, and ends with 1 then.

A row is a line: canonical JSON, whose SHA-256 is the row's hash and stands in the row after it. The hashes
are the entries of a Merkle tree (RFC 6962, 2.1); checkpoints sign its size and root (C2SP tlog-checkpoint,
signed-note). An anchor entry is a line of JSON: a checkpoint, and the hashes of the rows since the one
before.
"""

import argparse
import collections
import itertools
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from dockseal.monitoring_audit.verifier.entries import Entry, entries_in
from dockseal.monitoring_audit.verifier.signatures import Keys, keys_in, signed_at
from dockseal.monitoring_audit.verifier.tree import Broken, Tree
from dockseal.monitoring_audit.verifier.walk import START, Walk

WITNESS_SLACK = 300.0
"""So many seconds a checkpoint's own time may differ from that of its witness."""
CHECKPOINTS = "checkpoints.jsonl"
BEGINNING = "beginning.json"


def check(exports: list[Path], places: list[Path], keys: Keys, witnesses: Keys) -> str:
    """Checks exports against what was kept outside.

    Args:
        exports: Folders of `dockseal audit export`, in order; each goes on where the one before ends.
        places: Files or folders of anchors.
        keys: That the checkpoints are signed with.
        witnesses: That cosign them; empty: none has to.

    Returns:
        How far the trail adds up.

    Raises:
        Broken: with the first bad row, and what was done to it.
    """
    kept = [*places, *(each / CHECKPOINTS for each in exports if (each / CHECKPOINTS).exists())]
    for place in kept:
        trusted(entries_in(place), keys, witnesses)
    tree, head = _beginning(exports[0])
    first = tree.size + 1
    walk = Walk([_after(entries_in(place), tree.size) for place in kept], tree=tree, head=head)
    for export in exports:
        if export is not exports[0] and _beginning(export)[1] != walk.head:
            raise Broken(walk.tree.size + 1, f"{export} does not go on where the one before it ends")
        walk.over(_lines(export))
    walk.end()
    if walk.put_back:
        seq, seconds = next(iter(walk.put_back.items()))
        raise Broken(
            seq, f"the clock was put back by {seconds:.0f} s before it, and nobody answered for that"
        )
    loose = walk.tree.size - walk.known
    told = f"The trail adds up: rows {first} to {walk.tree.size}, head {walk.head.decode()}."
    return f"{told} {loose} of them are newer than the last checkpoint." if loose else told


def trusted(entries: Iterator[Entry], keys: Keys, witnesses: Keys) -> None:
    """Looks whether the newest checkpoint of a place is signed, and its time a witness's.

    The root that it signs binds all rows before it, and with them the roots of the older ones.

    Raises:
        Broken: none of the keys signed it, or its time is not that of the witness.
    """
    newest = next(iter(collections.deque(entries, maxlen=1)), None)
    if newest is None:
        return
    if not signed_at(newest.note, keys):
        raise Broken(0, f"{newest.place}: none of the keys signed the checkpoint of size {newest.size}")
    times = signed_at(newest.note, witnesses)
    if witnesses and not times:
        raise Broken(0, f"{newest.place}: no witness signed the checkpoint of size {newest.size}")
    own = datetime.fromisoformat(newest.at).timestamp() if newest.at else 0.0
    for at in times:
        if abs(at - own) > WITNESS_SLACK:
            raise Broken(0, f"{newest.place}: the clock is {own - at:.0f} s off that of the witness")


def _after(entries: Iterator[Entry], size: int) -> Iterator[Entry]:
    return itertools.dropwhile(lambda entry: entry.size <= size, entries)


def _beginning(export: Path) -> tuple[Tree, bytes]:
    place = export / BEGINNING
    try:
        told = json.loads(place.read_text())
        tree = Tree(int(told["rows"]), [bytes.fromhex(each) for each in told["parts"]])
        head = str(told["head"]).encode()
    except (OSError, ValueError, KeyError, TypeError):
        raise Broken(0, f"{place} cannot be read: give a folder that `dockseal audit export` wrote") from None
    if (tree.size == 0) != (head == START):
        raise Broken(0, f"{place} was altered")
    return tree, head


def _lines(export: Path) -> Iterator[bytes]:
    for file in sorted(export.glob("rows-*.jsonl")):
        with file.open("rb") as lines:
            for line in lines:
                yield line.rstrip(b"\n")


def main() -> int:
    """Reads the command line; returns 0 if all adds up, 1 if not, 2 if a file cannot be read."""
    parser = argparse.ArgumentParser(description="Checks an export of Dockseal's audit trail.")
    parser.add_argument("exports", nargs="+", type=Path, metavar="EXPORT")
    parser.add_argument(
        "--key", required=True, type=Path, help="file with the public keys of the installation"
    )
    parser.add_argument("--anchor", action="append", default=[], type=Path, help="file or folder of anchors")
    parser.add_argument("--witness", type=Path, help="file with the public keys of witnesses")
    given = parser.parse_args()
    try:
        keys = keys_in(given.key.read_text())
        witnesses = keys_in(given.witness.read_text()) if given.witness else {}
        said, code = check(given.exports, given.anchor, keys, witnesses), 0
    except Broken as broken:
        said, code = f"The trail does NOT add up: {broken}", 1
    except OSError as fault:
        said, code = f"{fault.filename} cannot be read", 2
    sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
