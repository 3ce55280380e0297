"""A Merkle tree as it is kept, and as it is worked with."""

from dockseal.domain.checkpoint import Cut, Grown
from dockseal.monitoring_audit.trail import START
from dockseal.monitoring_audit.verifier.tree import Tree
from dockseal.storage.store import Storage


def tree_of(grown: Grown) -> Tree:
    """Returns the tree that was kept."""
    return Tree(grown.size, [bytes.fromhex(part) for part in grown.parts])


def grown_of(tree: Tree) -> Grown:
    """Returns what is to be kept of a tree."""
    return Grown(size=tree.size, parts=tuple(part.hex() for part in tree.parts))


def beginning(storage: Storage) -> Cut:
    """Returns where the trail in the table begins."""
    return storage.checkpoints.cut() or Cut(tree=Grown(), head=START)
