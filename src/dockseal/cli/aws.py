"""`dockseal aws`: what this installation needs of AWS."""

import json
from typing import Annotated

import typer

from dockseal.amazon.aws_policies import Policy, listening_policy, setup_policy, trust_policy
from dockseal.cli.opened import opened
from dockseal.errors import BadInput

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
) -> None:
    """Prints the policy of the role that reads the queues: these queues, these actions, no others."""
    with opened() as dockseal:
        urls = {*dockseal.queue_urls(), *(queue_url or [])}
    _print((setup_policy if setup else listening_policy)(urls))


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


def _print(policy: Policy) -> None:
    typer.echo(json.dumps(policy, indent=2))
