"""`dockseal aws`: what this installation needs of AWS."""

import json
from typing import Annotated

import typer

from dockseal.amazon.aws import Aws
from dockseal.amazon.aws_policies import (
    Policy,
    anchoring_policy,
    key_policy,
    listening_policy,
    setup_policy,
    together,
    trust_policy,
)
from dockseal.cli.opened import opened
from dockseal.errors import BadInput
from dockseal.monitoring_audit.anchors.bucket import place_in
from dockseal.pii_security.key_providers import AWS_KMS
from dockseal.pii_security.kms_masters import KmsKey
from dockseal.pii_security.server_masters import installation_in, make_installation
from dockseal.settings import Settings, load

app = typer.Typer(help="What this installation needs of AWS.", no_args_is_help=True)

Queue = Annotated[
    list[str] | None,
    typer.Option("--queue-url", help="A queue that no seller has yet; may be given several times."),
]


@app.command("policy")
def policy(
    queue_url: Queue = None,
    setup: Annotated[
        bool, typer.Option("--setup", help="What connecting a seller needs, and the service does not.")
    ] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="What creating and rotating keys in AWS KMS needs, and no queues.")
    ] = False,
) -> None:
    """Prints the policy of the role that Dockseal takes: these queues and keys, these actions, no others."""
    if keys:
        _print(_keys(load(), rotating=True))
        return
    with opened() as dockseal:
        urls = {*dockseal.queue_urls(), *(queue_url or [])}
        settings = dockseal.settings
    if setup:
        _print(setup_policy(urls))
        return
    needed = [listening_policy(urls)]
    if settings.key_provider == AWS_KMS:
        needed.append(_keys(settings))
    if settings.audit_anchor_bucket:
        needed.append(anchoring_policy(*place_in(settings.audit_anchor_bucket)))
    _print(together(*needed))


@app.command("trust")
def trust(
    principal: Annotated[
        str, typer.Argument(help="ARN of the user or role this machine has credentials of.")
    ],
) -> None:
    """Prints the trust policy of that role: who may take it, with DOCKSEAL_AWS_EXTERNAL_ID."""
    if not principal.startswith("arn:"):
        raise BadInput(f"{principal} is no ARN: `aws sts get-caller-identity` shows this machine's")
    with opened() as dockseal:
        external_id = dockseal.settings.aws_external_id
    _print(trust_policy(principal, external_id))


def _keys(settings: Settings, *, rotating: bool = False) -> Policy:
    if settings.key_provider != AWS_KMS:
        raise BadInput(f"DOCKSEAL_KEY_PROVIDER is {settings.key_provider}, which needs nothing of AWS KMS")
    arns = KmsKey.named(settings.key_at, Aws()).arns
    return key_policy(arns, installation_in(make_installation(settings.key_dir)), rotating=rotating)


def _print(policy: Policy) -> None:
    typer.echo(json.dumps(policy, indent=2))
