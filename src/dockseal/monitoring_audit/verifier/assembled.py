"""Makes one file of the verifier, for those who have nothing of Dockseal."""

import inspect
from types import ModuleType

from dockseal.monitoring_audit.verifier import check, done, entries, place, signatures, tree, vouching, walk

_PARTS: tuple[ModuleType, ...] = (tree, entries, done, place, walk, signatures, vouching, check)
"""Each after those that it imports."""


def assembled() -> str:
    """Returns the source of `verify_trail.py`, which imports the standard library alone."""
    parts = [inspect.getsource(part).removeprefix(f'"""{part.__doc__}"""') for part in _PARTS]
    lines = [line for part in parts for line in part.splitlines()]
    imports = sorted({line for line in lines if line.startswith(("import ", "from "))})
    rest = [line for line in lines if not line.startswith(("import ", "from "))]
    outside = [line for line in imports if "dockseal" not in line]
    return "\n".join([f'"""{check.__doc__}"""', "", *outside, *rest, ""])
