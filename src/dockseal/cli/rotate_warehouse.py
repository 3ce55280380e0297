"""`dockseal warehouses rotate`: new secrets for a warehouse, beside the ones before while it changes over."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.applications import read_texts
from dockseal.cli.opened import opened, person
from dockseal.cli.warehouses import WarehouseSecrets, hash_of, new_secrets, show_once
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.warehouses.given_secrets import key_use, reports_by_api, signs
from dockseal.warehouses.registry import adapter
from dockseal.warehouses.webhook.signing import signer

_OVERLAP_HOURS = 168
_LONGEST_HOURS = 24 * 30
_SHORTEST_KEY = 32


class Which(StrEnum):
    """Which of a warehouse's two secrets."""

    BOTH = "both"
    WEBHOOK = "webhook"
    API_KEY = "api-key"


def rotate(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    which: Annotated[Which, typer.Option(help="The webhook secret, the API key, or both.")] = Which.BOTH,
    overlap: Annotated[
        int,
        typer.Option(
            min=0,
            max=_LONGEST_HOURS,
            help="Hours that the ones before live on; 0, as after a leak: they end at once.",
        ),
    ] = _OVERLAP_HOURS,
    secrets_file: Annotated[
        str,
        typer.Option(
            help="JSON with webhook_secret, api_key, in place of ones made here; - reads it from "
            "standard input."
        ),
    ] = "",
    again: Annotated[
        bool,
        typer.Option("--again", help="Though one is under way: what that replaced ends at once."),
    ] = False,
) -> None:
    """Gives a warehouse new secrets, and prints them once. Those before live on while it changes over.

    Until then every webhook carries two signatures, and both API keys are taken. Secrets that are made here
    are shown on a terminal only, so that they stay in no log.
    """
    if not secrets_file and not sys.stdout.isatty():
        raise BadInput(
            "new secrets are shown on a terminal only: run it there, or give your own with --secrets-file"
        )
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        which = _drawn(warehouse, which)
        keys = _given(secrets_file, warehouse, which) if secrets_file else new_secrets()
        if not again:
            _refuse_changing_over(dockseal, warehouse, which)
        until = dockseal.clock.now() + timedelta(hours=overlap)
        rotate_warehouse(dockseal, warehouse, keys, which=which, until=until)
        use = key_use(adapter(warehouse.adapter))
    typer.echo(f"{name} has new secrets; those before end on {until:%Y-%m-%d %H:%M} UTC.")
    if not secrets_file:
        typer.echo("Give these to the warehouse now; they are not shown again.")
        show_once(keys, webhook=which is not Which.API_KEY, api_key=which is not Which.WEBHOOK, use=use)


def _drawn(warehouse: Warehouse, which: Which) -> Which:
    """Returns which of the wanted secrets are drawn by us for this warehouse.

    Raises:
        BadInput: none is.
    """
    factory = adapter(warehouse.adapter)
    has = {Which.WEBHOOK: signs(factory), Which.API_KEY: reports_by_api(factory)}
    wanted = [each for each, is_drawn in has.items() if is_drawn and which in {each, Which.BOTH}]
    if not wanted:
        raise BadInput(
            f"no such secret is drawn for warehouse {warehouse.id}; what it gave you is replaced with "
            f"`dockseal warehouses secret {warehouse.id}`"
        )
    return which if len(wanted) == 2 else wanted[0]


def rotate_warehouse(
    dockseal: App, warehouse: Warehouse, keys: WarehouseSecrets, *, which: Which, until: datetime
) -> None:
    """Puts new secrets in the place of a warehouse's, which live on until an instant.

    Raises:
        BadInput: the warehouse has one of them already.
        MoveRefused: somebody else rotated at the same moment; rotate again.
    """
    with dockseal.storage.transaction():
        if which is not Which.WEBHOOK:
            _replace_key(dockseal, warehouse, hash_of(keys.api_key), until)
        if which is not Which.API_KEY:
            dockseal.credentials.replace_warehouse(warehouse.id, keys.webhook, person(), until=until)


def _refuse_changing_over(dockseal: App, warehouse: Warehouse, which: Which) -> None:
    """A second rotation would end the secrets that the warehouse may still use."""
    live = dockseal.credentials.live(warehouse.id)
    webhook = which is not Which.API_KEY and live is not None and live.before is not None
    key_until = warehouse.former_key_until
    api_key = which is not Which.WEBHOOK and key_until is not None and key_until > dockseal.clock.now()
    if webhook or api_key:
        raise BadInput(
            f"warehouse {warehouse.id} is still changing over: a rotation now would end the earlier secrets; "
            "wait, or say --again"
        )


def _replace_key(dockseal: App, warehouse: Warehouse, key_hash: str, until: datetime) -> None:
    now = dockseal.clock.now()
    if dockseal.storage.warehouses.by_api_key_hash(key_hash, now) is not None:
        raise BadInput("this API key is in use already: give another one")
    former = warehouse.api_key_hash if until > now else ""
    dockseal.storage.warehouses.change(
        warehouse,
        api_key_hash=key_hash,
        api_key_at=now,
        former_key_hash=former,
        former_key_until=until if former else None,
    )
    dockseal.trail.record(
        Tag.WAREHOUSE_API_KEY_REPLACED, actor=person(), warehouse=warehouse.id, former_until=until
    )


def _given(place: str, warehouse: Warehouse, which: Which) -> WarehouseSecrets:
    wanted = {Which.WEBHOOK: ["webhook_secret"], Which.API_KEY: ["api_key"]}
    texts = read_texts(place, wanted.get(which, ["webhook_secret", "api_key"]))
    keys = new_secrets()
    if "webhook_secret" in texts:
        keys = replace(keys, webhook=Secret(texts["webhook_secret"]))
        if warehouse.adapter == "webhook":
            signer(keys.webhook, warehouse.id)
    if "api_key" in texts:
        if len(texts["api_key"]) < _SHORTEST_KEY:
            raise BadInput(f"an API key has at least {_SHORTEST_KEY} characters: give a longer one")
        keys = replace(keys, api_key=Secret(texts["api_key"]))
    return keys
