"""Orders API v0 and v2026-01-01."""
