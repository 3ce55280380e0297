"""The channels that alerts are sent over: one module for each kind."""
