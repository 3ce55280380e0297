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
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from dockseal.monitoring_audit.verifier.entries import entries_in
from dockseal.monitoring_audit.verifier.signatures import Keys, keys_in
from dockseal.monitoring_audit.verifier.tree import Broken, Tree
from dockseal.monitoring_audit.verifier.vouching import Vouching
from dockseal.monitoring_audit.verifier.walk import START, Walk

CHECKPOINTS = "checkpoints.jsonl"
BEGINNING = "beginning.json"


def check(exports: list[Path], places: list[Path], keys: Keys, witnesses: Keys) -> str:
    """Checks exports against what was kept outside.

    Args:
        exports: Folders of `dockseal audit export`, in order; each goes on where the one before ends.
        places: Files or folders of anchors; of a folder, each folder in it that holds any is a place.
        keys: That the checkpoints are signed with.
        witnesses: That cosign them; empty: none has to.

    Returns:
        How far the trail adds up, and how far each place knows it.

    Raises:
        Broken: with the first bad row, and what was done to it.
    """
    vouching = Vouching(keys, witnesses)
    outside = [str(each) for place in places for each in _each(place)]
    own = [str(each / CHECKPOINTS) for each in exports if (each / CHECKPOINTS).exists()]
    tree, head = _beginning(exports[0])
    kept = {name: vouching.through(entries_in(Path(name))) for name in [*outside, *own]}
    walk = Walk(kept, tree=tree, head=head)
    for export in exports:
        if export is not exports[0] and _beginning(export)[1] != walk.head:
            raise Broken(walk.tree.size + 1, f"{export} does not go on where the one before it ends")
        walk.over(_lines(export))
    walk.end()
    if walk.put_back:
        seq, seconds = next(iter(walk.put_back.items()))
        fault = f"the clock was put back by {seconds:.0f} s before it, and nobody answered for that"
        raise Broken(seq, fault)
    witnessed = vouching.end()
    for name in outside:
        if not walk.known[name]:
            raise Broken(0, f"{name} holds no checkpoint: give what was kept outside")
    return _told(walk, outside, witnessed)


def _told(walk: Walk, outside: list[str], witnessed: int) -> str:
    """Says how far the trail adds up, and who outside says so."""
    told = [f"The trail adds up: rows {walk.begun + 1} to {walk.tree.size}, head {walk.head.decode()}."]
    if walk.begun:
        told.append(f"The rows up to {walk.begun} are not among them: give their segments before.")
    told += [f"{name} knows the rows up to {walk.known[name]}." for name in outside]
    if witnessed:
        told.append(f"A witness signed for the rows up to {witnessed}.")
    if not outside and not witnessed:
        told.append("Nobody outside was asked: whoever has the signing key could have made all this.")
    if loose := walk.tree.size - max(walk.known.values(), default=0):
        told.append(f"{loose} of them are newer than the last checkpoint.")
    return "\n".join(told)


def _each(place: Path) -> list[Path]:
    """Returns the places in a folder: it, or the folders in it that hold anchors."""
    return sorted({file.parent for file in place.rglob("*.jsonl")}) or [place]


def _beginning(export: Path) -> tuple[Tree, bytes]:
    place = export / BEGINNING
    try:
        told = json.loads(place.read_text())
        tree = Tree(int(told["rows"]), [bytes.fromhex(each) for each in told["parts"]])
        head = str(told["head"]).encode()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Broken(0, f"{place} cannot be read: give a folder that `dockseal audit export` wrote") from None
    whole = tree.size >= 0 and [len(each) for each in tree.parts] == [32] * tree.size.bit_count()
    if not whole or (tree.size == 0) != (head == START):
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
        keys = keys_in(given.key.read_text("utf-8", "replace"))
        witnesses = keys_in(given.witness.read_text("utf-8", "replace")) if given.witness else {}
        said, code = check(given.exports, given.anchor, keys, witnesses), 0
    except Broken as broken:
        said, code = f"The trail does NOT add up: {broken}", 1
    except OSError as fault:
        said, code = f"{fault.filename} cannot be read", 2
    sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
