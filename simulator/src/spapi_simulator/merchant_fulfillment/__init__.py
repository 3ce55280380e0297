"""Merchant Fulfillment API v0."""
