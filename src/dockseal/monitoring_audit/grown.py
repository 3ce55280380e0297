"""A Merkle tree as it is kept, and as it is worked with."""

from dockseal.domain.checkpoint import Grown
from dockseal.monitoring_audit.verifier.tree import Tree


def tree_of(grown: Grown) -> Tree:
    """Returns the tree that was kept."""
    return Tree(grown.size, [bytes.fromhex(part) for part in grown.parts])


def grown_of(tree: Tree) -> Grown:
    """Returns what is to be kept of a tree."""
    return Grown(size=tree.size, parts=tuple(part.hex() for part in tree.parts))
