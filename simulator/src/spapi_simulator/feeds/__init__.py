"""Feeds API v2021-06-30: files that sellers upload, and what becomes of them."""
