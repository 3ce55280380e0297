"""Shipment Confirmation Service: Amazon is told of every package, and asked to show it back."""
