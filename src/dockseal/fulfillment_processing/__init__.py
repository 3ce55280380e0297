"""Fulfillment processing: validation, routing, release to a warehouse, and what the warehouse reports."""
