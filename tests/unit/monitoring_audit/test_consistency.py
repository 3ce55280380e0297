from hypothesis import given
from hypothesis import strategies as st

from dockseal.monitoring_audit.consistency import consistency, consistent
from dockseal.monitoring_audit.verifier.tree import Tree

ENTRIES = [number.to_bytes(32, "big") for number in range(300)]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_pairs = st.integers(0, 300).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))


def tree(size: int) -> Tree:
    grown = Tree()
    for entry in ENTRIES[:size]:
        grown.add(entry)
    return grown


def test_the_roots_are_those_of_rfc_6962() -> None:
    """The test vectors of Certificate Transparency: the entries, and the roots of the first 0, 1, 2, 8."""
    entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = {
        0: EMPTY,
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    grown = Tree()
    for size in range(9):
        if size in roots:
            assert grown.root().hex() == roots[size]
        if size < 8:
            grown.add(bytes.fromhex(entries[size]))


@given(_pairs)
def test_a_tree_that_grew_is_proved_to_go_on_from_what_it_was(sizes: tuple[int, int]) -> None:
    old, new = sizes
    proof = consistency(tree(old), ENTRIES[old:new])
    assert consistent((old, tree(old).root()), (new, tree(new).root()), proof)


@given(_pairs.filter(lambda sizes: 0 < sizes[0] < sizes[1]), st.data())
def test_nothing_else_is(sizes: tuple[int, int], data: st.DataObject) -> None:
    old, new = sizes
    was, now, proof = tree(old).root(), tree(new).root(), consistency(tree(old), ENTRIES[old:new])
    other = b"x" * 32
    assert not consistent((old, other), (new, now), proof)
    assert not consistent((old, was), (new, other), proof)
    assert not consistent((old, was), (new, now), proof[:-1])
    assert not consistent((old, was), (new, now), [*proof, other])
    assert not consistent((new, now), (old, was), proof)
    changed = list(proof)
    changed[data.draw(st.integers(0, len(proof) - 1))] = other
    assert not consistent((old, was), (new, now), changed)
