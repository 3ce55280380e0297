"""The `dockseal` command."""

import sys
from collections.abc import Sequence

import typer
from rich.text import Text

from dockseal.cli import (
    alerts,
    applications,
    approvals,
    archive,
    audit,
    audit_search,
    aws,
    canaries,
    carriers,
    certificate,
    check,
    compliance,
    compliance_pack,
    compliance_registers,
    connect,
    credentials,
    database,
    demo,
    doctor,
    erase,
    health,
    incidents,
    keys,
    labels,
    lockouts,
    officers,
    orders,
    orders_api,
    packages,
    rehearse_warehouse,
    replay_warehouse,
    restored,
    rotate_warehouse,
    routing,
    sellers,
    serve,
    shipping,
    ships_from,
    shredder,
    synchronization,
    tracking,
    warehouse_hours,
    warehouse_keys,
    warehouse_options,
    warehouse_secret,
    warehouse_skus,
    warehouses,
    witness,
)
from dockseal.cli.printing import printer
from dockseal.errors import BadInput, DocksealError, SettingsFault
from dockseal.pii_security.dumps import refuse_dumps
from dockseal.pii_security.unhandled import take_over

app = typer.Typer(
    name="dockseal",
    help="Merchant-fulfilled Amazon orders to the warehouse, tracking back to Amazon, personal data sealed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("sign-in")(serve.sign_in)
app.command("shredder")(shredder.shredder)
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.command("health")(health.health)
app.command("doctor")(doctor.doctor)
app.command("restored")(restored.restored)
app.add_typer(alerts.app, name="alerts")
sellers.app.command("status")(synchronization.status)
sellers.app.command("runs")(synchronization.runs)
sellers.app.command("connect")(connect.connect)
app.add_typer(applications.app, name="applications")
sellers.app.command("shadow")(orders_api.shadow)
sellers.app.command("migrate")(orders_api.migrate)
app.add_typer(sellers.app, name="sellers")
warehouses.app.command("test")(rehearse_warehouse.test)
warehouses.app.command("rotate")(rotate_warehouse.rotate)
warehouses.app.command("secret")(warehouse_secret.secret)
warehouses.app.command("replay")(replay_warehouse.replay)
warehouses.app.add_typer(warehouse_keys.app, name="key")
warehouses.app.command("change")(warehouse_options.change)
warehouses.app.command("skus")(warehouse_skus.skus)
warehouses.app.command("ships-from")(ships_from.ships_from)
warehouses.app.command("hours")(warehouse_hours.hours)
app.add_typer(warehouses.app, name="warehouses")
app.add_typer(carriers.app, name="carriers")
app.add_typer(orders.app, name="orders")
app.add_typer(packages.app, name="packages")
app.add_typer(labels.app, name="labels")
app.add_typer(routing.app, name="routing")
app.add_typer(tracking.app, name="tracking")
app.add_typer(shipping.app, name="shipping")
app.add_typer(erase.app, name="erase")
app.add_typer(certificate.app, name="certificate")
app.add_typer(credentials.app, name="credentials")
audit.app.command("search")(audit_search.search)
audit.app.command("register")(audit_search.register)
app.add_typer(audit.app, name="audit")
app.add_typer(witness.app, name="witness")
compliance.app.command("access")(compliance_registers.access)
compliance.app.command("retention")(compliance_registers.retention)
compliance.app.command("keys")(compliance_registers.keys)
compliance.app.command("pack")(compliance_pack.pack)
compliance.app.command("verify")(compliance_pack.verify)
app.add_typer(compliance.app, name="compliance")
app.add_typer(aws.app, name="aws")
app.add_typer(keys.app, name="keys")
app.add_typer(database.app, name="database")
app.add_typer(lockouts.app, name="lockouts")
app.add_typer(officers.app, name="officers")
app.add_typer(approvals.app, name="approvals")
app.add_typer(archive.app, name="archive")
app.add_typer(canaries.app, name="canaries")
app.add_typer(incidents.app, name="incidents")


def run() -> None:
    """Runs the command line; a fault is told in sentences, not as a trace."""
    refuse_dumps()
    take_over()
    errors = printer(stderr=True)
    try:
        _check_arguments(sys.argv)
        # Called by itself, typer would put a hook of its own in place of ours.
        typer.main.get_command(app)()
    except SettingsFault as fault:
        for sentence in fault.faults:
            errors.print(Text("fault  ", style="red"), sentence, sep="")
        sys.exit(2)
    except DocksealError as error:
        errors.print(Text("error  ", style="red"), str(error), sep="")
        sys.exit(1)


def _check_arguments(arguments: Sequence[str]) -> None:
    """Refuses bytes that are no text: Python hands them on as halves of characters (PEP 383)."""
    try:
        "".join(arguments).encode()
    except UnicodeEncodeError:
        raise BadInput("what was typed is no UTF-8; set the terminal to UTF-8 and type it again") from None
