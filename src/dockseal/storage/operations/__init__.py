"""The operations database: orders and all that happens to them, without personal data."""
