"""Streams of orders and events over simulated time."""
