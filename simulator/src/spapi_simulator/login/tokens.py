"""Tokens API v2021-03-01: createRestrictedDataToken."""

from collections.abc import Callable, Mapping

from spapi_simulator.front.answers import Refusal, Reply, refuse_input
from spapi_simulator.front.documents import Documents
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Catalogue, Operation
from spapi_simulator.world.accounts import TOKEN_LIFE, Accounts, Application, RestrictedResource
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.roles import TAX_ROLES, Role

_MOST_RESOURCES = 50
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})
_ELEMENTS = ("buyerInfo", "shippingAddress", "buyerTaxInformation")
_DIRECT = frozenset({Role.DIRECT_TO_CONSUMER_SHIPPING})
_ROLES: Mapping[str, frozenset[Role]] = {
    "shippingAddress": _DIRECT,
    "buyerInfo": TAX_ROLES,
    "buyerTaxInformation": TAX_ROLES,
    "regulatedInfo": _DIRECT | TAX_ROLES,
}
DOCUMENT = "reportDocument"
"""What the RDT of a report document opens; which role that takes depends on the report."""
NO_RESOURCE = "Application do not have access to some or all requested resource"
NO_ELEMENT = "Application does not have access to one or more requested data elements: [{}]"
NO_DOCUMENT = "Invalid or unsupported document ID found"

OPERATIONS = (
    Operation(
        "createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken", 1, 10,
        api="tokens_2021-03-01", honours=("targetApplication", "restrictedResources"),
    ),
)  # fmt: skip


class Tokens:
    """Issues RDTs that open exactly what they list."""

    def __init__(
        self, accounts: Accounts, documents: Documents, behaviours: Behaviours, catalogue: Catalogue
    ) -> None:
        self._accounts = accounts
        self._documents = documents
        self._behaviours = behaviours
        self._catalogue = catalogue

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"createRestrictedDataToken": self.create}

    def create(self, ask: Ask) -> Reply:
        """Answer createRestrictedDataToken; the token lives an hour."""
        if ask.caller.restricted:
            raise refuse_input(message=NO_RESOURCE)
        try:
            body = ask.json()
        except Refusal as refusal:
            raise _missing(refusal.details) from refusal
        listed = body.get("restrictedResources")
        if not isinstance(listed, list) or not listed:
            raise _missing("Resource not provided.")
        if len(listed) > _MOST_RESOURCES:
            raise _missing("At most 50 restricted resources may be given.")
        application = self._target(body.get("targetApplication"), ask)
        resources = [self._resource(one, ask) for one in listed]
        authorisation = ask.caller.authorisation
        if authorisation is None:  # the gate lets no grantless token in here
            raise refuse_input(message=NO_RESOURCE)
        token = self._accounts.issue_restricted(
            authorisation, resources, application=application, now=ask.now
        )
        return Reply(body={"restrictedDataToken": token, "expiresIn": int(TOKEN_LIFE.total_seconds())})

    def _target(self, given: object, ask: Ask) -> Application:
        """Return who is to use the token: the caller, or the delegatee it names."""
        if given is None:
            return ask.caller.application
        for known in self._accounts.applications.values():
            if known.application_id == given:
                return known
        raise refuse_input(message="Application does not have access to the target application.")

    def _resource(self, given: object, ask: Ask) -> RestrictedResource:
        if not isinstance(given, dict):
            raise _missing("Resource not provided.")
        method, path = given.get("method"), given.get("path")
        if not isinstance(method, str) or method not in _METHODS or not isinstance(path, str):
            raise _missing("Resource not provided.")
        slashed = path.endswith("/") and self._behaviours.rdt_ignores_trailing_slash
        path = path.rstrip("/") if slashed else path
        operation = self._operation(method, path)
        if slashed:
            return RestrictedResource(method=method, path=path, elements=frozenset())
        asked = _elements(given.get("dataElements"), operation)
        if operation.elements and not asked and self._behaviours.rdt_needs_elements:
            raise _missing("dataElements must be given for this resource.")
        if DOCUMENT in operation.restricted:
            self._check_document(path, ask)
        else:
            _check_roles(asked, ask.caller.roles, operation)
        return RestrictedResource(method=method, path=path, elements=frozenset(asked))

    def _operation(self, method: str, path: str) -> Operation:
        if not path.startswith("/") or "?" in path or "#" in path:
            raise _missing("The path must be given without host and query string.")
        if found := self._catalogue.find_generic(method, path):
            operation, generic = found
            if operation.restricted and (operation.generic or not generic):
                return operation
            if operation.restricted:
                raise refuse_input(message=NO_DOCUMENT)
        if path.startswith("/reports/"):
            raise refuse_input(message=NO_DOCUMENT)
        raise refuse_input(message=NO_RESOURCE)

    def _check_document(self, path: str, ask: Ask) -> None:
        document = self._documents.find(path.rsplit("/", 1)[-1])
        if document is None or not document.roles or document.owner != ask.caller.seller_id:
            raise refuse_input(message=NO_DOCUMENT)
        if not document.roles & ask.caller.roles:
            raise refuse_input(message=NO_RESOURCE)


def _elements(given: object, operation: Operation) -> list[str]:
    if given is None:
        given = []
    if not isinstance(given, list) or any(one not in _ELEMENTS for one in given):
        raise _missing("dataElements may hold buyerInfo, shippingAddress and buyerTaxInformation.")
    if not operation.elements:
        return sorted(operation.restricted)
    if denied := [one for one in given if one not in operation.restricted]:
        raise refuse_input(message=NO_ELEMENT.format(", ".join(denied)))
    return given


def _check_roles(asked: list[str], roles: frozenset[Role], operation: Operation) -> None:
    denied = [one for one in asked if not _ROLES[one] & roles]
    if denied and not operation.elements:
        raise refuse_input(message=NO_RESOURCE)
    if denied:
        raise refuse_input(message=NO_ELEMENT.format(", ".join(denied)))


def _missing(details: str) -> Refusal:
    message = "Request is missing or has invalid parameters"
    return Refusal(400, "InvalidRequest", message=message, details=details)
