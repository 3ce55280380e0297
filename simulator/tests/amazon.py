"""Amazon's published models, read: which operations there are, what each takes, and what it answers."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WHERE = "Amazon's models are not here; set SPAPI_MODELS to a folder with models/ and schemas/."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request of Amazon's static sandbox and its answer."""

    api: str
    operation: str
    method: str
    path: str
    status: int
    number: int
    parameters: Mapping[str, Any]
    response: Any

    def __str__(self) -> str:
        return f"{self.api}-{self.operation}-{self.status}-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation as its model describes it; `takes` pairs where a parameter goes with its name."""

    api: str
    name: str
    method: str
    path: str
    takes: tuple[tuple[str, str], ...]
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    responses: Mapping[int, Mapping[str, Any]]

    @property
    def samples(self) -> list[Sample]:
        """Every pair of the static sandbox."""
        return [
            Sample(
                api=self.api,
                operation=self.name,
                method=self.method,
                path=self.path,
                status=status,
                number=number,
                parameters={
                    name: given.get("value")
                    for name, given in (pair.get("request", {}).get("parameters") or {}).items()
                },
                response=pair.get("response"),
            )
            for status, answer in self.responses.items()
            for number, pair in enumerate(answer.get("x-amzn-api-sandbox", {}).get("static", []))
        ]


@cache
def folder() -> Path | None:
    """The folder in SPAPI_MODELS, or shared/amazon-models beside the repository; None where there is none."""
    given = os.environ.get("SPAPI_MODELS")
    places = [Path(given)] if given else []
    places += [parent / "shared" / "amazon-models" for parent in Path(__file__).resolve().parents]
    return next((place for place in places if (place / "models" / "ordersV0.json").is_file()), None)


@cache
def model(api: str) -> dict[str, Any]:
    """One model, by the name of its file."""
    place = folder()
    if place is None:
        raise FileNotFoundError(WHERE)
    read: dict[str, Any] = json.loads((place / "models" / f"{api}.json").read_text(encoding="utf-8"))
    return read


@cache
def described(api: str) -> dict[tuple[str, str], Described]:
    """Every operation of a model by method and path, in the model's order."""
    return {(one.method, one.path): one for one in _operations(api)}


def resolve(api: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a schema's reference into the definitions."""
    while "$ref" in schema:
        schema = model(api)["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    return schema


def properties(api: str, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The properties of an object's schema, those of its parts included."""
    schema = resolve(api, schema)
    found: dict[str, Mapping[str, Any]] = {}
    for part in schema.get("allOf", ()):
        found |= properties(api, part)
    return found | schema.get("properties", {})


def _operations(api: str) -> Iterator[Described]:
    for path, methods in model(api)["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            given = [_parameter(api, one) for one in [*shared, *operation.get("parameters", [])]]
            body = next((one["schema"] for one in given if one["in"] == "body"), None)
            takes = [(one["in"], one["name"]) for one in given if one["in"] != "body"]
            takes += [("body", name) for name in (properties(api, body) if body else ())]
            yield Described(
                api=api,
                name=operation["operationId"],
                method=method.upper(),
                path=path,
                takes=tuple(takes),
                parameters=tuple(given),
                body=body,
                responses={int(status): answer for status, answer in operation["responses"].items()},
            )


def _parameter(api: str, given: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in given:
        found: dict[str, Any] = model(api)["parameters"][given["$ref"].rsplit("/", 1)[-1]]
        return found
    return given
