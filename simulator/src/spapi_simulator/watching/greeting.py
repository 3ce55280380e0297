"""What the command line says to a person who has just started a simulator."""

from collections.abc import Mapping
from typing import Any

from spapi_simulator.scenarios.base import Scenario


def greeting(
    ready: Mapping[str, Any], *, scenario: Scenario | None, ready_file: str | None, credentials: bool
) -> str:
    """Return a short text: where everything is, how to log in, and how to stop.

    Args:
        ready: What the ready file holds.
        scenario: What happens in this world, if anything does.
        ready_file: Where the ready file is, if it is written.
        credentials: Whether to say the credentials. They are invented and open nothing anywhere else.
    """
    url = ready["url"]
    lines = [
        f"spapi-simulator listens on {url}",
        "",
        f"  SP-API    {url}",
        f"  login     {url}/auth/o2/token",
        f"  SQS       {ready['queue_url']}",
        f"  page      {url}/_simulator/",
    ]
    if scenario is not None:
        lines.append(f"  scenario  {scenario.name}: {scenario.orders} orders, {scenario.hours:g} hours")
    lines += ["", *_login(ready["sellers"], ready_file, credentials=credentials), "", "Stop it with Ctrl-C."]
    return "\n".join(lines) + "\n"


def _login(sellers: list[dict[str, Any]], ready_file: str | None, *, credentials: bool) -> list[str]:
    lines = [f"The credentials are in {ready_file}."] if ready_file else []
    if not credentials:
        return lines or ["Credentials: add --ready-file PATH, or --print-credentials."]
    lines.append("The credentials, invented like everything here:")
    for seller in sellers:
        lines.append(f"  seller         {seller['seller_id']} ({', '.join(seller['marketplaces'])})")
        lines += [f"  {name:<14} {seller[name]}" for name in ("client_id", "client_secret", "refresh_token")]
    return lines
