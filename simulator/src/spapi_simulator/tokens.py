"""Tokens API v2021-03-01: createRestrictedDataToken."""

import json
import re
from collections.abc import Mapping

from spapi_simulator.accounts import TOKEN_LIFE, Accounts, RestrictedResource
from spapi_simulator.answers import Refusal, Reply, refuse_input
from spapi_simulator.behaviours import Behaviours
from spapi_simulator.gate import Ask
from spapi_simulator.operations import Operation, find
from spapi_simulator.roles import TAX_ROLES, Role

_MOST_RESOURCES = 50
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})
_GENERIC = re.compile(r"\{orderId\}")
_ELEMENTS = ("buyerInfo", "shippingAddress", "buyerTaxInformation")
_ROLES: Mapping[str, frozenset[Role]] = {
    "shippingAddress": frozenset({Role.DIRECT_TO_CONSUMER_SHIPPING}),
    "buyerInfo": TAX_ROLES,
    "buyerTaxInformation": TAX_ROLES,
}
NO_RESOURCE = "Application do not have access to some or all requested resource"
NO_ELEMENT = "Application does not have access to one or more requested data elements: [{}]"


class Tokens:
    """Issues RDTs that open exactly what they list."""

    def __init__(self, accounts: Accounts, behaviours: Behaviours) -> None:
        self._accounts = accounts
        self._behaviours = behaviours

    def create(self, ask: Ask) -> Reply:
        """Answer createRestrictedDataToken; the token lives an hour."""
        body = _body(ask.body)
        application = ask.caller.application
        if target := body.get("targetApplication"):
            known = {one.application_id: one for one in self._accounts.applications.values()}
            if not isinstance(target, str) or target not in known:
                raise refuse_input(message="Application does not have access to the target application.")
            application = known[target]
        listed = body.get("restrictedResources")
        if not isinstance(listed, list) or not listed:
            raise _missing("Resource not provided.")
        if len(listed) > _MOST_RESOURCES:
            raise _missing("At most 50 restricted resources may be given.")
        resources = [self._resource(one, ask.caller.roles) for one in listed]
        token = self._accounts.issue_restricted(
            ask.caller.authorisation, resources, application=application, now=ask.now
        )
        return Reply(body={"restrictedDataToken": token, "expiresIn": int(TOKEN_LIFE.total_seconds())})

    def _resource(self, given: object, roles: frozenset[Role]) -> RestrictedResource:
        if not isinstance(given, dict):
            raise _missing("Resource not provided.")
        method, path = given.get("method"), given.get("path")
        if not isinstance(method, str) or method not in _METHODS or not isinstance(path, str):
            raise _missing("Resource not provided.")
        operation = _restricted_operation(method, path)
        asked = _elements(given.get("dataElements"), operation)
        if operation.elements and not asked and self._behaviours.rdt_needs_elements:
            raise _missing("dataElements must be given for this resource.")
        _check_roles(asked, roles, operation)
        return RestrictedResource(method=method, path=path, elements=frozenset(asked))


def _restricted_operation(method: str, path: str) -> Operation:
    if not path.startswith("/") or "?" in path or "#" in path:
        raise _missing("The path must be given without host and query string.")
    found = find(method, _GENERIC.sub("generic", path))
    if found is None or not found[0].restricted:
        raise refuse_input(message=NO_RESOURCE)
    return found[0]


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


def _body(raw: bytes) -> dict[str, object]:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _missing("The body is not a JSON object.")
    return body


def _missing(details: str) -> Refusal:
    message = "Request is missing or has invalid parameters"
    return Refusal(400, "InvalidRequest", message=message, details=details)
