"""What no log may show, in whole or in part, whatever holds it."""


class Withheld:
    """The base of every type whose values are personal data, a secret, or a body that may hold either.

    Handlers of logs refuse a record that carries one, however deep it stands in it; see
    `dockseal.pii_security.redaction`.
    """

    __slots__ = ()
