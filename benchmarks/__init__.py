"""Speeds, as ratios within one run: the machine's own speed divides out."""
