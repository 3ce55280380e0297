"""Writes `simulator/COVERAGE.md` from Amazon's models and the catalogue: what is done, and what not.

Run it with `python simulator/tests/coverage_page.py`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from amazon import WHERE, Described, described, folder

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.operations import Operation

PAGE = Path(__file__).resolve().parents[1] / "COVERAGE.md"
APIS = (
    "ordersV0",
    "orders_2026-01-01",
    "tokens_2021-03-01",
    "notifications",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "merchantFulfillmentV0",
    "sellers",
    "application_2023-11-30",
)
WHERE_IN = {"path": "path", "query": "query", "body": "body", "header": "header", "formData": "form"}
NOT_YET = "the simulator does not answer it"
REASONS: dict[str, str] = {}
"""Why something is not done, by `api.operation` or `api.operation.parameter`."""
HEAD = """\
# What of Amazon's API is answered

Made from Amazon's published models and the simulator's catalogue by `simulator/tests/coverage_page.py`; a
test fails when this page is out of date. **Done** means: the parameter makes a difference here, and a test
has seen it being read. What is not done is accepted and changes nothing.
"""


def page() -> str:
    """Return the whole page."""
    lines = [HEAD, *_summary()]
    for api in APIS:
        lines += ["", f"## {api}", "", "| operation | parameter | in | done |", "|---|---|---|---|"]
        for told in described(api).values():
            lines += _rows(told)
    return "\n".join(lines) + "\n"


def unknown() -> list[str]:
    """Name what the catalogue says it honours and no model knows."""
    wrong = []
    for operation in CATALOGUE:
        told = described(operation.api).get((operation.method, operation.template))
        names = {name for _, name in told.takes} if told else set()
        wrong += [f"{operation.bucket}: {name}" for name in operation.honours if name not in names]
    return wrong


def unexplained() -> list[str]:
    """Name the parameters of answered operations that are not done and have no reason."""
    return [
        f"{told.api}.{told.name}.{name}"
        for told, operation, name, done in _everything()
        if operation is not None and not done and not _reason(told, name)
    ]


def stale() -> list[str]:
    """Name the reasons for what is done, or is not there at all."""
    needed = set()
    for told, operation, name, done in _everything():
        if not done:
            needed |= {f"{told.api}.{told.name}", f"{told.api}.{told.name}.{name}" if operation else ""}
    return [key for key in REASONS if key not in needed]


def _everything() -> Iterator[tuple[Described, Operation | None, str, bool]]:
    for api in APIS:
        for told in described(api).values():
            operation = _operation(told)
            for _, name in told.takes or (("", ""),):
                done = operation is not None and (not name or name in operation.honours)
                yield told, operation, name, done


def _operation(told: Described) -> Operation | None:
    for operation in CATALOGUE:
        if (operation.method, operation.template) == (told.method, told.path):
            return operation
    return None


def _reason(told: Described, name: str) -> str:
    key = f"{told.api}.{told.name}"
    return REASONS.get(f"{key}.{name}", "") or REASONS.get(key, "")


def _rows(told: Described) -> list[str]:
    operation = _operation(told)
    title = f"**{told.name}** `{told.method} {told.path}`"
    if operation is None:
        return [f"| {title} | | | no: {_reason(told, '') or NOT_YET} |"]
    rows = [f"| {title} | | | yes |"]
    for where, name in told.takes:
        done = "yes" if name in operation.honours else f"no: {_reason(told, name)}".removesuffix(": ")
        rows.append(f"| | {name} | {WHERE_IN[where]} | {done} |")
    return rows


def _summary() -> list[str]:
    lines = ["| API | operations | parameters |", "|---|---|---|"]
    for api in APIS:
        every = list(described(api).values())
        here = [one for one in every if _operation(one)]
        takes = [(one, name) for one in every for _, name in one.takes]
        done = [name for one, name in takes if (known := _operation(one)) and name in known.honours]
        lines.append(f"| {api} | {len(here)} of {len(every)} | {len(done)} of {len(takes)} |")
    return lines


if __name__ == "__main__":
    if folder() is None:
        sys.exit(WHERE)
    PAGE.write_text(page(), encoding="utf-8")
