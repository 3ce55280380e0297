"""EDI: X12 orders to a warehouse (940), its shipping advices (945) and acknowledgements both ways (997)."""

from dockseal.warehouses.edi.adapter import Edi

__all__ = ["Edi"]
