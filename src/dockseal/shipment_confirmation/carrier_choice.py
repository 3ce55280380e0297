"""Which carrier a person means: one of Amazon's by its code, or another one by its name."""

import difflib
from collections.abc import Collection

from dockseal.domain.carrier import LONGEST_NAME, OTHER, Carrier
from dockseal.errors import BadInput
from dockseal.shipment_confirmation.carriers.table import CODES


class CarrierChoice:
    """Reads what people say of carriers."""

    def codes(self) -> Collection[str]:
        """Returns Amazon's codes."""
        return CODES

    def chosen(self, code: str, name: str = "") -> Carrier:
        """Returns the carrier that a person chose.

        Args:
            code: Amazon's code, in whatever case; `Other` for a carrier without one.
            name: The carrier's name, with the code `Other` alone.

        Raises:
            BadInput: there is no such code, or a name is missing or too much.
        """
        code, name = code.strip(), " ".join(name.split())
        known = {each.casefold(): each for each in (*CODES, OTHER)}
        found = known.get(code.casefold())
        if found is None:
            near = difflib.get_close_matches(code.casefold(), list(known), n=3)
            hint = f"; did you mean {' or '.join(known[each] for each in near)}?" if near else ""
            raise BadInput(
                f"Amazon has no carrier code {code!r}{hint or '; see them with `dockseal carriers codes`'}"
                if code.isprintable() and len(code) <= LONGEST_NAME
                else "that is no carrier code of Amazon's; see them with `dockseal carriers codes`"
            )
        if found != OTHER and name:
            raise BadInput(f"a name goes with the code {OTHER} alone; {found} needs none")
        if found == OTHER and not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise BadInput(
                f"with the code {OTHER}, give the carrier's name, of at most {LONGEST_NAME} characters"
            )
        return Carrier(code=found, name=name)
