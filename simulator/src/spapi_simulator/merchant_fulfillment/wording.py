"""How this API names a value it cannot take: the member, and the constraint it broke."""

from decimal import Decimal, InvalidOperation

from spapi_simulator.front.answers import JSON, Refusal, refuse_input

_LONGEST_SHOWN = 60


def refuse_value(value: object, where: str, constraint: str) -> Refusal:
    """Return a 400 such as "1 validation error detected: Value 'USA' at '…countryCode' failed …"."""
    shown = "null" if value is None else f"'{str(value)[:_LONGEST_SHOWN]}'"
    said = (
        f"1 validation error detected: Value {shown} at '{where}' failed to satisfy constraint: Member must "
    )
    return refuse_input(message=said + constraint)


def member(where: str, name: str) -> str:
    """Return the path of a member as refusals spell it, with a small first letter."""
    return f"{where}.{name[0].lower()}{name[1:]}" if where else name[0].lower() + name[1:]


def text_of(body: JSON, name: str, where: str, *, longest: int = 2000, required: bool = True) -> str:
    """Return a member that must be text of at most some length.

    Raises:
        Refusal: 400 that names the member.
    """
    given, path = body.get(name), member(where, name)
    if given is None:
        if required:
            raise refuse_value(None, path, "not be null")
        return ""
    if not isinstance(given, str):
        raise refuse_input(f"{path} must be text.")
    if len(given) > longest:
        raise refuse_value(given, path, f"have length less than or equal to {longest}")
    if required and not given.strip():
        raise refuse_value(given, path, "have length greater than or equal to 1")
    return given


def choice_of(
    body: JSON, name: str, where: str, allowed: tuple[str, ...], *, default: str | None = None
) -> str:
    """Return a member that must be one of a model's words."""
    path, given = member(where, name), body.get(name)
    if given is None:
        given = default
    if given is None:
        raise refuse_value(None, path, "not be null")
    if not isinstance(given, str) or given not in allowed:
        raise refuse_value(given, path, f"satisfy enum value set: [{', '.join(allowed)}]")
    return given


def decimal_of(body: JSON, name: str, where: str, *, least: str, most: str) -> Decimal:
    """Return a member that must be a number within bounds."""
    given, path = body.get(name), member(where, name)
    if given is None:
        raise refuse_value(None, path, "not be null")
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise refuse_input(f"{path} must be a number.")
    try:
        exact = Decimal(str(given))
    except InvalidOperation as fault:
        raise refuse_input(f"{path} must be a number.") from fault
    if not exact.is_finite():
        raise refuse_input(f"{path} must be a number.")
    if exact < Decimal(least):
        raise refuse_value(given, path, f"have value greater than or equal to {least}")
    if exact > Decimal(most):
        raise refuse_value(given, path, f"have value less than or equal to {most}")
    return exact
