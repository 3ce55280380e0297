"""What a test or a person does to the simulated world from outside: place orders, cancel, move parcels."""
