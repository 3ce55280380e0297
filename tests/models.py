"""Amazon's own models, found through `SPAPI_MODELS` or in `shared/amazon-models` beside a parent folder."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

WHERE = "Amazon's models are not here: set SPAPI_MODELS to a copy of them"


def models_folder() -> Path | None:
    """The folder with `models/` and `schemas/`; None where there is none."""
    named = os.environ.get("SPAPI_MODELS")
    if named:
        return Path(named)
    beside = (parent / "shared" / "amazon-models" for parent in Path(__file__).resolve().parents)
    return next((folder for folder in beside if folder.is_dir()), None)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One answer of Amazon's sandbox."""

    operation: str
    status: int
    number: int
    parameters: dict[str, Any]
    response: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.operation}-{self.status}-{self.number}"


def sandbox(model: str) -> list[Sample]:
    """Every static sandbox answer (`x-amzn-api-sandbox`) of a model; empty where the models are absent."""
    folder = models_folder()
    if folder is None:
        return []
    document = json.loads((folder / "models" / f"{model}.json").read_text(encoding="utf-8"))
    return list(_samples(document))


def example(schema: str) -> dict[str, Any]:
    """The first example of a notification's schema."""
    folder = models_folder()
    assert folder is not None
    document = json.loads(
        (folder / "schemas" / "notifications" / f"{schema}.json").read_text(encoding="utf-8")
    )
    return cast("dict[str, Any]", document["examples"][0])


def _samples(document: dict[str, Any]) -> Iterator[Sample]:
    for methods in document["paths"].values():
        for operation in methods.values():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            for status, answer in operation["responses"].items():
                static = answer.get("x-amzn-api-sandbox", {}).get("static", [])
                for number, each in enumerate(static):
                    given = each["request"].get("parameters", {})
                    yield Sample(
                        operation=operation["operationId"],
                        status=int(status),
                        number=number,
                        parameters={name: value["value"] for name, value in given.items()},
                        response=each["response"],
                    )
