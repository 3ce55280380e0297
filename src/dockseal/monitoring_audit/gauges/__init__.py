"""What Prometheus reads of the tables and of the lanes: one file for each thing that is measured.

Each class is a collector: made with what it looks at, asked at a scrape. What it says is read then, so that
every process says the same of the same tables.
"""
