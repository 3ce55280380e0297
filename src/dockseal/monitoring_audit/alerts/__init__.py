"""Alerts: raised from what the running system finds, told over channels, seen to by people."""
