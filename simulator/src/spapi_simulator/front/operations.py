"""What an operation is: method, path, usage plan (Amazon's published defaults), and who may call it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"
ROTATION_SCOPE = "sellingpartnerapi::client_credential:rotation"
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Operation:
    """One SP-API operation.

    Attributes:
        name: Amazon's operationId.
        rate: Requests per second; `burst` is the size of the bucket.
        api: The name of Amazon's model that describes it, such as `ordersV0`.
        honours: The parameters that make a difference here, by name: of path, query, and the body's own.
        restricted: The dataElements an RDT may ask for here; empty where no RDT exists.
        elements: Whether an RDT must name its dataElements.
        generic: Whether an RDT may name the path with its literal braces.
        scope: The scope a grantless token needs here; empty where a seller's token is needed.
        version: Set where an operationId exists in several API versions.
    """

    name: str
    method: str
    template: str
    rate: float
    burst: int
    api: str = ""
    honours: tuple[str, ...] = ()
    restricted: frozenset[str] = frozenset()
    elements: bool = False
    generic: bool = True
    scope: str = ""
    version: str = ""

    @property
    def bucket(self) -> str:
        """The name of its bucket: getOrder exists in two versions, each with its own usage plan."""
        return f"{self.name} {self.version}".strip()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a regular expression with named parts."""
        return re.compile(_PART.sub(r"(?P<\1>[^/]+)", self.template))


class Catalogue:
    """Every operation the simulator answers, found by method and path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._all = tuple(operations)
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._open: dict[tuple[str, int], list[Operation]] = {}
        for operation in self._all:
            if "{" in operation.template:
                key = (operation.method, operation.template.count("/"))
                self._open.setdefault(key, []).append(operation)
            else:
                self._fixed[operation.method, operation.template] = operation

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._all)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation of a request and the values in its path."""
        if fixed := self._fixed.get((method, path)):
            return fixed, {}
        for operation in self._open.get((method, path.count("/")), ()):
            if match := operation.pattern.fullmatch(path):
                return operation, match.groupdict()
        return None

    def find_generic(self, method: str, path: str) -> tuple[Operation, bool] | None:
        """Return the operation of a path that may hold literal braces, and whether it does."""
        for operation in self._all:
            if operation.method == method and operation.template == path:
                return operation, "{" in path
        found = self.find(method, path)
        return None if found is None or "{" in path else (found[0], False)
