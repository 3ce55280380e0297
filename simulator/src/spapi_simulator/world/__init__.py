"""What exists in the simulated world: accounts, orders, people, marketplaces, and its time."""
