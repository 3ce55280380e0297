"""Webhook: each order is pushed to the warehouse's URL, signed by the Standard Webhooks specification."""

from dockseal.warehouses.webhook.sender import Webhook

__all__ = ["Webhook"]
