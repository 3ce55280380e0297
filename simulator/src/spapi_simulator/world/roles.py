"""The roles that decide which personal data Amazon shows."""

from enum import StrEnum


class Role(StrEnum):
    """Roles of an application, as an authorisation carries them (SP-API, "Roles")."""

    DIRECT_TO_CONSUMER_SHIPPING = "Direct-to-Consumer Shipping (Restricted)"
    TAX_INVOICING = "Tax Invoicing (Restricted)"
    TAX_REMITTANCE = "Tax Remittance (Restricted)"
    INVENTORY_AND_ORDER_TRACKING = "Inventory and Order Tracking"


TAX_ROLES = frozenset({Role.TAX_INVOICING, Role.TAX_REMITTANCE})
RESTRICTED_ROLES = TAX_ROLES | {Role.DIRECT_TO_CONSUMER_SHIPPING}
ALL_ROLES = frozenset(Role)
