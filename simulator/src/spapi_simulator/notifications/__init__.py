"""Notifications API v1, and what it delivers."""
