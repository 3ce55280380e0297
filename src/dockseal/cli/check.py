"""`dockseal check`: the settings as understood, and every fault at once."""

import os
import sys

from rich.console import Console
from rich.table import Table

from dockseal.bootstrap import App, build
from dockseal.cli.opened import asked_passphrase
from dockseal.cli.printing import printer
from dockseal.domain.credential_age import Stage
from dockseal.errors import DocksealError, SettingsFault
from dockseal.monitoring_audit.inventory import inventory
from dockseal.settings import PREFIX, Settings, load


def check() -> None:
    """Prints every setting as understood, secrets masked, and every fault with its next step."""
    console = printer()
    settings, faults = _settings()
    if settings is not None:
        _print_settings(console, settings)
        faults.extend(_faults_of_the_installation(console, settings))
    for sentence in faults:
        console.print(f"fault  {sentence}", style="red")
    if faults:
        sys.exit(2)
    console.print("No fault found.", style="green")


def _settings() -> tuple[Settings | None, list[str]]:
    try:
        return load(), []
    except SettingsFault as fault:
        return None, list(fault.faults)


def _print_settings(console: Console, settings: Settings) -> None:
    table = Table("setting", "value", "from", box=None)
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        source = "environment" if os.environ.get(variable) else "default"
        table.add_row(variable, str(getattr(settings, name)), source)
    console.print(table)


def _faults_of_the_installation(console: Console, settings: Settings) -> list[str]:
    try:
        dockseal = build(settings, ask_passphrase=asked_passphrase())
    except SettingsFault as fault:
        return list(fault.faults)
    except DocksealError as error:
        return [str(error)]
    try:
        for sentence in dockseal.storage.warnings():
            console.print(f"warning  {sentence}", style="yellow")
        return _faults_of_the_accounts(console, dockseal)
    finally:
        dockseal.close()


def _faults_of_the_accounts(console: Console, dockseal: App) -> list[str]:
    faults = _faults_of_the_credentials(console, dockseal)
    faults += [
        f"seller {seller.id} rests: {seller.rests_because}"
        for seller in dockseal.storage.sellers.all()
        if seller.rests_because
    ]
    faults.extend(dockseal.start_faults())
    if not dockseal.storage.warehouses.all():
        faults.append("there is no warehouse: add one with `dockseal warehouses add`")
    if not dockseal.storage.sellers.all():
        faults.append("there is no seller: add one with `dockseal sellers add`")
    return faults


def _faults_of_the_credentials(console: Console, dockseal: App) -> list[str]:
    """Prints every credential, masked, and what is to be rotated; what is overdue is a fault."""
    found, now = inventory(dockseal.storage), dockseal.clock.now()
    table = Table("credential", "value", "due", box=None)
    for each in found:
        table.add_row(each.name, "****", f"{each.due:%Y-%m-%d}" if each.due else "")
    if found:
        console.print(table)
    alarms = {each.alarm(now): each.stage(now) for each in found}
    for sentence, stage in alarms.items():
        if sentence and stage is not Stage.OVERDUE:
            console.print(f"look  {sentence}", style="yellow")
    return [sentence for sentence, stage in alarms.items() if sentence and stage is Stage.OVERDUE]
