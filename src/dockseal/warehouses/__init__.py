"""Warehouses: the port every adapter implements, and one small folder per adapter."""
