"""Tracking numbers as carriers make them, check digit and all; none of them is a real parcel's."""


def ups(number: int) -> str:
    """A number of UPS's example shipper: 1Z, shipper, service, parcel, check digit (as UPS publishes it)."""
    body = f"999AA1{number:09}"
    values = [int(each) if each.isdigit() else (ord(each) - 63) % 10 for each in body]
    return f"1Z{body}{-(sum(values[::2]) + 2 * sum(values[1::2])) % 10}"


def ups_of(order_id: str) -> str:
    """A number that only this order has."""
    return ups(int(order_id.replace("-", "")[-9:]))


def usps(number: int) -> str:
    """A number of USPS Tracking: service, mailer, parcel, check digit (Publication 199, modulus 10)."""
    body = f"9400111899{number:011}"
    digits = [int(each) for each in reversed(body)]
    return f"{body}{-(3 * sum(digits[::2]) + sum(digits[1::2])) % 10}"
