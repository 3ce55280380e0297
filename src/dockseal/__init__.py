"""Dockseal: merchant-fulfilled Amazon orders to the warehouse, tracking back, personal data sealed."""

__version__ = "0.1.0"
USER_AGENT = f"Dockseal/{__version__}"
"""Who calls, as Amazon, warehouses and webhooks are told (RFC 9110 §10.1.5)."""
