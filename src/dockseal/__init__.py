"""Dockseal: merchant-fulfilled Amazon orders to the warehouse, tracking back, personal data sealed."""

__version__ = "0.1.0"
