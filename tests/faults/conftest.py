"""A fresh day for each fault."""

from daily import day, make_day  # noqa: F401  fixtures: pytest finds them here by their names
